//! Reading the aging.

use super::rules::{Amounts, BUCKETS, Item, by_party, totals};
use crate::sql::{self, statement};
use crate::window::window;
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::report::{Aging, AgingQuery, AgingRow, AgingTotals};
use causeway_value::{Amount, AmountText, Currency, Day, Overflow, PartyId};
use sea_orm::FromQueryResult;

/// A due date of a party.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
struct OpenItem {
    party_id: PartyId,
    name: String,
    due_date: Option<Day>,
    amount: Amount,
}

/// What was open at the end of day `$3`, which ends at instant `$4`, per party and due date: installments of invoices less what settled them; credit notes
/// and payments less what they settled, at what they were booked for (a source uses what it settles and the exchange difference: see `verify`). A payment
/// that was taken back counts until its reversing entry.
const OPEN_ITEMS: &str = "WITH counted AS (SELECT payment_id, credit_note_id, installment_id, company_amount, exchange_difference FROM allocations \
        WHERE tenant_id = $1 AND company_id = $2 AND day <= $3 AND (reversed_at IS NULL OR reversed_at >= $4) \
        UNION ALL SELECT payment_id, NULL, NULL, company_amount, 0 FROM payment_offsets \
        WHERE tenant_id = $1 AND company_id = $2 AND day <= $3 AND (reversed_at IS NULL OR reversed_at >= $4)), \
    settled AS (SELECT installment_id, SUM(company_amount) AS amount FROM counted GROUP BY installment_id), \
    used AS (SELECT payment_id, credit_note_id, SUM(company_amount) AS amount, SUM(exchange_difference) AS difference FROM counted \
        GROUP BY payment_id, credit_note_id), \
    items AS (SELECT i.party_id, t.due_date, t.company_amount - COALESCE(s.amount, 0) AS amount FROM invoices i \
            JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id LEFT JOIN settled s ON s.installment_id = t.id \
            WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.direction = 'sale' AND i.kind = 'invoice' AND i.status IN ('posted', 'reversed') \
                AND i.invoice_date <= $3 \
        UNION ALL SELECT i.party_id, NULL, COALESCE(s.amount, 0) + COALESCE(u.amount, 0) + COALESCE(u.difference, 0) - t.company_amount FROM invoices i \
            JOIN installments t ON t.tenant_id = i.tenant_id AND t.invoice_id = i.id LEFT JOIN settled s ON s.installment_id = t.id \
            LEFT JOIN used u ON u.credit_note_id = i.id \
            WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.direction = 'sale' AND i.kind = 'credit_note' AND i.status IN ('posted', 'reversed') \
                AND i.invoice_date <= $3 \
        UNION ALL SELECT p.party_id, NULL, CASE WHEN p.direction = 'inbound' \
                THEN COALESCE(u.amount, 0) + COALESCE(u.difference, 0) - p.company_amount \
                ELSE p.company_amount - COALESCE(u.amount, 0) + COALESCE(u.difference, 0) END FROM payments p \
            LEFT JOIN used u ON u.payment_id = p.id LEFT JOIN journal_entries e ON e.tenant_id = p.tenant_id AND e.id = p.reversal_entry_id \
            WHERE p.tenant_id = $1 AND p.company_id = $2 AND p.settles = 'sale' AND p.payment_date <= $3 \
                AND (p.status = 'posted' OR (p.status = 'reversed' AND e.date > $3))) \
    SELECT o.party_id AS party_id, n.name AS name, o.due_date AS due_date, o.amount AS amount \
    FROM (SELECT party_id, due_date, CAST(SUM(amount) AS BIGINT) AS amount FROM items GROUP BY party_id, due_date HAVING SUM(amount) <> 0) o \
    JOIN parties n ON n.tenant_id = $1 AND n.id = o.party_id ORDER BY n.name, o.party_id, o.due_date";

/// What customers owe a company as of a day: today in its time zone when not given.
///
/// # Errors
/// `not_found` for the company; `amount_overflow` when a sum does not fit.
pub async fn aging(ctx: &Ctx, tx: &mut Tx<'_>, query: &AgingQuery) -> Result<Aging, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let end = as_of.plus_days(1).start_in(company.time_zone);
    let cells = [("party_id", Cell::Uuid), ("name", Cell::Text), ("due_date", Cell::Text), ("amount", Cell::Whole)];
    let asked = statement(tx, OPEN_ITEMS, vec![company.id.into(), as_of.into(), end.into()]);
    let found: Vec<OpenItem> = sql::rows(tx, asked, &cells).await?;
    let items = found.into_iter().map(|row| Item { party_id: row.party_id, name: row.name, due_date: row.due_date, amount: row.amount });
    let parties = by_party(items.collect(), as_of)?;
    let totals = totals(&parties)?;
    let currency = company.currency;
    let part = window(parties, query.offset);
    let rows = part.rows.into_iter().map(|owed| {
        let (amounts, total) = shown(&owed.amounts, currency)?;
        Ok(AgingRow { party_id: owed.party_id, name: owed.name, amounts, total })
    });
    let rows = rows.collect::<Result<_, Overflow>>()?;
    let (amounts, total) = shown(&totals, currency)?;
    Ok(Aging {
        object: "aging".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        buckets: BUCKETS.map(str::to_owned).to_vec(),
        rows,
        count: part.count,
        next_offset: part.next,
        totals: AgingTotals { amounts, total },
    })
}

/// The amounts and their sum on the wire.
fn shown(amounts: &Amounts, currency: Currency) -> Result<(Vec<AmountText>, AmountText), Overflow> {
    let total = Amount::sum(amounts.iter().copied())?;
    Ok((amounts.iter().map(|amount| amount.text(currency)).collect(), total.text(currency)))
}
