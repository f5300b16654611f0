//! What ready deliveries hear of their order: less is left, or another day is promised.

use super::changed;
use crate::delivery::rules::{Open, cover, open_lines, promised};
use crate::delivery::{store, view};
use causeway_contract::Problem;
use causeway_entity::bill::obligations;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::{Ctx, Tx};
use causeway_master::refs;
use causeway_value::{DeliveryId, DeliveryStatus, OrderId, Quantity};

/// Cuts the ready deliveries of an order to what its obligations leave open, because the order changed. One that gets nothing is cancelled.
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn fit_to(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, obligations: &[obligations::Model]) -> Result<(), Problem> {
    let ready = store::lock_ready(tx, order_id).await?;
    let lines = store::lines(tx, &ready.iter().map(|delivery| delivery.id).collect::<Vec<_>>()).await?;
    cut(ctx, tx, &ready, &lines, &mut open_lines(obligations)?).await.map(drop)
}

/// Cuts the lines of these ready deliveries, first come first served, to what is open, and takes that from `open`. One that gets nothing is cancelled.
/// The last one that still ships something is answered.
pub(super) async fn cut(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    ready: &[deliveries::Model],
    lines: &[delivery_lines::Model],
    open: &mut Open,
) -> Result<Option<DeliveryId>, Problem> {
    let mut last = None;
    for delivery in ready {
        let own: Vec<delivery_lines::Model> = lines.iter().filter(|line| line.delivery_id == delivery.id).cloned().collect();
        let wanted: Vec<_> = own.iter().map(|line| (line.order_line_id, line.quantity)).collect();
        let given = cover(open, &wanted);
        if given.iter().any(|quantity| *quantity > Quantity::ZERO) {
            last = Some(delivery.id);
        }
        if own.iter().zip(&given).any(|(line, given)| line.quantity != *given) {
            reduce(ctx, tx, delivery, own, &given).await?;
        }
    }
    Ok(last)
}

async fn reduce(ctx: &Ctx, tx: &mut Tx<'_>, old: &deliveries::Model, lines: Vec<delivery_lines::Model>, given: &[Quantity]) -> Result<(), Problem> {
    let mut new = changed(ctx, old);
    let mut kept = Vec::with_capacity(lines.len());
    let mut event = "delivery.reduced";
    if given.iter().all(|quantity| *quantity == Quantity::ZERO) {
        // What was planned stays readable.
        event = "delivery.cancelled";
        new.status = DeliveryStatus::Cancelled;
        kept = lines;
    } else {
        let (stays, goes): (Vec<_>, Vec<_>) = lines.into_iter().zip(given).partition(|(_, quantity)| **quantity > Quantity::ZERO);
        goes.iter().for_each(|(line, _)| tx.delete(line));
        // What stays closes up: the lines of a delivery are counted without gaps.
        for (position, (line, quantity)) in (1..).zip(stays) {
            let cut = delivery_lines::Model { position, quantity: *quantity, ..line.clone() };
            tx.update(&line, &cut);
            kept.push(cut);
        }
    }
    tx.update(old, &new);
    let body = view::view(&new, &kept, refs::of(tx, old.id.uuid()).await?);
    view::record(ctx, tx, event, &body)
}

/// Tells the ready deliveries of an order for which days they are promised now.
///
/// # Errors
/// When the database fails.
pub async fn promise(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, obligations: &[obligations::Model]) -> Result<(), Problem> {
    let ready = store::lock_ready(tx, order_id).await?;
    let lines = store::lines(tx, &ready.iter().map(|delivery| delivery.id).collect::<Vec<_>>()).await?;
    for old in &ready {
        let own: Vec<delivery_lines::Model> = lines.iter().filter(|line| line.delivery_id == old.id).cloned().collect();
        let new = deliveries::Model { promised_date: promised(&own, obligations), ..changed(ctx, old) };
        if new.promised_date != old.promised_date {
            tx.update(old, &new);
            let body = view::view(&new, &own, refs::of(tx, old.id.uuid()).await?);
            view::record(ctx, tx, "delivery.promised", &body)?;
        }
    }
    Ok(())
}
