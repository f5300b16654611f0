//! Orders become late when a promised day has passed where their company is and something is left to deliver (STK-10, STK-11). Each promise is noted once.

use super::service::changed;
use super::{store, view};
use causeway_contract::Problem;
use causeway_entity::bill::obligations::{Column, Entity, Model};
use causeway_entity::govern::companies;
use causeway_entity::sell::orders;
use causeway_govern::clock::Due;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::{CompanyId, Instant, OrderId, OrderStatus};
use std::collections::BTreeSet;

/// What falls due by itself.
pub const DUE: Due = Due { name: "order.late", next, run };

/// Lines whose day is noted in one transaction, at most.
const BATCH: u64 = 50;

/// Lines of a company that somebody waits for, the earliest day first.
fn awaited(company_id: CompanyId) -> Find<Entity> {
    Find::<Entity>::new().eq(Column::CompanyId, company_id)
}

fn next<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>> {
    Box::pin(async move {
        let mut earliest: Option<Instant> = None;
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let first = awaited(company.id).when("awaited_date IS NOT NULL", Vec::new()).order_by(Column::AwaitedDate).one(tx).await?;
            let passed = first.and_then(|row| row.awaited_date).map(|day| day.plus_days(1).start_in(company.time_zone));
            earliest = [earliest, passed].into_iter().flatten().min();
        }
        Ok(earliest.filter(|at| *at <= until))
    })
}

fn run<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<i64, Problem>> {
    Box::pin(async move {
        for company in Find::<companies::Entity>::new().all(tx).await? {
            let today = ctx.today(company.time_zone);
            let passed = awaited(company.id).when("awaited_date < ?", vec![today.into()]);
            let passed = passed.order_by(Column::AwaitedDate).limit(BATCH).lock().all(tx).await?;
            if !passed.is_empty() {
                return note(ctx, tx, &passed).await;
            }
        }
        Ok(0)
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
