//! What an order hears from the floors below.

use super::service::{all_done, changed, recheck_party};
use super::store::{self, Parts};
use super::{rules, stalled, view};
use causeway_contract::Problem;
use causeway_entity::sell::orders::{self, Column};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, News, Tx};
use causeway_openapi::order as wire;
use causeway_value::{OrderId, OrderStatus, PartyId};

/// A payment may release credit holds of the customer. A confirmed order is fulfilled once everything of it is delivered, and what needs no delivery invoiced
/// (ORD-13); a shipment that is taken back, or comes back for money, makes a fulfilled one confirmed again. One that stands too long says what it waits for now (ORD-11).
pub fn on_news<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, news: News) -> LocalFuture<'a, Result<(), Problem>> {
    Box::pin(async move {
        let id = OrderId::from_uuid(news.about);
        match (news.event, news.complete) {
            ("payment.received" | "payment.allocated", _) => recheck_party(ctx, tx, PartyId::from_uuid(news.about)).await,
            ("delivery.shipped", false) => still_stalled(ctx, tx, id).await,
            ("delivery.shipped", true) | ("delivery.caught_up", _) | ("order.billed", _) => follow(ctx, tx, id, OrderStatus::Confirmed).await,
            ("delivery.reversed" | "delivery.returned", _) => follow(ctx, tx, id, OrderStatus::Fulfilled).await,
            _ => Ok(()),
        }
    })
}

/// A part of an order is shipped: one that stands too long waits for less now. Others are not read.
async fn still_stalled(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId) -> Result<(), Problem> {
    let old = Find::<orders::Entity>::new().eq(Column::Id, id).when("stalled_reason IS NOT NULL", Vec::new()).lock().one(tx).await?;
    let Some(old) = old else { return Ok(()) };
    let parts = parts_now(tx, &old).await?;
    tell_again(ctx, tx, &old, &parts).await
}

/// Lets the status of an order that stands at `from` follow what is owed for it.
async fn follow(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, from: OrderStatus) -> Result<(), Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    if old.status != from {
        // A part of what was shipped is taken back.
        return if from == OrderStatus::Fulfilled && old.stalled_reason.is_some() {
            let parts = parts_now(tx, &old).await?;
            tell_again(ctx, tx, &old, &parts).await
        } else {
            Ok(())
        };
    }
    let parts = parts_now(tx, &old).await?;
    match (from, all_done(&parts.obligations)?) {
        (OrderStatus::Confirmed, true) => enter(ctx, tx, "order.fulfilled", &old, OrderStatus::Fulfilled, &parts).map(drop),
        (OrderStatus::Fulfilled, false) => enter(ctx, tx, "order.reopened", &old, OrderStatus::Confirmed, &parts).map(drop),
        (OrderStatus::Confirmed, false) if old.late == Some(true) && !rules::still_late(&old, &parts.obligations)? => {
            // What was overdue came, and the rest is promised for later.
            let stalled_reason = stalled::reason_now(tx, &old, &parts).await?;
            let new = orders::Model { late: Some(false), stalled_reason, ..changed(ctx, &old) };
            tx.update(&old, &new);
            view::record(ctx, tx, "order.caught_up", &new, &parts).map(drop)
        }
        (OrderStatus::Confirmed, false) => tell_again(ctx, tx, &old, &parts).await,
        _ => Ok(()),
    }
}

/// What stands with an order, this transaction's writes included.
async fn parts_now(tx: &mut Tx<'_>, order: &orders::Model) -> Result<Parts, Problem> {
    Ok(store::parts_now(tx, std::slice::from_ref(order)).await?.remove(&order.id).unwrap_or_default())
}

/// Says of an order that stands too long what it waits for now, when that is another thing than was told.
async fn tell_again(ctx: &Ctx, tx: &mut Tx<'_>, old: &orders::Model, parts: &Parts) -> Result<(), Problem> {
    let stalled_reason = stalled::reason_now(tx, old, parts).await?;
    if stalled_reason == old.stalled_reason {
        return Ok(());
    }
    let new = orders::Model { stalled_reason, ..changed(ctx, old) };
    tx.update(old, &new);
    view::record(ctx, tx, "order.stalled", &new, parts).map(drop)
}

/// Gives an order another status.
pub(super) fn enter(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &orders::Model, status: OrderStatus, parts: &Parts) -> Result<wire::Order, Problem> {
    // What is fulfilled is not late any more.
    let late = Some(status == OrderStatus::Confirmed && old.late == Some(true));
    let new = orders::Model { status, late, stalled_reason: None, ..changed(ctx, old) };
    tx.update(old, &new);
    view::record(ctx, tx, event, &new, parts)
}
