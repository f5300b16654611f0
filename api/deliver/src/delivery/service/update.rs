//! Changing a delivery, and cancelling one that is planned (STK-04, STK-07).

use super::{changed, conflict, destination};
use crate::delivery::{rules, store, view};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::deliver::deliveries;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{CancelDelivery, Delivery, UpdateDelivery};
use causeway_value::{DeliveryId, DeliveryStatus, Json};

/// Changes a delivery: until it ships its planned day, where it goes, and carrier and tracking; afterwards carrier, tracking and a receipt that is confirmed.
/// The lines of a planned one are not changed: it is cancelled and planned anew.
///
/// # Errors
/// `not_found`; `state_conflict` when it is cancelled; every wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &UpdateDelivery) -> Result<Delivery, Problem> {
    let old = tx.lock::<deliveries::Entity>(id).await?;
    if old.status == DeliveryStatus::Cancelled {
        return Err(conflict(&old, "Nothing of it is changed any more. Plan another one: POST /v1/deliveries."));
    }
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let mut errors = Vec::new();
    let mut new = changed(ctx, &old);
    new.carrier = body.carrier.clone().over(new.carrier);
    new.tracking = body.tracking.clone().over(new.tracking);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    if let Patch::Value(id) = body.ship_to_id {
        destination(tx, Some(id), old.party_id, &mut errors).await?;
    }
    planned(&mut new, body, today, &mut errors);
    received(&mut new, body, today, &mut errors);
    check::finish(errors)?;
    tx.update(&old, &new);
    let lines = store::lines(tx, &[id]).await?;
    let kept = refs::patched(tx, "delivery", id.uuid(), &body.external_refs).await?;
    let delivery = view::view(&new, &lines, refs::shown(kept));
    view::record(ctx, tx, "delivery.updated", &delivery)?;
    Ok(delivery)
}

fn planned(new: &mut deliveries::Model, body: &UpdateDelivery, today: causeway_value::Day, errors: &mut Vec<FieldError>) {
    if new.status == DeliveryStatus::Done && !body.ship_to_id.is_absent() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_to_id", "is where it went; it is changed until it ships"));
    }
    new.ship_to_id = body.ship_to_id.clone().over(new.ship_to_id);
    if body.ship_date.is_absent() {
        return;
    }
    if new.status == DeliveryStatus::Done {
        let detail = "is the day on which it shipped, and what it made billable has that day. Reverse the shipment and ship it again to correct it";
        errors.push(FieldError::pointer(Code::InvalidValue, "/ship_date", detail));
        return;
    }
    new.ship_date = body.ship_date.clone().over(new.ship_date);
    if let Patch::Value(day) = body.ship_date {
        rules::check_ship_date(day, today, rules::PLAN_AHEAD, errors);
    }
}

/// A receipt is corrected or taken back; that there is one is said by a verb of its own.
fn received(new: &mut deliveries::Model, body: &UpdateDelivery, today: causeway_value::Day, errors: &mut Vec<FieldError>) {
    if body.received_date.is_absent() && body.received_by.is_absent() {
        return;
    }
    if new.received_date.is_none() {
        let field = if body.received_date.is_absent() { "/received_by" } else { "/received_date" };
        let detail = "is not confirmed yet: POST /v1/deliveries/{id}/confirm-receipt once it is shipped";
        errors.push(FieldError::pointer(Code::InvalidValue, field, detail));
        return;
    }
    new.received_date = body.received_date.clone().over(new.received_date);
    new.received_by = body.received_by.clone().over(new.received_by.take()).filter(|_| new.received_date.is_some() || !body.received_by.is_absent());
    rules::check_receipt(new, today, errors);
}

/// Cancels a delivery that is planned. What it was to ship is open, and can be planned anew.
///
/// # Errors
/// `not_found`; `state_conflict` when it is not planned; `invalid_value` without a reason.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &CancelDelivery) -> Result<Delivery, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    check::finish(errors)?;
    let old = tx.lock::<deliveries::Entity>(id).await?;
    match old.status {
        DeliveryStatus::Draft | DeliveryStatus::Ready => {}
        DeliveryStatus::Done => return Err(conflict(&old, "Take a shipment back that was a mistake: POST /v1/deliveries/{id}/reverse.")),
        DeliveryStatus::Cancelled => return Err(conflict(&old, "There is nothing left to cancel.")),
    }
    let mut new = changed(ctx, &old);
    new.status = DeliveryStatus::Cancelled;
    new.reversal_reason = Some(body.reason.clone());
    tx.update(&old, &new);
    let lines = store::lines(tx, &[id]).await?;
    let delivery = view::view(&new, &lines, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.cancelled", &delivery)?;
    Ok(delivery)
}
