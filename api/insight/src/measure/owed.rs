//! Backlog and unbilled work: what orders, obligations and billables say.

use super::amended;
use super::due::{MADE, STOOD};
use crate::pipeline::rules::Sum;
use crate::sql::{self, statement};
use crate::window::window;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::order_amendments;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Tx};
use causeway_master::rate::lookup::{self, RateTable};
use causeway_openapi::measure as wire;
use causeway_value::{Amount, Currency, Day, OrderId, Overflow, PartyId, Quantity, product};
use sea_orm::FromQueryResult;
use std::collections::{BTreeMap, BTreeSet};

/// Converts sums into a company's currency at the rates of one day: each sum is rounded once.
pub(super) struct Converter {
    rates: RateTable,
    to: Currency,
}

impl Converter {
    pub(super) async fn of(tx: &mut Tx<'_>, company: &companies::Model, from: impl IntoIterator<Item = Currency>, day: Day) -> Result<Self, Problem> {
        let pairs: BTreeSet<Currency> = from.into_iter().collect();
        let rates = lookup::rates(tx, pairs.into_iter().map(|from| (from, company.currency)), day).await?;
        Ok(Self { rates, to: company.currency })
    }

    pub(super) fn amount(&self, amount: Amount, from: Currency) -> Result<Amount, Problem> {
        Ok(self.rates.conversion(from, self.to)?.amount(amount, from, self.to)?)
    }

    /// What a sum in several currencies is worth: what it has of one is rounded once.
    pub(super) fn sum(&self, sum: &Sum) -> Result<Amount, Problem> {
        sum.value(&self.rates, self.to)
    }
}

/// Order lines of a customer that are not all billable, in one currency. `ordered` and `cancelled` are equal in all of them.
#[derive(Clone, Debug, FromQueryResult)]
struct Open {
    party_id: PartyId,
    name: String,
    currency: Currency,
    net: Amount,
    billed: Amount,
    ordered: Quantity,
    cancelled: Quantity,
    lines: i64,
}

/// What was confirmed before the instant `$4` and became billable until the day `$3`. Lines of which a part is cancelled stand alone, all others together.
fn open_sql() -> String {
    format!(
        "SELECT d.party_id AS party_id, p.name AS name, d.currency AS currency, CAST(SUM(d.net) AS BIGINT) AS net, CAST(SUM(d.billed) AS BIGINT) AS billed, \
             MAX(d.ordered) AS ordered, MAX(d.cancelled) AS cancelled, COUNT(*) AS lines \
         FROM (SELECT b.id AS id, b.party_id, b.currency, b.net_amount AS net, COALESCE(made.amount, 0) AS billed, \
                 CASE WHEN b.cancelled_quantity = 0 THEN 1 ELSE b.ordered_quantity END AS ordered, b.cancelled_quantity AS cancelled, \
                 CASE WHEN b.cancelled_quantity = 0 THEN b.party_id ELSE b.id END AS apart \
             FROM obligations b JOIN orders o ON o.tenant_id = b.tenant_id AND o.id = b.order_id LEFT JOIN ({MADE}) made ON made.order_line_id = b.id \
             WHERE b.tenant_id = $1 AND b.company_id = $2 AND o.confirmed_at < $4 AND b.cancelled_quantity <> b.ordered_quantity \
                 AND b.net_amount <> COALESCE(made.amount, 0)) d \
         JOIN parties p ON p.tenant_id = $1 AND p.id = d.party_id \
         GROUP BY d.apart, d.party_id, p.name, d.currency"
    )
}

/// What is left of a line: its share that is not cancelled, less what is billable.
pub(super) fn left(net: Amount, billed: Amount, (ordered, cancelled): (Quantity, Quantity)) -> Result<Amount, Overflow> {
    let kept = match cancelled {
        Quantity::ZERO => net,
        cancelled => Amount(product(&[net.0, ordered.minus(cancelled)?.0], &[ordered.0])?),
    };
    let left = kept.minus(billed)?;
    // What was cut below what is billed is proposed to be credited; it is no negative backlog.
    Ok(if left.0.signum() == -net.0.signum() { Amount::ZERO } else { left })
}

/// Whether a line counts of which this is left: of one that stands alone everything that stands may be billable.
pub(super) fn counts(cancelled: Quantity, left: Amount) -> bool {
    cancelled == Quantity::ZERO || !left.is_zero()
}

/// What a customer ordered in one currency and is not yet billable of it.
pub(super) struct Left {
    pub party_id: PartyId,
    pub name: String,
    pub currency: Currency,
    /// How many order lines; as a difference, how many more.
    pub lines: i64,
    /// Without tax.
    pub amount: Amount,
}

/// The backlog at the end of a day, in the currencies of the orders. A customer may stand there several times.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn left_of(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, as_of: Day) -> Result<Vec<Left>, Problem> {
    // Of today nothing has changed later.
    let changes =
        if as_of < ctx.today(company.time_zone) { amended::since(tx, company.id, as_of.plus_days(1).start_in(company.time_zone)).await? } else { Vec::new() };
    left_after(tx, company, as_of, &changes).await
}

/// The same with what changed in orders since the end of that day, or also before, as it was read already.
///
/// # Errors
/// As [`left_of`].
pub(super) async fn left_after(tx: &mut Tx<'_>, company: &companies::Model, as_of: Day, changes: &[order_amendments::Model]) -> Result<Vec<Left>, Problem> {
    let end = as_of.plus_days(1).start_in(company.time_zone);
    let cells = [
        ("party_id", Cell::Uuid),
        ("name", Cell::Text),
        ("currency", Cell::Text),
        ("net", Cell::Whole),
        ("billed", Cell::Whole),
        ("ordered", Cell::Whole),
        ("cancelled", Cell::Whole),
        ("lines", Cell::Whole),
    ];
    let asked = statement(tx, &open_sql(), vec![company.id.into(), as_of.into(), end.into()]);
    let found: Vec<Open> = sql::rows(tx, asked, &cells).await?;
    let mut all = Vec::with_capacity(found.len());
    for Open { party_id, name, currency, net, billed, ordered, cancelled, lines } in found {
        let amount = left(net, billed, (ordered, cancelled))?;
        let lines = if counts(cancelled, amount) { lines } else { 0 };
        all.push(Left { party_id, name, currency, lines, amount });
    }
    if changes.iter().any(|row| row.created_at >= end) {
        all.extend(amended::differences(tx, company.id, (as_of, end), changes).await?);
    }
    Ok(all)
}

/// What the backlog of a customer comes to: name, lines and amount.
pub(super) type Worth = (String, i64, Amount);

/// What the backlogs of customers come to in the company's currency, each sum of one currency rounded once. Those of nothing are left out.
///
/// # Errors
/// `rate_missing`; `amount_overflow`.
pub(super) fn worth(found: &[Left], converter: &Converter) -> Result<Vec<(PartyId, Worth)>, Problem> {
    let mut by_party: BTreeMap<PartyId, (String, Sum)> = BTreeMap::new();
    for row in found {
        let (_, sum) = by_party.entry(row.party_id).or_insert_with(|| (row.name.clone(), Sum::default()));
        sum.add(row.lines, row.currency, row.amount)?;
    }
    let mut parties = Vec::with_capacity(by_party.len());
    for (party_id, (name, sum)) in by_party {
        let amount = sum.value(&converter.rates, converter.to)?;
        if !amount.is_zero() {
            parties.push((party_id, (name, sum.count, amount)));
        }
    }
    Ok(parties)
}

/// What is ordered and not yet billable (RPT-03, ORD-14).
///
/// # Errors
/// `not_found` for the company; `rate_missing`; `amount_overflow`.
pub(super) async fn backlog(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::AsOfQuery) -> Result<wire::Backlog, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let found = left_of(ctx, tx, &company, as_of).await?;
    let converter = Converter::of(tx, &company, found.iter().map(|row| row.currency), as_of).await?;
    let mut parties = worth(&found, &converter)?;
    let total = Amount::sum(parties.iter().map(|(_, (_, _, amount))| *amount))?;
    parties.sort_by(|(_, (first, _, one)), (_, (second, _, other))| other.cmp(one).then_with(|| first.cmp(second)));
    let currency = company.currency;
    let shown = window(parties, query.offset);
    Ok(wire::Backlog {
        object: "backlog".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        rows: shown
            .rows
            .into_iter()
            .map(|(party_id, (name, lines, amount))| wire::BacklogRow { party_id, name, lines, amount: amount.text(currency) })
            .collect(),
        count: shown.count,
        next_offset: shown.next,
        total: total.text(currency),
    })
}

/// What of one order may be billed and is not.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Waiting {
    party_id: PartyId,
    order_id: Option<OrderId>,
    pub currency: Currency,
    pub amount: Amount,
    held: Amount,
    since: Day,
}

/// What might be billed on the day `$3`, and did not stand on a posted invoice then.
fn waiting_sql() -> String {
    format!(
        "SELECT b.party_id AS party_id, b.order_id AS order_id, b.currency AS currency, CAST(SUM(b.amount) AS BIGINT) AS amount, \
             CAST(SUM(b.held) AS BIGINT) AS held, MIN(b.billable_date) AS since \
         FROM ({STOOD}) b LEFT JOIN invoices i ON i.tenant_id = $1 AND i.id = b.invoice_id \
         WHERE i.id IS NULL OR i.number IS NULL OR i.invoice_date > $3 \
         GROUP BY b.party_id, b.order_id, b.currency ORDER BY MIN(b.billable_date), b.party_id, b.order_id"
    )
}

/// What might be billed at the end of a day and was not, in the currencies of the orders.
///
/// # Errors
/// When the database fails.
pub(super) async fn waiting_on(tx: &mut Tx<'_>, company: &companies::Model, as_of: Day) -> Result<Vec<Waiting>, Problem> {
    let cells =
        [("party_id", Cell::Uuid), ("order_id", Cell::Uuid), ("currency", Cell::Text), ("amount", Cell::Whole), ("held", Cell::Whole), ("since", Cell::Text)];
    let asked = statement(tx, &waiting_sql(), vec![company.id.into(), as_of.into()]);
    sql::rows(tx, asked, &cells).await
}

/// What may be billed and is not (STK-21, BIL-19).
///
/// # Errors
/// `not_found` for the company; `rate_missing`; `amount_overflow`.
pub(super) async fn unbilled(ctx: &Ctx, tx: &mut Tx<'_>, query: &wire::AsOfQuery) -> Result<wire::Unbilled, Problem> {
    let company = sql::company(tx, query.company_id).await?;
    let as_of = query.as_of.unwrap_or_else(|| ctx.today(company.time_zone));
    let found = waiting_on(tx, &company, as_of).await?;
    let converter = Converter::of(tx, &company, found.iter().map(|row| row.currency), as_of).await?;
    let currency = company.currency;
    let amounts: Vec<Amount> = found.iter().map(|row| converter.amount(row.amount, row.currency)).collect::<Result<_, _>>()?;
    let total = Amount::sum(amounts.iter().copied())?;
    let shown = window(found.into_iter().zip(amounts).collect(), query.offset);
    let row = |(row, amount): (Waiting, Amount)| -> Result<wire::UnbilledRow, Problem> {
        let held = converter.amount(row.held, row.currency)?;
        Ok(wire::UnbilledRow {
            party_id: row.party_id,
            order_id: row.order_id,
            amount: amount.text(currency),
            held_amount: held.text(currency),
            since: row.since,
        })
    };
    Ok(wire::Unbilled {
        object: "unbilled".to_owned(),
        company_id: company.id,
        as_of,
        currency,
        rows: shown.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        count: shown.count,
        next_offset: shown.next,
        total: total.text(currency),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(net: i64, billed: i64, ordered: i64, cancelled: i64) -> Amount {
        left(Amount(net), Amount(billed), (Quantity(ordered), Quantity(cancelled))).unwrap()
    }

    #[test]
    fn what_is_cancelled_is_no_backlog() {
        assert_eq!(open(64_800, 0, 1, 0), Amount(64_800));
        assert_eq!(open(64_800, 16_200, 1, 0), Amount(48_600));
        // 40 ordered, 10 cancelled, 10 billed: a half is left.
        assert_eq!(open(64_800, 16_200, 40_000_000, 10_000_000), Amount(32_400));
        // Cut to 5 after 10 were billed.
        assert_eq!(open(64_800, 16_200, 40_000_000, 35_000_000), Amount::ZERO);
        // A third of 1.00 rounds once.
        assert_eq!(open(100, 0, 3_000_000, 2_000_000), Amount(33));
    }
}
