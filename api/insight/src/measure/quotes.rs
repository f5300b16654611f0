//! What became of the quotes that were sent (ORD-15).

use super::months::{Month, days, months};
use super::owed::Converter;
use crate::pipeline::rules::win_rate;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::quote_conversion as wire;
use causeway_openapi::quote_conversion::QuoteConversionBy as By;
use causeway_value::{Amount, Currency, Overflow, QuoteStatus, UserId};
use sea_orm::FromQueryResult;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Rows of the report, at most. Months are fewer.
const ROWS: usize = 1_000;

/// Quotes of a month and a person that ended alike, in one currency.
#[derive(Clone, Debug, FromQueryResult)]
struct Sent {
    month: String,
    owner_id: Option<UserId>,
    status: QuoteStatus,
    ordered: i64,
    currency: Currency,
    count: i64,
    amount: Amount,
}

/// The months stand in the text: they come before the tenant, and SQLite counts parameters as they appear.
fn sent_sql(months: &[Month]) -> String {
    let rows: Vec<String> = months.iter().map(|month| format!("('{}', {}, {})", month.name, month.start.0, month.end.0)).collect();
    format!(
        "WITH months (month, starts, ends) AS (VALUES {}) \
         SELECT s.month AS month, s.owner_id AS owner_id, s.status AS status, CAST(s.ordered AS BIGINT) AS ordered, s.currency AS currency, COUNT(*) AS count, \
             CAST(SUM(s.amount) AS BIGINT) AS amount \
         FROM (SELECT m.month, q.owner_id, q.status, CASE WHEN o.confirmed_at IS NULL THEN 0 ELSE 1 END AS ordered, q.currency, q.untaxed_amount AS amount \
             FROM quotes q JOIN months m ON COALESCE(q.sent_at, q.accepted_at) >= m.starts AND COALESCE(q.sent_at, q.accepted_at) < m.ends \
                 LEFT JOIN orders o ON o.tenant_id = q.tenant_id AND o.id = q.order_id \
             WHERE q.tenant_id = $1 AND q.company_id = $2 AND q.status <> 'superseded') s \
         GROUP BY s.month, s.owner_id, s.status, s.ordered, s.currency",
        rows.join(", ")
    )
}

/// How many, and what they come to in the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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

/// What became of quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    sent: Tally,
    open: Tally,
    accepted: Tally,
    declined: Tally,
    expired: Tally,
    ordered: Tally,
}

impl Sum {
    fn add(&mut self, status: QuoteStatus, ordered: bool, count: i64, amount: Amount) -> Result<(), Overflow> {
        self.sent.add(count, amount)?;
        let ended = match status {
            QuoteStatus::Accepted => &mut self.accepted,
            QuoteStatus::Declined => &mut self.declined,
            QuoteStatus::Expired => &mut self.expired,
            _ => &mut self.open,
        };
        ended.add(count, amount)?;
        if ordered {
            self.ordered.add(count, amount)?;
        }
        Ok(())
    }

    fn shown(self, currency: Currency) -> Result<wire::QuoteConversionSum, Overflow> {
        Ok(wire::QuoteConversionSum {
            sent_count: self.sent.count,
            sent_amount: self.sent.amount.text(currency),
            open_count: self.open.count,
            open_amount: self.open.amount.text(currency),
            accepted_count: self.accepted.count,
            accepted_amount: self.accepted.amount.text(currency),
            declined_count: self.declined.count,
            declined_amount: self.declined.amount.text(currency),
            expired_count: self.expired.count,
            expired_amount: self.expired.amount.text(currency),
            ordered_count: self.ordered.count,
            ordered_amount: self.ordered.amount.text(currency),
            conversion_rate: win_rate(self.ordered.count, self.sent.count - self.ordered.count)?,
        })
    }
}

/// What became of a company's quotes of a period.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `rate_missing`; `amount_overflow`.
pub(super) async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::QuoteConversionQuery) -> Result<wire::QuoteConversion, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    let months = months(from, to, company.time_zone)?;
    let cells = [
        ("month", Cell::Text),
        ("owner_id", Cell::Uuid),
        ("status", Cell::Text),
        ("ordered", Cell::Whole),
        ("currency", Cell::Text),
        ("count", Cell::Whole),
        ("amount", Cell::Whole),
    ];
    let asked = statement(tx, &sent_sql(&months), vec![company.id.into()]);
    let found: Vec<Sent> = sql::rows(tx, asked, &cells).await?;
    let converter = Converter::of(tx, &company, found.iter().map(|row| row.currency), to).await?;
    let mut total = Sum::default();
    let mut by_month: BTreeMap<String, Sum> = months.into_iter().map(|month| (month.name, Sum::default())).collect();
    let mut by_owner: BTreeMap<Option<UserId>, Sum> = BTreeMap::new();
    for row in found {
        let amount = converter.amount(row.amount, row.currency)?;
        let sums = [&mut total, by_month.entry(row.month).or_default(), by_owner.entry(row.owner_id).or_default()];
        for sum in sums {
            sum.add(row.status, row.ordered != 0, row.count, amount)?;
        }
    }
    let currency = company.currency;
    let rows = match by {
        By::Month => by_month.into_iter().map(|(month, sum)| Ok(of(Some(month), None, None, sum.shown(currency)?))).collect::<Result<_, Overflow>>()?,
        By::Owner => people(tx, by_owner, currency).await?,
    };
    Ok(wire::QuoteConversion { object: "quote_conversion".to_owned(), company_id: company.id, by, from, to, currency, rows, total: total.shown(currency)? })
}

const fn of(month: Option<String>, owner_id: Option<UserId>, name: Option<String>, sum: wire::QuoteConversionSum) -> wire::QuoteConversionRow {
    wire::QuoteConversionRow { month, owner_id, name, sum }
}

async fn people(tx: &mut Tx<'_>, by_owner: BTreeMap<Option<UserId>, Sum>, currency: Currency) -> Result<Vec<wire::QuoteConversionRow>, Problem> {
    let mut owners: Vec<(Option<UserId>, Sum)> = by_owner.into_iter().collect();
    owners.sort_by_key(|(owner, sum)| (Reverse(sum.sent.count), *owner));
    owners.truncate(ROWS);
    let ids: Vec<UserId> = owners.iter().filter_map(|(owner, _)| *owner).collect();
    let named = Find::<users::Entity>::new().among(users::Column::Id, ids).all(tx).await?;
    let names: BTreeMap<UserId, String> = named.into_iter().map(|row| (row.id, row.name)).collect();
    let row = |(owner, sum): (Option<UserId>, Sum)| Ok(of(None, owner, owner.and_then(|owner| names.get(&owner).cloned()), sum.shown(currency)?));
    Ok(owners.into_iter().map(row).collect::<Result<_, Overflow>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sent_quote_ends_in_one_place_and_the_ordered_ones_were_accepted() {
        let mut sum = Sum::default();
        for (status, ordered, count) in [
            (QuoteStatus::Sent, false, 4),
            (QuoteStatus::Accepted, true, 3),
            (QuoteStatus::Accepted, false, 1),
            (QuoteStatus::Declined, false, 2),
            (QuoteStatus::Expired, false, 2),
        ] {
            sum.add(status, ordered, count, Amount(count * 100)).unwrap();
        }
        let shown = sum.shown("EUR".parse().unwrap()).unwrap();
        let counts = [shown.sent_count, shown.open_count, shown.accepted_count, shown.declined_count, shown.expired_count, shown.ordered_count];
        assert_eq!(counts, [12, 4, 4, 2, 2, 3]);
        assert_eq!((shown.ordered_amount.0.as_str(), shown.conversion_rate.as_deref()), ("3.00", Some("0.2500")));
        assert_eq!(Sum::default().shown("EUR".parse().unwrap()).unwrap().conversion_rate, None);
    }
}
