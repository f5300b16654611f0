//! Taking a shipment back that was recorded by mistake.

use super::returned::{undeliver, with_billed_before};
use super::{changed, conflict};
use crate::delivery::{store, view};
use causeway_bill::billable::service::lock_of_sources;
use causeway_bill::obligation;
use causeway_contract::Problem;
use causeway_entity::deliver::deliveries;
use causeway_kernel::{Ctx, News, Tx};
use causeway_master::refs;
use causeway_openapi::delivery::Delivery;
use causeway_value::{DeliveryId, DeliveryStatus, Json, Quantity, SourceType};

/// What a billable says that was taken back without a reason given.
const NO_REASON: &str = "The shipment was taken back.";

/// Takes a shipment back: its quantities are open again and its billables are written off. What posted invoices bill of it is proposed to be credited: drafts that
/// somebody posts (STK-05, CRN-05).
///
/// # Errors
/// `not_found`; `state_conflict` when it was not shipped, when goods of it came back, it was received, or when a billable of it stands on a draft invoice.
pub async fn reverse(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, reason: Option<&str>) -> Result<Delivery, Problem> {
    let seen = tx.must::<deliveries::Entity>(id).await?;
    let before = obligation::service::lock_of_order(tx, seen.order_id).await?;
    let old = tx.lock::<deliveries::Entity>(id).await?;
    if old.status != DeliveryStatus::Done {
        return Err(conflict(&old, "Only a shipped delivery can be taken back."));
    }
    if let (Some(day), Some(by)) = (old.received_date, &old.received_by) {
        let detail = format!("{by} received it on {day}, so it was no mistake. If that was one, take the receipt back first: PATCH with `received_date` null.");
        return Err(conflict(&old, &detail));
    }
    let lines = store::lines(tx, &[id]).await?;
    if lines.iter().any(|line| line.returned_quantity > Some(Quantity::ZERO) || line.refunded_quantity > Some(Quantity::ZERO)) {
        let detail = "Goods of it came back, so it was no mistake. What else comes back for money is a return with `refund`: POST /v1/deliveries/{id}/return.";
        return Err(conflict(&old, detail));
    }
    let sources: Vec<_> = lines.iter().map(|line| line.id.uuid()).collect();
    let mut billables = lock_of_sources(tx, SourceType::DeliveryLine, &sources).await?;
    let all = lines.iter().map(|line| (line.order_line_id, line.quantity)).collect();
    let back = with_billed_before(tx, &old, &before, (&mut billables, &all), false).await?;
    let credit_notes = undeliver(ctx, tx, &old, (&before, &billables), (&all, &back), reason.unwrap_or(NO_REASON)).await?;
    let mut new = changed(ctx, &old);
    new.credit_note_ids = (!credit_notes.is_empty()).then_some(Json(credit_notes));
    new.status = DeliveryStatus::Cancelled;
    new.reversed_at = Some(ctx.now());
    new.reversal_reason = reason.map(str::to_owned);
    tx.update(&old, &new);
    let delivery = view::view(&new, &lines, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.reversed", &delivery)?;
    tx.announce(ctx, News { event: "delivery.reversed", subject: id.uuid(), about: old.order_id.uuid(), complete: false }).await?;
    Ok(delivery)
}
