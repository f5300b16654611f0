//! What confirmed orders leave after cost (ORD-17, QTE-18, ACC-15, RPT-03).
//!
//! Lines are added up in the database as far as they have the same cost and quantity, so that each line's cost is rounded as its order shows it.

use super::holder::{Kind, MOST, Named, bounded, ranked};
use super::months::days;
use super::owed::Converter;
use crate::looked_at;
use crate::sql::{self, statement};
use causeway_contract::Problem;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_master::pricing::amounts::{cost_amount, margin};
use causeway_openapi::margin::{self as wire, MarginBy};
use causeway_value::{Amount, Currency, Overflow, Price, Quantity};
use sea_orm::FromQueryResult;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Lines of one holder that have the same currency, cost and quantity.
#[derive(Clone, Debug, FromQueryResult)]
struct Sale {
    holder: Option<Uuid>,
    currency: Currency,
    unit_cost: Option<Price>,
    base: Quantity,
    quantity: Quantity,
    lines: i64,
    net: Amount,
}

/// What lines come to in one currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    lines: i64,
    amount: Amount,
    /// Of lines whose cost is not known.
    unknown: Amount,
    /// Of the others, if there are any.
    cost: Option<Amount>,
}

impl Sum {
    fn add(&mut self, other: Self) -> Result<(), Overflow> {
        self.lines = self.lines.checked_add(other.lines).ok_or(Overflow)?;
        self.amount = self.amount.plus(other.amount)?;
        self.unknown = self.unknown.plus(other.unknown)?;
        self.cost = match (self.cost, other.cost) {
            (Some(one), Some(other)) => Some(one.plus(other)?),
            (one, other) => one.or(other),
        };
        Ok(())
    }

    fn shown(self, currency: Currency) -> Result<wire::MarginSum, Overflow> {
        let known = self.amount.minus(self.unknown)?;
        let left = self.cost.map(|cost| margin(known, cost)).transpose()?;
        Ok(wire::MarginSum {
            lines: self.lines,
            amount: self.amount.text(currency),
            unknown_amount: self.unknown.text(currency),
            cost_amount: self.cost.map(|cost| cost.text(currency)),
            margin_amount: left.map(|left| left.amount.text(currency)),
            margin_percent: left.and_then(|left| left.percent),
        })
    }
}

/// What these lines come to: each has its own cost, rounded. What gives something back saves none, as its order says (QTE-08): nothing is delivered by it.
fn sum(sale: &Sale) -> Result<Sum, Overflow> {
    let cost = match sale.unit_cost {
        _ if sale.quantity < Quantity::ZERO => Some(Amount::ZERO),
        Some(cost) => {
            let each = cost_amount(sale.quantity, cost, sale.base, sale.currency)?;
            Some(Amount(each.0.checked_mul(sale.lines).ok_or(Overflow)?))
        }
        None => None,
    };
    Ok(Sum { lines: sale.lines, amount: sale.net, unknown: if cost.is_some() { Amount::ZERO } else { sale.net }, cost })
}

const fn kind(by: MarginBy) -> Kind {
    match by {
        MarginBy::Order => Kind::Order,
        MarginBy::Customer => Kind::Customer,
        MarginBy::Product => Kind::Product,
        MarginBy::Rep => Kind::Rep,
    }
}

fn sales_sql(by: MarginBy, looked_at: &str) -> String {
    let holder = kind(by).column();
    format!(
        "SELECT {holder} AS holder, o.currency AS currency, l.unit_cost AS unit_cost, l.price_base_quantity AS base, \
             COALESCE(l.kept_quantity, l.quantity) AS quantity, COUNT(*) AS lines, CAST(SUM(l.net_amount) AS BIGINT) AS net \
         FROM orders o JOIN order_lines l ON l.tenant_id = o.tenant_id AND l.order_id = o.id \
         WHERE o.tenant_id = $1 AND o.company_id = $2 AND o.confirmed_at >= $3 AND o.confirmed_at < $4 AND o.status IN ('confirmed', 'fulfilled'){looked_at} \
         GROUP BY {holder}, o.currency, l.unit_cost, l.price_base_quantity, COALESCE(l.kept_quantity, l.quantity) LIMIT {}",
        MOST + 1
    )
}

/// The margins of a company's orders that were confirmed in a period.
///
/// # Errors
/// `not_found` for the company; `invalid_value` for the period; `rate_missing`; `amount_overflow`.
pub(super) async fn report(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::MarginQuery) -> Result<wire::MarginReport, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let by = query.by.unwrap_or_default();
    let (from, to) = days(query.from, query.to, ctx.today(company.time_zone))?;
    looked_at::check(tx, query.dimension.as_deref(), query.dimension_value.as_deref()).await?;
    let cells = [
        ("holder", Cell::Uuid),
        ("currency", Cell::Text),
        ("unit_cost", Cell::Whole),
        ("base", Cell::Whole),
        ("quantity", Cell::Whole),
        ("lines", Cell::Whole),
        ("net", Cell::Whole),
    ];
    let (begin, end) = (from.start_in(company.time_zone), to.plus_days(1).start_in(company.time_zone));
    let mut values = vec![company.id.into(), begin.into(), end.into()];
    let looked_at = looked_at::condition(query.dimension.as_deref(), query.dimension_value.as_deref(), "l.dimensions", &mut values)?;
    let looked_at = looked_at.map(|condition| format!(" AND {condition}")).unwrap_or_default();
    let asked = statement(tx, &sales_sql(by, &looked_at), values);
    let found: Vec<Sale> = sql::rows(tx, asked, &cells).await?;
    bounded(found.len())?;
    let converter = Converter::of(tx, &company, found.iter().map(|sale| sale.currency), to).await?;
    let mut in_currency: BTreeMap<(Option<Uuid>, Currency), Sum> = BTreeMap::new();
    for sale in &found {
        in_currency.entry((sale.holder, sale.currency)).or_default().add(sum(sale)?)?;
    }
    let mut by_holder: BTreeMap<Option<Uuid>, Sum> = BTreeMap::new();
    let mut all: BTreeMap<Currency, Sum> = BTreeMap::new();
    for ((holder, currency), sum) in in_currency {
        by_holder.entry(holder).or_default().add(converted(&converter, sum, currency)?)?;
        all.entry(currency).or_default().add(sum)?;
    }
    // Not the sum of the rows, each of which is rounded: the same sales come to the same, whatever the rows are.
    let mut total = Sum::default();
    for (currency, sum) in all {
        total.add(converted(&converter, sum, currency)?)?;
    }
    // By amount and not by margin: the order of rows tells nothing to who may not see costs.
    let shown = ranked(tx, kind(by), by_holder, |sum| sum.amount, query.offset).await?;
    let row = |row: Named<Sum>| -> Result<wire::MarginRow, Problem> {
        Ok(wire::MarginRow {
            order_id: row.order_id(),
            party_id: row.party_id(),
            product_id: row.product_id(),
            owner_id: row.owner_id(),
            name: row.name,
            sum: row.sum.shown(company.currency)?,
        })
    };
    Ok(wire::MarginReport {
        object: "margin_report".to_owned(),
        company_id: company.id,
        by,
        from,
        to,
        currency: company.currency,
        rows: shown.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        count: shown.count,
        next_offset: shown.next,
        total: total.shown(company.currency)?,
    })
}

fn converted(converter: &Converter, sum: Sum, currency: Currency) -> Result<Sum, Problem> {
    let amount = converter.amount(sum.amount, currency)?;
    let unknown = converter.amount(sum.unknown, currency)?;
    let cost = sum.cost.map(|cost| converter.amount(cost, currency)).transpose()?;
    Ok(Sum { lines: sum.lines, amount, unknown, cost })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sale(quantity: &str, cost: Option<&str>, lines: i64, net: i64) -> Sale {
        let unit_cost = cost.map(|cost| cost.parse().unwrap());
        Sale { holder: None, currency: "EUR".parse().unwrap(), unit_cost, base: Quantity::ONE, quantity: quantity.parse().unwrap(), lines, net: Amount(net) }
    }

    #[test]
    fn each_line_has_its_own_rounded_cost() {
        // Half a cent each: two lines cost two cents, not one.
        assert_eq!(sum(&sale("1", Some("0.005"), 2, 100)).unwrap().cost, Some(Amount(2)));
        assert_eq!(sum(&sale("2", Some("0.005"), 1, 100)).unwrap().cost, Some(Amount(1)));
        assert_eq!(sum(&sale("-9.9", Some("60"), 1, -99_000)).unwrap().cost, Some(Amount(0)));
        assert_eq!(sum(&sale("-1", None, 1, -100)).unwrap().unknown, Amount(0), "what gives something back needs no cost");
        assert_eq!(sum(&sale("1", None, 3, 100)).unwrap(), Sum { lines: 3, amount: Amount(100), unknown: Amount(100), cost: None });
    }

    #[test]
    fn what_has_no_cost_is_in_no_margin() {
        let mut all = Sum::default();
        all.add(sum(&sale("40", Some("11.20"), 1, 64_800)).unwrap()).unwrap();
        all.add(sum(&sale("1", None, 1, 5_000)).unwrap()).unwrap();
        let shown = all.shown("EUR".parse().unwrap()).unwrap();
        assert_eq!((shown.amount.0.as_str(), shown.unknown_amount.0.as_str(), shown.lines), ("698.00", "50.00", 2));
        assert_eq!(shown.cost_amount.map(|amount| amount.0).as_deref(), Some("448.00"));
        assert_eq!(shown.margin_amount.map(|amount| amount.0).as_deref(), Some("200.00"));
        assert_eq!(shown.margin_percent.map(|percent| percent.to_string()).as_deref(), Some("30.864198"));
        let none = Sum::default().shown("EUR".parse().unwrap()).unwrap();
        assert_eq!((none.cost_amount, none.margin_amount, none.margin_percent), (None, None, None));
    }
}
