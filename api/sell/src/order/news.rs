//! What an order hears from the floors below.

use super::service::{all_done, changed, recheck_party};
use super::store::{Parts, parts_of};
use super::{rules, view};
use causeway_contract::Problem;
use causeway_entity::bill::obligations;
use causeway_entity::sell::orders;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, News, Tx};
use causeway_openapi::order as wire;
use causeway_value::{OrderId, OrderStatus, PartyId};

/// A payment may release credit holds of the customer. A confirmed order is fulfilled once everything of it is delivered, and what needs no delivery invoiced
/// (ORD-13); a shipment that is taken back makes a fulfilled one confirmed again.
pub fn on_news<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, news: News) -> LocalFuture<'a, Result<(), Problem>> {
    Box::pin(async move {
        let id = OrderId::from_uuid(news.about);
        match (news.event, news.complete) {
            ("payment.received" | "payment.allocated", _) => recheck_party(ctx, tx, PartyId::from_uuid(news.about)).await,
            ("delivery.shipped", true) | ("delivery.caught_up", _) | ("order.billed", _) => follow(ctx, tx, id, OrderStatus::Confirmed).await,
            ("delivery.reversed", _) => follow(ctx, tx, id, OrderStatus::Fulfilled).await,
            _ => Ok(()),
        }
    })
}

/// Lets the status of an order that stands at `from` follow what is owed for it.
async fn follow(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, from: OrderStatus) -> Result<(), Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    if old.status != from {
        return Ok(());
    }
    let mut parts = parts_of(tx, &old).await?;
    // What this transaction writes is written at its end and read as it was before: what it wrote so far counts.
    for row in &mut parts.obligations {
        if let Some(written) = tx.written::<obligations::Model>().rev().find(|written| written.id == row.id) {
            row.clone_from(written);
        }
    }
    match (from, all_done(&parts.obligations)?) {
        (OrderStatus::Confirmed, true) => enter(ctx, tx, "order.fulfilled", &old, OrderStatus::Fulfilled, &parts).map(drop),
        (OrderStatus::Fulfilled, false) => enter(ctx, tx, "order.reopened", &old, OrderStatus::Confirmed, &parts).map(drop),
        (OrderStatus::Confirmed, false) if old.late == Some(true) && !rules::still_late(&old, &parts.obligations)? => {
            // What was overdue came, and the rest is promised for later.
            let new = orders::Model { late: Some(false), ..changed(ctx, &old) };
            tx.update(&old, &new);
            view::record(ctx, tx, "order.caught_up", &new, &parts).map(drop)
        }
        _ => Ok(()),
    }
}

/// Gives an order another status.
pub(super) fn enter(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &orders::Model, status: OrderStatus, parts: &Parts) -> Result<wire::Order, Problem> {
    // What is fulfilled is not late any more.
    let late = Some(status == OrderStatus::Confirmed && old.late == Some(true));
    let new = orders::Model { status, late, stalled_reason: None, ..changed(ctx, old) };
    tx.update(old, &new);
    view::record(ctx, tx, event, &new, parts)
}
