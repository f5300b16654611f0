//! Billings: what was invoiced less what was credited, by month of the document or by whoever and whatever was billed (RPT-02, RPT-03).
//!
//! Amounts are those of the ledger. It names no products and no people: their rows are what the lines of the documents come to, and what the ledger has beyond
//! them, such as cash rounding and cents of conversion, stands in the row without one. So the rows add up to the total.

use super::booked::kind;
use super::holder::{Kind, MOST, Named, bounded, ranked};
use super::ledger::{self, Documents, Moved};
use super::months::{days, months};
use crate::sql::{self, statement};
use crate::window::window;
use causeway_bill::booked::conversion;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure as wire;
use causeway_value::{Amount, Currency, Day, Overflow, Rate};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was billed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Billed {
    count: i64,
    untaxed: Amount,
    tax: Amount,
}

impl Billed {
    fn of(moved: &Moved) -> Result<Self, Overflow> {
        Ok(Self { count: moved.count, untaxed: moved.receivable.minus(moved.tax)?, tax: moved.tax })
    }

    fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.count = self.count.checked_add(other.count).ok_or(Overflow)?;
        self.untaxed = self.untaxed.plus(other.untaxed)?;
        self.tax = self.tax.plus(other.tax)?;
        Ok(())
    }

    /// This, untaxed, tax and total.
    fn shown(self, currency: Currency) -> Result<wire::BillingsTotal, Overflow> {
        Ok(wire::BillingsTotal {
            count: self.count,
            untaxed_amount: self.untaxed.text(currency),
            tax_amount: self.tax.text(currency),
            total_amount: self.untaxed.plus(self.tax)?.text(currency),
        })
    }
}

/// What a customer's documents moved.
#[derive(Clone, Debug, FromQueryResult)]
struct OfCustomer {
    holder: Option<Uuid>,
    count: i64,
    receivable: Amount,
    tax: Amount,
}

/// What lines of one holder come to in documents of one rate.
#[derive(Clone, Debug, FromQueryResult)]
struct OfLines {
    holder: Option<Uuid>,
    currency: Currency,
    rate: Rate,
    divides: i64,
    count: i64,
    net: Amount,
    tax: Amount,
}

impl OfLines {
    /// In the company's currency, as its documents were booked.
    fn booked(&self, company: Currency) -> Result<Billed, Problem> {
        let conversion = conversion(self.currency, company, self.rate, self.divides != 0);
        let amount = |amount| conversion.amount(amount, self.currency, company);
        Ok(Billed { count: self.count, untaxed: amount(self.net)?, tax: amount(self.tax)? })
    }
}

/// What was invoiced less what was credited. The total is that of the months, whatever the rows are.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `amount_overflow`.
pub(super) async fn billings(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::SalesQuery) -> Result<wire::Billings, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    let moved = ledger::by_month(tx, &company, Documents::Invoices, (from, to), &months).await?;
    let total = Billed::of(&Moved::sum(&moved)?)?;
    let currency = company.currency;
    let (rows, count, next_offset) = match kind(by) {
        None => {
            let shown = window(moved, query.offset);
            let rows = shown.rows.into_iter().map(|row| of_month(&row, currency)).collect::<Result<Vec<_>, _>>()?;
            (rows, shown.count, shown.next)
        }
        Some(kind) => {
            let sums = match kind {
                Kind::Order | Kind::Customer => by_customer(tx, &company, (from, to)).await?,
                Kind::Product | Kind::Rep => by_line(tx, &company, kind, (from, to), total).await?,
            };
            let shown = ranked(tx, kind, sums, |sum| sum.untaxed, query.offset).await?;
            let rows = shown.rows.into_iter().map(|row| of_holder(row, currency)).collect::<Result<Vec<_>, _>>()?;
            (rows, shown.count, shown.next)
        }
    };
    let total = total.shown(currency)?;
    Ok(wire::Billings { object: "billings".to_owned(), company_id: company.id, by, from, to, currency, rows, count, next_offset, total })
}

async fn by_customer(tx: &mut Tx<'_>, company: &companies::Model, period: (Day, Day)) -> Result<BTreeMap<Option<Uuid>, Billed>, Problem> {
    let template = format!(
        "SELECT i.party_id AS holder, COUNT(*) AS count, CAST(SUM(e.receivable) AS BIGINT) AS receivable, CAST(SUM(e.tax) AS BIGINT) AS tax \
         FROM ({}) e{} GROUP BY i.party_id LIMIT {}",
        Documents::Invoices.entries(),
        Documents::Invoices.counted(),
        MOST + 1
    );
    let cells = [("holder", Cell::Uuid), ("count", Cell::Whole), ("receivable", Cell::Whole), ("tax", Cell::Whole)];
    let asked = statement(tx, &template, Documents::Invoices.values(company, period));
    let found: Vec<OfCustomer> = sql::rows(tx, asked, &cells).await?;
    bounded(found.len())?;
    let billed = |row: OfCustomer| Ok((row.holder, Billed { count: row.count, untaxed: row.receivable.minus(row.tax)?, tax: row.tax }));
    Ok(found.into_iter().map(billed).collect::<Result<_, Overflow>>()?)
}

/// The lines of the documents that were posted from day `$3` to `$4`. Who works on an order is asked of the line's, else of the document's.
fn lines_sql(kind: Kind) -> String {
    let (holder, orders) = match kind {
        Kind::Rep => (
            kind.column(),
            " LEFT JOIN order_lines n ON n.tenant_id = l.tenant_id AND n.id = l.order_line_id \
             LEFT JOIN orders o ON o.tenant_id = l.tenant_id AND o.id = COALESCE(n.order_id, i.order_id)",
        ),
        Kind::Order | Kind::Customer | Kind::Product => ("l.product_id", ""),
    };
    let signed = |column: &str| format!("CAST(SUM(CASE WHEN i.kind = 'credit_note' THEN 0 - {column} ELSE {column} END) AS BIGINT)");
    format!(
        "SELECT {holder} AS holder, i.currency AS currency, i.company_rate AS rate, CAST(CASE WHEN i.rate_divides THEN 1 ELSE 0 END AS BIGINT) AS divides, \
             COUNT(DISTINCT i.id) AS count, {} AS net, {} AS tax \
         FROM invoices i JOIN invoice_lines l ON l.tenant_id = i.tenant_id AND l.invoice_id = i.id{orders} \
         WHERE i.tenant_id = $1 AND i.company_id = $2 AND i.invoice_date >= $3 AND i.invoice_date <= $4 AND i.status IN ('posted', 'reversed') \
             AND i.direction = 'sale' \
         GROUP BY {holder}, i.currency, i.company_rate, i.rate_divides LIMIT {}",
        signed("l.net_amount"),
        signed("l.tax_amount"),
        MOST + 1
    )
}

async fn by_line(
    tx: &mut Tx<'_>,
    company: &companies::Model,
    kind: Kind,
    (from, to): (Day, Day),
    total: Billed,
) -> Result<BTreeMap<Option<Uuid>, Billed>, Problem> {
    let cells = [
        ("holder", Cell::Uuid),
        ("currency", Cell::Text),
        ("rate", Cell::Whole),
        ("divides", Cell::Whole),
        ("count", Cell::Whole),
        ("net", Cell::Whole),
        ("tax", Cell::Whole),
    ];
    let asked = statement(tx, &lines_sql(kind), vec![company.id.into(), from.into(), to.into()]);
    let found: Vec<OfLines> = sql::rows(tx, asked, &cells).await?;
    bounded(found.len())?;
    let mut sums: BTreeMap<Option<Uuid>, Billed> = BTreeMap::new();
    for row in &found {
        sums.entry(row.holder).or_default().add(row.booked(company.currency)?)?;
    }
    Ok(completed(sums, total)?)
}

/// With what the total has beyond the lines in the row without a holder.
fn completed(mut sums: BTreeMap<Option<Uuid>, Billed>, total: Billed) -> Result<BTreeMap<Option<Uuid>, Billed>, Overflow> {
    let untaxed = total.untaxed.minus(Amount::sum(sums.values().map(|sum| sum.untaxed))?)?;
    let tax = total.tax.minus(Amount::sum(sums.values().map(|sum| sum.tax))?)?;
    if !untaxed.is_zero() || !tax.is_zero() {
        sums.entry(None).or_default().add(Billed { count: 0, untaxed, tax })?;
    }
    Ok(sums)
}

fn of_month(moved: &Moved, currency: Currency) -> Result<wire::BillingsRow, Overflow> {
    let wire::BillingsTotal { count, untaxed_amount, tax_amount, total_amount } = Billed::of(moved)?.shown(currency)?;
    let month = Some(moved.month.clone());
    Ok(wire::BillingsRow { month, party_id: None, product_id: None, owner_id: None, name: None, count, untaxed_amount, tax_amount, total_amount })
}

fn of_holder(row: Named<Billed>, currency: Currency) -> Result<wire::BillingsRow, Overflow> {
    let (party_id, product_id, owner_id) = (row.party_id(), row.product_id(), row.owner_id());
    let wire::BillingsTotal { count, untaxed_amount, tax_amount, total_amount } = row.sum.shown(currency)?;
    Ok(wire::BillingsRow { month: None, party_id, product_id, owner_id, name: row.name, count, untaxed_amount, tax_amount, total_amount })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_worth_what_their_documents_were_booked_at() {
        let line = |currency: &str, rate: &str, divides| OfLines {
            holder: None,
            currency: currency.parse().unwrap(),
            rate: rate.parse().unwrap(),
            divides,
            count: 1,
            net: Amount(10_000),
            tax: Amount(1_900),
        };
        let eur: Currency = "EUR".parse().unwrap();
        let booked = |line: OfLines| line.booked(eur).map(|sum| (sum.untaxed.0, sum.tax.0)).unwrap();
        assert_eq!(booked(line("EUR", "1", 0)), (10_000, 1_900));
        assert_eq!(booked(line("USD", "0.5", 0)), (5_000, 950));
        assert_eq!(booked(line("USD", "2", 1)), (5_000, 950));
    }

    #[test]
    fn what_the_ledger_has_beyond_the_lines_is_of_nobody() {
        let billed = |untaxed, tax| Billed { count: 1, untaxed: Amount(untaxed), tax: Amount(tax) };
        let one = Some(Uuid::from_u128(1));
        let exact = completed(BTreeMap::from([(one, billed(100, 19))]), billed(100, 19)).unwrap();
        assert_eq!(exact.len(), 1);
        let rounded = completed(BTreeMap::from([(one, billed(100, 19)), (None, billed(7, 1))]), billed(106, 20)).unwrap();
        assert_eq!(rounded.get(&None), Some(&billed(6, 1)));
        let beyond = completed(BTreeMap::from([(one, billed(100, 19))]), billed(101, 19)).unwrap();
        assert_eq!(beyond.get(&None), Some(&Billed { count: 0, ..billed(1, 0) }));
    }
}
