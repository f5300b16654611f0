//! Cancelling an order, or what is left of it (ORD-08).

use super::amend::look_at_rest;
use super::amended::{self, Amended};
use super::hold::with_kind;
use super::{changed, settle_rows, with_totals};
use crate::order::{rules, store, view};
use causeway_bill::obligation::{Changes, rules::kept};
use causeway_contract::Problem;
use causeway_entity::sell::orders;
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{finish, not_blank};
use causeway_openapi::order as wire;
use causeway_value::{AmendmentKind, OrderId, OrderStatus, Quantity};

/// Cancels an order as far as it is not delivered: what waits to be billed and its planned deliveries go with it, and what is invoiced ahead is proposed to be
/// credited, as is what was paid in advance of an order of which nothing stays. What needs no delivery stays as far as it is invoiced. Of an order of which
/// something stays the rest is ended, as an amendment: what stays is held against the limits of the company, and what breaks them waits for a second person.
///
/// # Errors
/// `not_found`, or `state_conflict` when nothing is left to cancel, it is cancelled already, or a draft invoice is in the way.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::CancelOrder) -> Result<wire::Order, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    // The obligations are locked first, as shipping locks them; should the order change meanwhile, its version does not match and all of this runs again.
    let old = tx.must::<orders::Entity>(id).await?;
    let cancelled = |new: orders::Model| orders::Model { cancel_reason: Some(body.reason.clone()), stalled_reason: None, ..new };
    let mut parts = store::parts_of(tx, &old).await?;
    if old.status == OrderStatus::Draft {
        let new = cancelled(orders::Model { status: OrderStatus::Cancelled, ..changed(ctx, &old) });
        tx.update(&old, &new);
        return view::record(ctx, tx, "order.cancelled", &new, &parts);
    }
    let mut changes = Changes::lock(tx, id).await?;
    let untouched = changes.obligations().to_vec();
    changes.end(ctx, tx, "The order was cancelled.")?;
    rules::must_be_cancellable(&old, changes.obligations() != untouched)?;
    let before = parts.lines.clone();
    let mut something_stays = false;
    for line in &mut parts.lines {
        let stays = changes.of(line.id).map_or(Ok(Quantity::ZERO), kept)?;
        something_stays |= stays != Quantity::ZERO;
        if stays != line.kept_quantity.unwrap_or(line.quantity) {
            line.kept_quantity = Some(stays);
        }
    }
    let mut new = cancelled(orders::Model { amendments: Some(old.amendments.unwrap_or_default() + 1), ..changed(ctx, &old) });
    let mut approval_reasons = Vec::new();
    if something_stays {
        let totals = settle_rows(tx, &old, &mut parts.lines).await?;
        new = with_totals(new, &totals);
        approval_reasons = look_at_rest(ctx, tx, (&old, &before), &new, &mut parts).await?;
        if !approval_reasons.is_empty() {
            new = with_kind(new, &parts);
            changes.hold(ctx, tx, &parts.holds.iter().map(rules::held).collect::<Vec<_>>())?;
        }
    } else {
        // It keeps what was ordered: its status says that nothing of it came.
        parts.lines.clone_from(&before);
        new.status = OrderStatus::Cancelled;
    }
    let amended = Amended { kind: AmendmentKind::RestCancelled, reason: &body.reason, before, fields: Vec::new(), approval_reasons };
    amended::write(ctx, tx, amended, (&old, new), parts, changes).await
}
