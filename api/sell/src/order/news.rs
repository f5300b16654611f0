//! What an order hears from the floors below.

use super::service::{changed, recheck_party};
use super::store::{Parts, parts_of};
use super::view;
use causeway_contract::Problem;
use causeway_entity::deliver::delivery_lines;
use causeway_entity::sell::orders;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, News, Tx};
use causeway_value::{DeliveryId, OrderId, OrderStatus, PartyId};

/// A payment may release credit holds of the customer. Everything delivered fulfils a confirmed order; a shipment that is taken back makes a fulfilled one confirmed again.
pub fn on_news<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, news: News) -> LocalFuture<'a, Result<(), Problem>> {
    Box::pin(async move {
        let id = OrderId::from_uuid(news.about);
        match (news.event, news.complete) {
            ("payment.received" | "payment.allocated", _) => recheck_party(ctx, tx, PartyId::from_uuid(news.about)).await,
            ("delivery.shipped", true) => fulfil(ctx, tx, id).await,
            ("delivery.reversed", _) => reopen(ctx, tx, id, DeliveryId::from_uuid(news.subject)).await,
            _ => Ok(()),
        }
    })
}

// The obligations that these transactions change are read as they were before: what is written is written at the end. Their counts are brought forward
// here, so that the order is recorded as it will be.

async fn fulfil(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId) -> Result<(), Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    if old.status != OrderStatus::Confirmed {
        return Ok(());
    }
    let mut parts = parts_of(tx, &old).await?;
    for obligation in parts.obligations.iter_mut().filter(|obligation| obligation.needs_delivery) {
        obligation.delivered_quantity = obligation.ordered_quantity.minus(obligation.cancelled_quantity)?;
    }
    enter(ctx, tx, "order.fulfilled", &old, OrderStatus::Fulfilled, &parts)
}

async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, delivery: DeliveryId) -> Result<(), Problem> {
    let old = tx.lock::<orders::Entity>(id).await?;
    if old.status != OrderStatus::Fulfilled {
        return Ok(());
    }
    let mut parts = parts_of(tx, &old).await?;
    let taken_back = Find::<delivery_lines::Entity>::new().eq(delivery_lines::Column::DeliveryId, delivery).all(tx).await?;
    for line in taken_back {
        if let Some(obligation) = parts.obligations.iter_mut().find(|obligation| obligation.id.uuid() == line.order_line_id.uuid()) {
            obligation.delivered_quantity = obligation.delivered_quantity.minus(line.quantity)?;
        }
    }
    enter(ctx, tx, "order.reopened", &old, OrderStatus::Confirmed, &parts)
}

fn enter(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &orders::Model, status: OrderStatus, parts: &Parts) -> Result<(), Problem> {
    let new = orders::Model { status, ..changed(ctx, old) };
    tx.update(old, &new);
    view::record(ctx, tx, event, &new, parts).map(drop)
}
