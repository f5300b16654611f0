//! Orders become late when a promised day has passed where their company is and something is left to deliver (STK-10, STK-11). Each promise is noted once.

use super::service::changed;
use super::{store, view};
use causeway_contract::Problem;
use causeway_entity::bill::obligations::{Column, Entity, Model};
use causeway_entity::sell::orders;
use causeway_govern::clock::{Due, DueDay};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{Instant, OrderId, OrderStatus};
use std::collections::BTreeSet;

/// What falls due by itself.
pub const DUE: Due = Due { name: "order.late", next, run, set_aside: None };

/// Lines that somebody waits for.
static LAST_DAY: DueDay<Entity> =
    DueDay { waiting: |company_id| Find::new().eq(Column::CompanyId, company_id), column: Column::AwaitedDate, of: |row| row.awaited_date, after: 1 };

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(LAST_DAY.next(tx, until))
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        let passed = LAST_DAY.due(ctx, tx).await?;
        if passed.is_empty() { Ok(0) } else { note(ctx, tx, &passed).await }
    })
}

async fn note(ctx: &Ctx, tx: &mut Tx<'_>, passed: &[Model]) -> Result<i64, Problem> {
    for old in passed {
        // Nobody sees this column: the version stays.
        tx.update(old, &Model { awaited_date: None, ..old.clone() });
    }
    let ids: BTreeSet<OrderId> = passed.iter().map(|row| row.order_id).collect();
    let late = Find::<orders::Entity>::new().among(orders::Column::Id, ids).eq(orders::Column::Status, OrderStatus::Confirmed);
    let late = late.order_by(orders::Column::Id).lock().all(tx).await?;
    let mut parts = store::parts(tx, &late).await?;
    for old in late.iter().filter(|order| order.late != Some(true)) {
        let new = orders::Model { late: Some(true), ..changed(ctx, old) };
        tx.update(old, &new);
        view::record(ctx, tx, "order.late", &new, &parts.remove(&old.id).unwrap_or_default())?;
    }
    Ok(i64::try_from(passed.len()).unwrap_or(i64::MAX))
}
