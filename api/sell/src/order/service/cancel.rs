//! Cancelling an order (ORD-08).

use super::changed;
use crate::order::{rules, store, view};
use causeway_bill::obligation;
use causeway_contract::Problem;
use causeway_deliver::delivery::cancel_of_order;
use causeway_entity::sell::orders;
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{finish, not_blank};
use causeway_openapi::order as wire;
use causeway_value::{OrderId, OrderStatus};

/// Cancels an order of which nothing is delivered or invoiced: its obligations, what waits to be billed and its planned deliveries go with it.
///
/// # Errors
/// `not_found`, or `state_conflict` when something is delivered or invoiced, or it is cancelled already.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::CancelOrder) -> Result<wire::Order, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    // The obligations are locked first, as shipping locks them; should the order change meanwhile, its version does not match and all of this runs again.
    let old = tx.must::<orders::Entity>(id).await?;
    let cancelled = obligation::cancel_open(ctx, tx, id).await?;
    rules::must_be_cancellable(&old, cancelled.kept)?;
    let mut parts = store::parts_of(tx, &old).await?;
    parts.obligations = cancelled.obligations;
    if old.status == OrderStatus::Confirmed {
        cancel_of_order(ctx, tx, id).await?;
    }
    let new = orders::Model { status: OrderStatus::Cancelled, cancel_reason: Some(body.reason.clone()), ..changed(ctx, &old) };
    tx.update(&old, &new);
    view::record(ctx, tx, "order.cancelled", &new, &parts)
}
