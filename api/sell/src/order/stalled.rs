//! Orders stall when they stand in a state for longer than their company lets them: as a draft, or confirmed and not fulfilled (ORD-11, ORD-12). Each is
//! told with what it waits for, and again when that is another thing, until it moves on.

use super::service::changed;
use super::store::{self, Parts};
use super::view;
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::orders::{Column, Entity, Model};
use causeway_govern::clock::Due;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Instant, OrderRules, OrderStatus, Quantity};

/// What falls due by itself.
pub const STALLED: Due = Due { name: "order.stalled", next, run, set_aside: None };

/// Orders that are told in one transaction, at most.
const BATCH: u64 = 50;
const DAY: i64 = 86_400;
/// Letters of a reason that are kept.
const REASON: usize = 500;

/// Where an order may stand, and the days that rules let it.
#[derive(Clone, Copy)]
struct Standing {
    status: OrderStatus,
    /// The column that says since when. Ids are made in time order.
    order_by: Column,
    since: fn(&Model) -> Option<Instant>,
    days: fn(&OrderRules) -> Option<u32>,
}

const STANDINGS: [Standing; 2] = [
    Standing { status: OrderStatus::Draft, order_by: Column::Id, since: |row| Some(row.created_at), days: |rules| rules.draft_days },
    Standing { status: OrderStatus::Confirmed, order_by: Column::ConfirmedAt, since: |row| row.confirmed_at, days: |rules| rules.confirmed_days },
];

impl Standing {
    /// Orders of a company that stand there and are not told yet, the longest first.
    fn waiting(&self, company: &companies::Model) -> Find<Entity> {
        let there = Find::<Entity>::new().eq(Column::CompanyId, company.id).eq(Column::Status, self.status).is_null(Column::StalledReason);
        there.order_by(self.order_by)
    }

    /// When an order has stood too long.
    fn until(&self, row: &Model, days: u32) -> Option<Instant> {
        (self.since)(row).map(|since| since.plus_seconds(i64::from(days) * DAY))
    }
}

/// The standings that each company watches, with its days.
async fn watched(tx: &mut Tx<'_>) -> Result<Vec<(companies::Model, Standing, u32)>, Problem> {
    let companies = Find::<companies::Entity>::new().when("order_rules IS NOT NULL", Vec::new()).all(tx).await?;
    let of = |company: companies::Model| {
        let rules = company.order_rules.clone().map(|kept| kept.0).unwrap_or_default();
        STANDINGS.into_iter().filter_map(move |standing| Some((company.clone(), standing, (standing.days)(&rules)?)))
    };
    Ok(companies.into_iter().flat_map(of).collect())
}

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for (company, standing, days) in watched(tx).await? {
            let first = standing.waiting(&company).one(tx).await?;
            let at = first.and_then(|row| standing.until(&row, days));
            earliest = [earliest, at].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        for (company, standing, days) in watched(tx).await? {
            let mut stalled = standing.waiting(&company).limit(BATCH).lock().all(tx).await?;
            stalled.retain(|row| standing.until(row, days).is_some_and(|until| until <= ctx.now()));
            if !stalled.is_empty() {
                return tell(ctx, tx, &stalled, days).await;
            }
        }
        Ok(0)
    })
}

async fn tell(ctx: &Ctx, tx: &mut Tx<'_>, stalled: &[Model], days: u32) -> Result<i64, Problem> {
    let mut parts = store::parts(tx, stalled).await?;
    for old in stalled {
        let parts = parts.remove(&old.id).unwrap_or_default();
        let new = Model { stalled_reason: Some(reason(old, &parts, days)), ..changed(ctx, old) };
        tx.update(old, &new);
        view::record(ctx, tx, "order.stalled", &new, &parts)?;
    }
    Ok(i64::try_from(stalled.len()).unwrap_or(i64::MAX))
}

/// What an order that was told waits for now, in words; nothing when it was not told. A company that watches no longer is still waited for as it was.
///
/// # Errors
/// When the database fails.
pub(super) async fn reason_now(tx: &mut Tx<'_>, row: &Model, parts: &Parts) -> Result<Option<String>, Problem> {
    if row.stalled_reason.is_none() {
        return Ok(None);
    }
    let company = tx.must::<companies::Entity>(row.company_id).await?;
    let rules = company.order_rules.map(|kept| kept.0).unwrap_or_default();
    let standing = STANDINGS.iter().find(|standing| standing.status == row.status);
    let days = standing.and_then(|standing| (standing.days)(&rules));
    Ok(days.map_or_else(|| row.stalled_reason.clone(), |days| Some(reason(row, parts, days))))
}

/// What an order waits for, in words.
fn reason(row: &Model, parts: &Parts, days: u32) -> String {
    let state = format!("{} for more than {days} days", if row.status == OrderStatus::Draft { "A draft" } else { "Confirmed" });
    let text = match parts.holds.first() {
        Some(hold) => format!("{state}: the {} hold is not released: {}", hold.kind, hold.reason),
        None if row.status == OrderStatus::Draft && parts.lines.is_empty() => format!("{state}: it has no lines"),
        None if row.status == OrderStatus::Draft => format!("{state}: nobody confirmed it"),
        None => format!("{state}: {}", left(parts)),
    };
    text.chars().take(REASON).collect()
}

/// What is left of a confirmed order: the first line that is not delivered, or else not invoiced.
fn left(parts: &Parts) -> String {
    let open = |needs_delivery: bool, done: fn(&causeway_entity::bill::obligations::Model) -> Quantity| {
        parts.obligations.iter().filter(move |row| row.needs_delivery == needs_delivery).find_map(move |row| {
            let rest = row.ordered_quantity.minus(row.cancelled_quantity).ok()?.minus(done(row)).ok()?;
            (rest > Quantity::ZERO).then(|| (rest, row.description.clone()))
        })
    };
    if let Some((rest, what)) = open(true, |row| row.delivered_quantity) {
        return format!("{rest} of {what} are not delivered");
    }
    match open(false, |row| row.invoiced_quantity) {
        Some((rest, what)) => format!("{rest} of {what} are not invoiced"),
        None => "it is not fulfilled".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_has_its_own_days() {
        let rules = OrderRules { draft_days: Some(7), ..OrderRules::default() };
        assert_eq!(STANDINGS.map(|standing| (standing.status, (standing.days)(&rules))), [(OrderStatus::Draft, Some(7)), (OrderStatus::Confirmed, None)]);
    }
}
