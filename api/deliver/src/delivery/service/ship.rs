//! Shipping a delivery.

use super::{cancel, changed, conflict, create};
use crate::delivery::rules::{self, Open};
use crate::delivery::{store, view};
use causeway_bill::billable::rules::at_most_left;
use causeway_bill::billable::service::{Source, make};
use causeway_bill::obligation::{
    self, hold,
    rules::{awaited, kept, noted, open},
};
use causeway_contract::Problem;
use causeway_entity::bill::obligations;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, News, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{Delivery, ShipDelivery};
use causeway_value::{AddressId, BillingPolicy, Day, DeliveryId, DeliveryStatus, HoldStep, OrderLineId, Quantity, SourceType};

/// Ships a ready delivery: its quantities are delivered, what is billed on delivery becomes billable, other ready deliveries of the order are cut to what
/// is left, and what none of them covers becomes a backorder.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not ready, a hold on its order blocks it, or more would ship than is open.
pub async fn ship(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &ShipDelivery) -> Result<Delivery, Problem> {
    let seen = tx.must::<deliveries::Entity>(id).await?;
    // The obligations first, so that deliveries of one order never wait for each other in a circle.
    let before = obligation::service::lock_of_order(tx, seen.order_id).await?;
    let mut ready = store::lock_ready(tx, seen.order_id).await?;
    let Some(place) = ready.iter().position(|delivery| delivery.id == id) else {
        return Err(conflict(&seen, "Only a ready delivery can be shipped."));
    };
    let old = ready.remove(place);
    let ids: Vec<DeliveryId> = std::iter::once(id).chain(ready.iter().map(|delivery| delivery.id)).collect();
    let lines = store::lines(tx, &ids).await?;
    let (own, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.delivery_id == id);
    must_not_be_held(&old, &own, &before)?;
    let mut after = before.clone();
    deliver(&old, &own, &mut after)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let day = body.ship_date.or(old.ship_date).unwrap_or(today);
    let mut errors = Vec::new();
    rules::check_ship_date(day, today, rules::SHIP_AHEAD, &mut errors);
    rules::check_shipped_after(day, &before, company.time_zone, &mut errors);
    check::finish(errors)?;
    let mut left = rules::open_lines(&after)?;
    let covered_by = cancel::cut(ctx, tx, &ready, &others, &mut left).await?;
    let mut new = changed(ctx, &old);
    new.status = DeliveryStatus::Done;
    new.ship_date = Some(day);
    new.carrier = body.carrier.clone().or(new.carrier);
    new.tracking = body.tracking.clone().or(new.tracking);
    new.shipped_at = Some(ctx.now());
    new.backorder_id = backorder(ctx, tx, (left, new.ship_to_id), &after, &company).await?.or(covered_by);
    tx.update(&old, &new);
    let delivery = view::view(&new, &own, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.shipped", &delivery)?;
    bill(ctx, tx, &own, &before, &mut after, day)?;
    let complete = obligation::complete(&after)?;
    // One news for one shipment: an order that hears twice in one transaction would change twice.
    let event = if !complete && caught_up(&before, &after)? { "delivery.caught_up" } else { "delivery.shipped" };
    tx.announce(ctx, News { event, subject: id.uuid(), about: old.order_id.uuid(), complete }).await?;
    Ok(delivery)
}

/// A hold on the order that blocks shipping is on each of its obligations.
fn must_not_be_held(delivery: &deliveries::Model, lines: &[delivery_lines::Model], obligations: &[obligations::Model]) -> Result<(), Problem> {
    let shipped = obligations.iter().find(|obligation| lines.iter().any(|line| line.order_line_id.uuid() == obligation.id.uuid()));
    let holds = shipped.and_then(|obligation| obligation.holds.as_ref()).map(|holds| holds.0.as_slice()).unwrap_or_default();
    hold::refuse(holds, HoldStep::Ship, &format!("The delivery {}", delivery.number))
}

/// Moves what the lines ship from open to delivered.
fn deliver(delivery: &deliveries::Model, lines: &[delivery_lines::Model], obligations: &mut [obligations::Model]) -> Result<(), Problem> {
    for line in lines {
        let Some(obligation) = obligations.iter_mut().find(|obligation| obligation.id.uuid() == line.order_line_id.uuid()) else { continue };
        let left = open(obligation)?;
        if line.quantity > left {
            return Err(conflict(delivery, &format!("It would ship {} of an order line of which {left} are open.", line.quantity)));
        }
        obligation.delivered_quantity = obligation.delivered_quantity.plus(line.quantity)?;
    }
    Ok(())
}

/// Whether a line that was noted as overdue is all there now.
fn caught_up(before: &[obligations::Model], after: &[obligations::Model]) -> Result<bool, Problem> {
    for (old, new) in before.iter().zip(after) {
        if noted(old)? && !noted(new)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Makes billable what is billed by being delivered, and writes the obligations that moved.
fn bill(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    lines: &[delivery_lines::Model],
    before: &[obligations::Model],
    after: &mut [obligations::Model],
    day: Day,
) -> Result<(), Problem> {
    for (old, new) in before.iter().zip(after) {
        let Some(line) = lines.iter().find(|line| line.order_line_id.uuid() == old.id.uuid()) else { continue };
        // What is billed with its order was billed then; what came back for money since goes out, and is billed, anew. What a mistaken shipment billed, and
        // no credit note took back, is billed already.
        let quantity = match new.billing_policy {
            BillingPolicy::OnDelivery => at_most_left(line.quantity, new.delivered_quantity.minus(new.billable_quantity)?),
            BillingPolicy::OnOrder => at_most_left(line.quantity, kept(new)?.minus(new.billable_quantity)?),
            _ => Quantity::ZERO,
        };
        let source = Source { kind: SourceType::DeliveryLine, id: line.id.uuid() };
        make(ctx, tx, new, quantity, source, day)?;
        if new.awaited_date.is_some() {
            new.awaited_date = awaited(new)?;
        }
        new.version += 1;
        new.updated_at = ctx.now();
        tx.update(old, new);
    }
    Ok(())
}

/// Plans what no ready delivery covers, for where the shipment went.
async fn backorder(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (left, ship_to_id): (Open, Option<AddressId>),
    obligations: &[obligations::Model],
    company: &companies::Model,
) -> Result<Option<DeliveryId>, Problem> {
    let Some(first) = obligations.first().filter(|_| !left.is_empty()) else { return Ok(None) };
    let row = deliveries::Model { ship_to_id, ..create::draft(ctx, tx, first, company).await? };
    let planned: Vec<(OrderLineId, Quantity)> = left.into_iter().collect();
    create::add(ctx, tx, &row, &planned, obligations, Vec::new())?;
    Ok(Some(row.id))
}
