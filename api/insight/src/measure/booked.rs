//! Bookings: what confirmed orders say, by month of confirmation or by whoever and whatever was sold (RPT-01, RPT-02).

use super::holder::{Kind, MOST, Named, bounded, ranked};
use super::months::{self, Month, days, months};
use super::owed::Converter;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::measure::{self as wire, SalesBy};
use causeway_value::{Amount, Currency, Overflow};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What was confirmed in a month, in one currency.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Booked {
    pub month: String,
    pub currency: Currency,
    pub count: i64,
    pub amount: Amount,
}

/// What was confirmed of one holder in a month, in one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Held {
    holder: Option<Uuid>,
    month: String,
    currency: Currency,
    count: i64,
    amount: Amount,
}

/// How many orders, and what they come to in the company's currency.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    count: i64,
    amount: Amount,
}

impl Tally {
    fn add(&mut self, count: i64, amount: Amount) -> Result<(), Overflow> {
        self.count += count;
        self.amount = self.amount.plus(amount)?;
        Ok(())
    }
}

/// The orders of a company by month of confirmation, at what stands of them now: of one that was cancelled as a whole nothing does.
fn by_month_sql(months: &[Month]) -> String {
    format!(
        "{} SELECT m.month AS month, o.currency AS currency, COUNT(*) AS count, CAST(SUM(o.untaxed_amount) AS BIGINT) AS amount \
         FROM orders o JOIN months m ON o.confirmed_at >= m.starts AND o.confirmed_at < m.ends \
         WHERE o.tenant_id = $1 AND o.company_id = $2 AND o.status <> 'cancelled' GROUP BY m.month, o.currency",
        months::table(months)
    )
}

/// The same by holder. An order comes to what its lines come to.
fn by_holder_sql(kind: Kind, months: &[Month]) -> String {
    let holder = kind.column();
    let (count, amount, lines) = match kind {
        Kind::Order | Kind::Customer | Kind::Rep => ("COUNT(*)", "o.untaxed_amount", ""),
        Kind::Product => ("COUNT(DISTINCT o.id)", "l.net_amount", " JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.order_id = o.id"),
    };
    format!(
        "{} SELECT {holder} AS holder, m.month AS month, o.currency AS currency, {count} AS count, CAST(SUM({amount}) AS BIGINT) AS amount \
         FROM orders o JOIN months m ON o.confirmed_at >= m.starts AND o.confirmed_at < m.ends{lines} \
         WHERE o.tenant_id = $1 AND o.company_id = $2 AND o.status <> 'cancelled' GROUP BY {holder}, m.month, o.currency LIMIT {}",
        months::table(months),
        MOST + 1
    )
}

/// What a company's orders came to, by month and currency.
///
/// # Errors
/// When the database fails.
pub(super) async fn by_month(tx: &mut Tx<'_>, company: &companies::Model, months: &[Month]) -> Result<Vec<Booked>, Problem> {
    let cells = [("month", Cell::Text), ("currency", Cell::Text), ("count", Cell::Whole), ("amount", Cell::Whole)];
    let asked = statement(tx, &by_month_sql(months), vec![company.id.into()]);
    sql::rows(tx, asked, &cells).await
}

async fn by_holder(tx: &mut Tx<'_>, company: &companies::Model, kind: Kind, months: &[Month]) -> Result<Vec<Held>, Problem> {
    let cells = [("holder", Cell::Uuid), ("month", Cell::Text), ("currency", Cell::Text), ("count", Cell::Whole), ("amount", Cell::Whole)];
    let asked = statement(tx, &by_holder_sql(kind, months), vec![company.id.into()]);
    let found: Vec<Held> = sql::rows(tx, asked, &cells).await?;
    bounded(found.len())?;
    Ok(found)
}

/// The rates of months, each those of its last day that counts: what was booked in a month is the same in every report (RPT-10). A month without other
/// currencies asks for none.
struct Converters(BTreeMap<String, Converter>);

impl Converters {
    async fn of(tx: &mut Tx<'_>, company: &companies::Model, months: &[Month], found: &[Booked]) -> Result<Self, Problem> {
        let mut converters = BTreeMap::new();
        for month in months {
            let currencies = found.iter().filter(|row| row.month == month.name).map(|row| row.currency);
            converters.insert(month.name.clone(), Converter::of(tx, company, currencies, month.last).await?);
        }
        Ok(Self(converters))
    }

    fn amount(&self, month: &str, amount: Amount, currency: Currency) -> Result<Amount, Problem> {
        self.0.get(month).ok_or_else(Problem::not_found)?.amount(amount, currency)
    }
}

/// What sales are split by; nothing for months.
pub(super) const fn kind(by: SalesBy) -> Option<Kind> {
    match by {
        SalesBy::Month => None,
        SalesBy::Customer => Some(Kind::Customer),
        SalesBy::Product => Some(Kind::Product),
        SalesBy::Rep => Some(Kind::Rep),
    }
}

/// What was ordered. The total is that of the months, whatever the rows are.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `rate_missing`; `amount_overflow`.
pub(super) async fn bookings(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::SalesQuery) -> Result<wire::Bookings, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    let found = by_month(tx, &company, &months).await?;
    let converters = Converters::of(tx, &company, &months, &found).await?;
    let mut by_month: BTreeMap<String, Tally> = months.iter().map(|month| (month.name.clone(), Tally::default())).collect();
    for row in found {
        let amount = converters.amount(&row.month, row.amount, row.currency)?;
        by_month.entry(row.month).or_default().add(row.count, amount)?;
    }
    let currency = company.currency;
    let total = wire::BookingsTotal {
        count: by_month.values().map(|sum| sum.count).sum(),
        amount: Amount::sum(by_month.values().map(|sum| sum.amount))?.text(currency),
    };
    let (rows, count, next_offset) = match kind(by) {
        None => {
            let shown = crate::window::window(by_month.into_iter().collect(), query.offset);
            (shown.rows.into_iter().map(|(month, sum)| of_month(month, sum, currency)).collect(), shown.count, shown.next)
        }
        Some(kind) => {
            let mut sums: BTreeMap<Option<Uuid>, Tally> = BTreeMap::new();
            // Holders have the same orders, so they bring no other currency.
            for row in by_holder(tx, &company, kind, &months).await? {
                sums.entry(row.holder).or_default().add(row.count, converters.amount(&row.month, row.amount, row.currency)?)?;
            }
            let shown = ranked(tx, kind, sums, |sum| sum.amount, query.offset).await?;
            (shown.rows.into_iter().map(|row| of_holder(row, currency)).collect(), shown.count, shown.next)
        }
    };
    Ok(wire::Bookings { object: "bookings".to_owned(), company_id: company.id, by, from, to, currency, rows, count, next_offset, total })
}

fn of_month(month: String, sum: Tally, currency: Currency) -> wire::BookingsRow {
    let amount = sum.amount.text(currency);
    wire::BookingsRow { month: Some(month), party_id: None, product_id: None, owner_id: None, name: None, count: sum.count, amount }
}

fn of_holder(row: Named<Tally>, currency: Currency) -> wire::BookingsRow {
    let (party_id, product_id, owner_id) = (row.party_id(), row.product_id(), row.owner_id());
    wire::BookingsRow { month: None, party_id, product_id, owner_id, name: row.name, count: row.sum.count, amount: row.sum.amount.text(currency) }
}
