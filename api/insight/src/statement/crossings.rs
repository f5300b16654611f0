//! What a payment or credit note in one currency settled of an invoice in another: it lowers what is owed in the one, and uses up what was paid in the other (PAY-19).
//!
//! Within one currency an allocation moves nothing: both sides stand in the same balance.

use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::Tx;
use causeway_kernel::db::Cell;
use causeway_value::{Amount, CompanyId, Currency, Day, Instant, InvoiceKind, Overflow, PartyId, Zone};
use sea_orm::FromQueryResult;
use sea_orm::sea_query::Value;
use uuid::Uuid;

/// One side of it, on the day of the allocation or of its taking back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crossing {
    pub company_id: CompanyId,
    /// The currency whose balance moves.
    pub currency: Currency,
    pub day: Day,
    /// `settlement` or `settlement_reversal`.
    pub kind: &'static str,
    /// What the document is one of: the payment or credit note for the invoice's balance, the invoice for the other one.
    pub prefix: &'static str,
    pub id: Uuid,
    pub number: Option<String>,
    /// More owed is positive.
    pub amount: Amount,
}

/// An allocation between two currencies.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct Allocated {
    company_id: CompanyId,
    time_zone: Zone,
    invoice_id: Uuid,
    invoice_number: Option<String>,
    kind: InvoiceKind,
    currency: Currency,
    amount: Amount,
    payment_id: Option<Uuid>,
    credit_note_id: Option<Uuid>,
    source_number: Option<String>,
    source_currency: Currency,
    source_amount: Amount,
    day: Day,
    reversed_at: Option<Instant>,
}

const ALLOCATED: &str = "SELECT a.company_id AS company_id, c.time_zone AS time_zone, a.invoice_id AS invoice_id, i.number AS invoice_number, i.kind AS kind, \
        a.currency AS currency, a.amount AS amount, a.payment_id AS payment_id, a.credit_note_id AS credit_note_id, COALESCE(p.number, n.number) AS source_number, \
        COALESCE(p.currency, n.currency) AS source_currency, a.source_amount AS source_amount, a.day AS day, a.reversed_at AS reversed_at \
    FROM allocations a JOIN invoices i ON i.tenant_id = a.tenant_id AND i.id = a.invoice_id JOIN companies c ON c.tenant_id = a.tenant_id AND c.id = a.company_id \
    LEFT JOIN payments p ON p.tenant_id = a.tenant_id AND p.id = a.payment_id LEFT JOIN invoices n ON n.tenant_id = a.tenant_id AND n.id = a.credit_note_id \
    WHERE a.tenant_id = $1 AND a.party_id = $2 AND i.direction = 'sale' AND COALESCE(p.currency, n.currency) <> a.currency";

/// Those of a customer, of one company or of all that the caller may see.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn crossings(tx: &mut Tx<'_>, party_id: PartyId, company_id: Option<CompanyId>) -> Result<Vec<Crossing>, Problem> {
    let mut values: Vec<Value> = vec![party_id.into()];
    let mut company = "";
    if let Some(id) = company_id {
        company = " AND a.company_id = $3";
        values.push(id.into());
    }
    let cells = [
        ("company_id", Cell::Uuid),
        ("time_zone", Cell::Text),
        ("invoice_id", Cell::Uuid),
        ("invoice_number", Cell::Text),
        ("kind", Cell::Text),
        ("currency", Cell::Text),
        ("amount", Cell::Whole),
        ("payment_id", Cell::Uuid),
        ("credit_note_id", Cell::Uuid),
        ("source_number", Cell::Text),
        ("source_currency", Cell::Text),
        ("source_amount", Cell::Whole),
        ("day", Cell::Text),
        ("reversed_at", Cell::Whole),
    ];
    let asked = statement(tx, &format!("{ALLOCATED}{company} [a.company_id]"), values);
    let rows: Vec<Allocated> = sql::rows(tx, asked, &cells).await?;
    let mut found = Vec::new();
    for row in &rows {
        found.extend(sides(row)?);
    }
    Ok(found)
}

/// Both sides of an allocation, and both again when it was taken back.
fn sides(row: &Allocated) -> Result<Vec<Crossing>, Overflow> {
    // What settles an invoice lowers what is owed; what settles a credit note, a refund, raises it.
    let negative = |amount: Amount| Amount::ZERO.minus(amount);
    let (amount, used) = match row.kind {
        InvoiceKind::Invoice => (negative(row.amount)?, row.source_amount),
        InvoiceKind::CreditNote => (row.amount, negative(row.source_amount)?),
    };
    let (prefix, source) = match (row.payment_id, row.credit_note_id) {
        (Some(id), _) => ("pay", id),
        (None, id) => ("inv", id.unwrap_or_default()),
    };
    let own = Crossing {
        company_id: row.company_id,
        currency: row.currency,
        day: row.day,
        kind: "settlement",
        prefix,
        id: source,
        number: row.source_number.clone(),
        amount,
    };
    let other = Crossing { currency: row.source_currency, prefix: "inv", id: row.invoice_id, number: row.invoice_number.clone(), amount: used, ..own.clone() };
    let mut sides = vec![own, other];
    if let Some(at) = row.reversed_at {
        let day = at.day_in(row.time_zone).max(row.day);
        for side in sides.clone() {
            sides.push(Crossing { day, kind: "settlement_reversal", amount: negative(side.amount)?, ..side });
        }
    }
    Ok(sides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allocated(kind: InvoiceKind, reversed: bool) -> Allocated {
        let day: Day = "2026-12-10".parse().unwrap();
        Allocated {
            company_id: CompanyId::new(),
            time_zone: Zone::UTC,
            invoice_id: Uuid::max(),
            invoice_number: None,
            kind,
            currency: "USD".parse().unwrap(),
            amount: Amount(10_000),
            payment_id: Some(Uuid::nil()),
            credit_note_id: None,
            source_number: None,
            source_currency: "EUR".parse().unwrap(),
            source_amount: Amount(9_000),
            day,
            reversed_at: reversed.then(|| day.plus_days(3).start_in(Zone::UTC)),
        }
    }

    #[test]
    fn what_is_settled_in_one_currency_is_used_in_the_other() {
        let told = |row: &Allocated| -> Vec<(String, i64, String)> {
            sides(row).unwrap().into_iter().map(|side| (side.currency.code().to_string(), side.amount.0, side.day.to_string())).collect()
        };
        let side = |currency: &str, amount: i64, day: &str| (currency.to_owned(), amount, day.to_owned());
        let day = "2026-12-10";
        assert_eq!(told(&allocated(InvoiceKind::Invoice, false)), [side("USD", -10_000, day), side("EUR", 9_000, day)]);
        assert_eq!(told(&allocated(InvoiceKind::CreditNote, false)), [side("USD", 10_000, day), side("EUR", -9_000, day)]);
        let back = told(&allocated(InvoiceKind::Invoice, true));
        assert_eq!(back[2..], [side("USD", 10_000, "2026-12-13"), side("EUR", -9_000, "2026-12-13")]);
    }
}
