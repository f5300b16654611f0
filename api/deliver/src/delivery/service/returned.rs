//! Goods that come back and stay sold (vector DLV-017).

use super::{changed, conflict};
use crate::delivery::{store, view};
use causeway_bill::obligation;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::obligations;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::{Ctx, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{Delivery, ReturnDelivery};
use causeway_value::{DeliveryId, DeliveryStatus, Overflow, Quantity};

/// Notes that goods of a shipment came back without a refund: an exchange, or a repair. They count as returned; what was delivered and what is billed stays.
///
/// # Errors
/// `not_found`; `state_conflict` when it was not shipped; every wrong field; `amount_exceeds_open` for more than what was shipped and is not back yet.
pub async fn give_back(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &ReturnDelivery) -> Result<Delivery, Problem> {
    let seen = tx.must::<deliveries::Entity>(id).await?;
    let owed = obligation::service::lock_of_order(tx, seen.order_id).await?;
    let old = tx.lock::<deliveries::Entity>(id).await?;
    if old.status != DeliveryStatus::Done {
        return Err(conflict(&old, "Only what was shipped comes back."));
    }
    let before = store::lines(tx, &[id]).await?;
    let mut after = before.clone();
    check::finish(take(&mut after, body)?)?;
    for (old, new) in before.iter().zip(&after) {
        let by = back(new).minus(back(old))?;
        if by == Quantity::ZERO {
            continue;
        }
        tx.update(old, new);
        if let Some(owed) = owed.iter().find(|owed| owed.id.uuid() == new.order_line_id.uuid()) {
            let returned_quantity = owed.returned_quantity.plus(by)?;
            tx.update(owed, &obligations::Model { returned_quantity, version: owed.version + 1, updated_at: ctx.now(), ..owed.clone() });
        }
    }
    let new = changed(ctx, &old);
    tx.update(&old, &new);
    let delivery = view::view(&new, &after, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.returned", &delivery)?;
    Ok(delivery)
}

fn back(line: &delivery_lines::Model) -> Quantity {
    line.returned_quantity.unwrap_or_default()
}

/// Counts what comes back on the lines. Answers what is wrong.
fn take(lines: &mut [delivery_lines::Model], body: &ReturnDelivery) -> Result<Vec<FieldError>, Overflow> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    if body.refund {
        let detail =
            "must be false: to give the money back, credit the invoice (POST /v1/invoices/{id}/credit), or reverse the shipment, which drafts the credit note";
        errors.push(FieldError::pointer(Code::InvalidValue, "/refund", detail));
    }
    if body.lines.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must say what came back"));
    }
    for (index, input) in body.lines.iter().enumerate() {
        let mut wrong = |field: &str, code, detail: &str| errors.push(FieldError::pointer(code, format!("/lines/{index}/{field}"), detail));
        let Some(line) = lines.iter_mut().find(|line| line.order_line_id == input.order_line_id) else {
            wrong("order_line_id", Code::NotFound, "names no line of this delivery");
            continue;
        };
        let left = line.quantity.minus(back(line))?;
        if input.quantity <= Quantity::ZERO {
            wrong("quantity", Code::InvalidValue, "must be more than zero");
        } else if input.quantity > left {
            wrong("quantity", Code::AmountExceedsOpen, &format!("is more than what was shipped and is not back yet: {left}"));
        } else {
            line.returned_quantity = Some(back(line).plus(input.quantity)?);
        }
    }
    Ok(errors)
}
