//! The customer received a shipment (STK-04).

use super::{changed, conflict};
use crate::delivery::{rules, store, view};
use causeway_contract::Problem;
use causeway_entity::deliver::deliveries;
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{ConfirmReceipt, Delivery};
use causeway_value::{DeliveryId, DeliveryStatus};

/// Confirms when the customer received a shipment, and who took it.
///
/// # Errors
/// `not_found`; `state_conflict` when it was not shipped, or its receipt is confirmed already; every wrong field.
pub async fn confirm(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &ConfirmReceipt) -> Result<Delivery, Problem> {
    let old = tx.lock::<deliveries::Entity>(id).await?;
    if old.status != DeliveryStatus::Done {
        return Err(conflict(&old, "Only what was shipped is received."));
    }
    if let Some(day) = old.received_date {
        return Err(conflict(&old, &format!("It was received on {day} already. Correct that with PATCH /v1/deliveries/{{id}}.")));
    }
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let mut new = changed(ctx, &old);
    new.received_date = Some(body.received_date.unwrap_or(today));
    new.received_by = Some(body.received_by.clone());
    let mut errors = Vec::new();
    rules::check_receipt(&new, today, &mut errors);
    check::finish(errors)?;
    tx.update(&old, &new);
    let lines = store::lines(tx, &[id]).await?;
    let delivery = view::view(&new, &lines, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.received", &delivery)?;
    Ok(delivery)
}
