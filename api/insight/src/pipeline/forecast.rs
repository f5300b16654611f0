//! What open deals may bring, by the month in which they may be decided (CRM-08, RPT-08).

use super::rules::{Sum, Weighed, unconverted};
use super::scope::{Scope, in_order};
use crate::sql::{self, Statement};
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_entity::sell::teams;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::rate::lookup::RateTable;
use causeway_openapi::pipeline as wire;
use causeway_openapi::pipeline::ForecastBy;
use causeway_value::{Amount, Currency, Overflow, Percent, TeamId, UserId};
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Open deals of one month, owner or team, currency and probability.
#[derive(Clone, Debug, FromQueryResult)]
struct Group {
    month: Option<String>,
    holder: Option<Uuid>,
    currency: Currency,
    probability: Percent,
    count: i64,
    value: Amount,
}

/// What they are worth, and what of it may be expected.
#[derive(Clone, Debug, Default)]
struct Expected {
    all: Sum,
    /// The same times their probabilities.
    weighed: BTreeMap<Currency, Weighed>,
}

impl Expected {
    fn add(&mut self, group: &Group) -> Result<(), Problem> {
        self.all.add(group.count, group.currency, group.value)?;
        self.weighed.entry(group.currency).or_default().add(group.value, group.probability)?;
        Ok(())
    }

    /// Without what is in a currency that has no rate.
    fn weighted(&self, rates: &RateTable, currency: Currency) -> Result<Amount, Overflow> {
        let converted = |(from, weighed): (&Currency, &Weighed)| rates.find(*from, currency).map(|conversion| weighed.amount(conversion, (*from, currency)));
        Amount::sum(self.weighed.iter().filter_map(converted).collect::<Result<Vec<_>, _>>()?)
    }

    fn shown(&self, rates: &RateTable, currency: Currency) -> Result<wire::Expectation, Problem> {
        Ok(wire::Expectation {
            count: self.all.count,
            value: self.all.convertible(rates, currency)?.text(currency),
            weighted_value: self.weighted(rates, currency)?.text(currency),
        })
    }
}

/// What open deals may bring. Weighted values are added exactly, and each figure is rounded once, or once for each currency in it.
///
/// # Errors
/// `not_found` for the company; `amount_overflow`.
pub async fn forecast(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::ForecastQuery) -> Result<wire::Forecast, Problem> {
    in_order(query.from, query.to)?;
    let scope = Scope::of(tx, query.company_id, query.currency).await?;
    let filter = scope.filter(tx).and("o.owner_id =", query.owner_id).and("o.team_id =", query.team_id);
    let filter = filter.and("o.expected_close_date >=", query.from).and("o.expected_close_date <=", query.to);
    let holder = match query.by {
        Some(ForecastBy::Owner) => "o.owner_id",
        Some(ForecastBy::Team) => "o.team_id",
        // A null that has the type of an id.
        None => "CASE WHEN o.status <> 'open' THEN o.owner_id END",
    };
    let sql = format!(
        "SELECT d.month AS month, d.holder AS holder, d.currency AS currency, d.probability AS probability, COUNT(*) AS count, \
             CAST(SUM(d.expected_value) AS BIGINT) AS value \
         FROM (SELECT substr(o.expected_close_date, 1, 7) AS month, {holder} AS holder, o.currency, o.probability, o.expected_value \
             FROM opportunities o WHERE {} AND o.status = 'open') d \
         GROUP BY d.month, d.holder, d.currency, d.probability",
        filter.sql
    );
    let cells =
        [("month", Cell::Text), ("holder", Cell::Uuid), ("currency", Cell::Text), ("probability", Cell::Whole), ("count", Cell::Whole), ("value", Cell::Whole)];
    let groups: Vec<Group> = sql::rows(tx, Statement { sql, values: filter.values }, &cells).await?;
    let names = names(tx, query.by, &groups).await?;
    let currencies: BTreeSet<Currency> = groups.iter().map(|group| group.currency).collect();
    let rates = scope.rates(tx, currencies, scope.today(ctx)).await?;
    let apart = unconverted(groups.iter().map(|group| (group.currency, group.count, group.value)), &rates, scope.currency)?;
    let mut total = Expected::default();
    groups.iter().try_for_each(|group| total.add(group))?;
    // Deals without a date come last: no month is later than this one.
    let mut rows: BTreeMap<(bool, Option<String>, Option<Uuid>), Expected> = BTreeMap::new();
    for group in &groups {
        rows.entry((group.month.is_none(), group.month.clone(), group.holder)).or_default().add(group)?;
    }
    let row = |((_, month, holder), expected): ((bool, Option<String>, Option<Uuid>), Expected)| -> Result<wire::ForecastRow, Problem> {
        let wire::Expectation { count, value, weighted_value } = expected.shown(&rates, scope.currency)?;
        Ok(wire::ForecastRow {
            month,
            owner_id: holder.filter(|_| query.by == Some(ForecastBy::Owner)).map(UserId::from_uuid),
            team_id: holder.filter(|_| query.by == Some(ForecastBy::Team)).map(TeamId::from_uuid),
            name: holder.and_then(|holder| names.get(&holder).cloned()),
            count,
            value,
            weighted_value,
        })
    };
    let total = total.shown(&rates, scope.currency)?;
    let rows = rows.into_iter().map(row).collect::<Result<_, _>>()?;
    Ok(wire::Forecast { object: "forecast".to_owned(), currency: scope.currency, rows, total, unconverted: apart })
}

async fn names(tx: &mut Tx<'_>, by: Option<ForecastBy>, groups: &[Group]) -> Result<BTreeMap<Uuid, String>, Problem> {
    let ids: BTreeSet<Uuid> = groups.iter().filter_map(|group| group.holder).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(match by {
        Some(ForecastBy::Owner) => {
            let users = Find::<users::Entity>::new().among(users::Column::Id, ids).all(tx).await?;
            users.into_iter().map(|user| (user.id.uuid(), user.name)).collect()
        }
        Some(ForecastBy::Team) => {
            let teams = Find::<teams::Entity>::new().among(teams::Column::Id, ids).all(tx).await?;
            teams.into_iter().map(|team| (team.id.uuid(), team.name)).collect()
        }
        None => BTreeMap::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weighted_values_are_added_exactly_whoever_holds_the_deals() {
        let eur: Currency = "EUR".parse().unwrap();
        let sum = |deals: &[(i64, &str)]| {
            let mut sum = Expected::default();
            for (value, probability) in deals {
                let probability = probability.parse().unwrap();
                sum.add(&Group { month: None, holder: None, currency: eur, probability, count: 1, value: Amount(*value) }).unwrap();
            }
            (sum.all.count, sum.weighted(&RateTable::default(), eur))
        };
        // 0.15 at 10 % are 0.015, and three times 0.01 would be 0.03.
        assert_eq!(sum(&[(5, "10"), (5, "10"), (5, "10")]), (3, Ok(Amount(2))));
        // 0.005, 0.004 and 0.003: each alone is rounded to 0.01, 0.00 and 0.00, and together they are 0.012.
        assert_eq!(sum(&[(1, "50"), (1, "40"), (1, "30")]), (3, Ok(Amount(1))));
        assert_eq!(sum(&[(1, "50"), (1, "50"), (1, "50"), (1, "50")]), (4, Ok(Amount(2))));
        assert_eq!(sum(&[(1, "40"), (1, "30"), (1, "30"), (1, "40"), (1, "30"), (1, "30")]), (6, Ok(Amount(2))), "nothing of it, each by itself");
    }
}
