//! Goods that come back: those that stay sold, and those whose money goes back (vector DLV-017, CRN-05).

use super::{changed, conflict};
use crate::delivery::{store, view};
use causeway_bill::billable::service::{lock_of_lines, lock_of_sources, take_back};
use causeway_bill::obligation::{self, rules::awaited};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::bill::{billables, obligations};
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_entity::govern::companies;
use causeway_kernel::{Ctx, Find, News, Tx};
use causeway_master::{check, refs};
use causeway_openapi::delivery::{Delivery, ReturnDelivery};
use causeway_value::{BillableStatus, BillingPolicy, DeliveryId, DeliveryStatus, InvoiceId, Json, OrderLineId, Overflow, Quantity, SourceType};
use std::collections::{BTreeMap, BTreeSet};

/// Notes that goods of a shipment came back. Without a refund, as an exchange or a repair, they count as returned; what was delivered and what is billed stays.
/// With one they were not delivered any more: what waits to be billed of them waits no longer, and of what was invoiced credit notes are drafted that somebody
/// posts.
///
/// # Errors
/// `permission_denied` for a refund by who may not reverse; `not_found`; `state_conflict` when it was not shipped, or when what comes back for money stands on a draft invoice; every wrong field; `amount_exceeds_open`
/// for more than what was shipped and is not back yet.
pub async fn give_back(ctx: &Ctx, tx: &mut Tx<'_>, id: DeliveryId, body: &ReturnDelivery) -> Result<Delivery, Problem> {
    // It takes back what a shipment did, as reversing it does.
    if body.refund {
        ctx.require("deliveries:reverse")?;
    }
    let seen = tx.must::<deliveries::Entity>(id).await?;
    let owed = obligation::service::lock_of_order(tx, seen.order_id).await?;
    let old = tx.lock::<deliveries::Entity>(id).await?;
    if old.status != DeliveryStatus::Done {
        return Err(conflict(&old, "Only what was shipped comes back."));
    }
    let before = store::lines(tx, &[id]).await?;
    let mut after = before.clone();
    check::finish(take(&mut after, body)?)?;
    let mut came: BTreeMap<OrderLineId, Quantity> = BTreeMap::new();
    for (old, new) in before.iter().zip(&after) {
        let by = back(new)?.minus(back(old)?)?;
        if by != Quantity::ZERO {
            tx.update(old, new);
            came.insert(new.order_line_id, by);
        }
    }
    let mut new = changed(ctx, &old);
    if body.refund {
        let notes = refund(ctx, tx, &old, &owed, (&after, &came), &body.reason).await?;
        if !notes.is_empty() {
            let known = new.credit_note_ids.take().map(|known| known.0).unwrap_or_default();
            new.credit_note_ids = Some(Json(known.into_iter().chain(notes).collect()));
        }
    } else {
        for row in &owed {
            let Some(by) = came.get(&row.id.cast()) else { continue };
            let returned_quantity = row.returned_quantity.plus(*by)?;
            tx.update(row, &obligations::Model { returned_quantity, version: row.version + 1, updated_at: ctx.now(), ..row.clone() });
        }
    }
    tx.update(&old, &new);
    let delivery = view::view(&new, &after, refs::of(tx, id.uuid()).await?);
    view::record(ctx, tx, "delivery.returned", &delivery)?;
    if body.refund {
        tx.announce(ctx, News { event: "delivery.returned", subject: id.uuid(), about: old.order_id.uuid(), complete: false }).await?;
    }
    Ok(delivery)
}

/// Takes back what was delivered and billed of what came back for money. Answers the credit notes that are drafted.
async fn refund(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    delivery: &deliveries::Model,
    before: &[obligations::Model],
    (lines, came): (&[delivery_lines::Model], &BTreeMap<OrderLineId, Quantity>),
    reason: &str,
) -> Result<Vec<InvoiceId>, Problem> {
    // What is billed on delivery is billed by the lines of the delivery, anything else by the order.
    let by_delivery = |line: OrderLineId| before.iter().any(|row| row.id.uuid() == line.uuid() && row.billing_policy == BillingPolicy::OnDelivery);
    let sources: Vec<_> =
        lines.iter().filter(|line| came.contains_key(&line.order_line_id) && by_delivery(line.order_line_id)).map(|line| line.id.uuid()).collect();
    let others: Vec<OrderLineId> = came.keys().copied().filter(|line| !by_delivery(*line)).collect();
    let mut rows = lock_of_sources(tx, SourceType::DeliveryLine, &sources).await?;
    rows.extend(lock_of_lines(tx, delivery.order_id, &others).await?);
    let back = with_billed_before(tx, delivery, before, (&mut rows, came), true).await?;
    undeliver(ctx, tx, delivery, (before, &rows), (came, &back), reason).await
}

/// Adds to the billables of a shipment what bills its goods since before: a mistaken shipment whose credit note was dropped, or somebody by hand, which counts
/// when the goods are given `back`. Answers how much of each line is billed no longer.
pub(super) async fn with_billed_before(
    tx: &mut Tx<'_>,
    delivery: &deliveries::Model,
    owed: &[obligations::Model],
    (rows, came): (&mut Vec<billables::Model>, &BTreeMap<OrderLineId, Quantity>),
    back: bool,
) -> Result<BTreeMap<OrderLineId, Quantity>, Problem> {
    let mut taken = came.clone();
    let mut short = Vec::new();
    for obligation in owed.iter().filter(|row| row.billing_policy == BillingPolicy::OnDelivery) {
        let line: OrderLineId = obligation.id.cast();
        let Some(by) = came.get(&line).copied() else { continue };
        let own = rows.iter().filter(|row| row.order_line_id == Some(line)).try_fold(Quantity::ZERO, |sum, row| sum.plus(row.quantity))?;
        if own >= by {
            continue;
        }
        // What is billed beyond what is delivered then.
        let beyond = obligation.billable_quantity.minus(obligation.delivered_quantity.minus(by)?)?;
        if by.min(beyond) > own {
            short.push(line);
        }
        taken.insert(line, by.min(beyond).max(own));
    }
    if short.is_empty() {
        return Ok(taken);
    }
    let mistaken: BTreeSet<_> = store::lines_of_cancelled(tx, delivery.order_id, &short).await?.into_iter().map(|line| line.id.uuid()).collect();
    let known: BTreeSet<_> = rows.iter().map(|row| row.id).collect();
    let counts = |row: &billables::Model| match row.source_type {
        SourceType::DeliveryLine => mistaken.contains(&row.source_id),
        SourceType::Manual => back,
        _ => false,
    };
    let all = lock_of_lines(tx, delivery.order_id, &short).await?;
    // What was billed again is of the family of what was billed first, which may be written off.
    let first = Find::<billables::Entity>::new().among(billables::Column::Id, all.iter().filter_map(|row| row.split_of)).all(tx).await?;
    let roots: BTreeSet<_> = all.iter().chain(&first).filter(|row| counts(row)).map(|row| row.split_of.unwrap_or(row.id)).collect();
    let billed = |row: &billables::Model| row.status == BillableStatus::Invoiced && roots.contains(&row.split_of.unwrap_or(row.id));
    rows.extend(all.iter().filter(|row| billed(row) && !known.contains(&row.id)).cloned());
    rows.sort_by_key(|row| row.id);
    Ok(taken)
}

/// Takes quantities of order lines back that came, with what of them was billable and is not any more: `rows` are those billables, locked. Answers the credit notes that are
/// drafted.
pub(super) async fn undeliver(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    delivery: &deliveries::Model,
    (before, rows): (&[obligations::Model], &[billables::Model]),
    (came, back): (&BTreeMap<OrderLineId, Quantity>, &BTreeMap<OrderLineId, Quantity>),
    reason: &str,
) -> Result<Vec<InvoiceId>, Problem> {
    let day = ctx.today(tx.must::<companies::Entity>(delivery.company_id).await?.time_zone);
    let mut after = before.to_vec();
    let notes = take_back(ctx, tx, &mut after, rows, back, (day, reason)).await?;
    for (old, new) in before.iter().zip(&mut after) {
        let Some(by) = came.get(&new.id.cast()) else { continue };
        new.delivered_quantity = new.delivered_quantity.minus(*by)?;
        new.awaited_date = awaited(new)?;
        new.version += 1;
        new.updated_at = ctx.now();
        tx.update(old, new);
    }
    Ok(notes)
}

/// What of a line is back, for money or not.
pub(super) fn back(line: &delivery_lines::Model) -> Result<Quantity, Overflow> {
    line.returned_quantity.unwrap_or_default().plus(line.refunded_quantity.unwrap_or_default())
}

/// Counts what comes back on the lines. Answers what is wrong.
fn take(lines: &mut [delivery_lines::Model], body: &ReturnDelivery) -> Result<Vec<FieldError>, Overflow> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    if body.lines.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/lines", "must say what came back"));
    }
    for (index, input) in body.lines.iter().enumerate() {
        let mut wrong = |field: &str, code, detail: &str| errors.push(FieldError::pointer(code, format!("/lines/{index}/{field}"), detail));
        let Some(line) = lines.iter_mut().find(|line| line.order_line_id == input.order_line_id) else {
            wrong("order_line_id", Code::NotFound, "names no line of this delivery");
            continue;
        };
        let left = line.quantity.minus(back(line)?)?;
        if input.quantity <= Quantity::ZERO {
            wrong("quantity", Code::InvalidValue, "must be more than zero");
        } else if input.quantity > left {
            wrong("quantity", Code::AmountExceedsOpen, &format!("is more than what was shipped and is not back yet: {left}"));
        } else {
            let counted = if body.refund { &mut line.refunded_quantity } else { &mut line.returned_quantity };
            *counted = Some(counted.unwrap_or_default().plus(input.quantity)?);
        }
    }
    Ok(errors)
}
