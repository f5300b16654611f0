//! Handing an order over: whoever works on it may leave long before it is fulfilled (CRM-06, ORD-12).

use super::changed;
use super::hold::tell_obligations;
use crate::order::{store, view};
use causeway_contract::Problem;
use causeway_entity::sell::{order_holds, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish};
use causeway_openapi::object::HandOver;
use causeway_openapi::order as wire;
use causeway_value::OrderId;

/// Lets somebody else work on an order, whatever its status, and clear the holds that waited for whoever did. Whoever works on it already goes on.
///
/// # Errors
/// `not_found`; `validation_failed` for an owner who is not there, left, or does not see the company.
pub async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &HandOver) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    if old.owner_id == Some(body.owner_id) {
        return view::view(&old, &parts);
    }
    let mut errors = Vec::new();
    check::assignee(tx, Some(body.owner_id), Some(old.company_id), "/owner_id", &mut errors).await?;
    finish(errors)?;
    let new = orders::Model { owner_id: Some(body.owner_id), ..changed(ctx, &old) };
    let waits = |hold: &&mut order_holds::Model| old.owner_id.is_some() && hold.owner_id == old.owner_id;
    let mut passed_on = false;
    for hold in parts.holds.iter_mut().filter(waits) {
        let before = hold.clone();
        hold.owner_id = new.owner_id;
        tx.update(&before, hold);
        passed_on = true;
    }
    if passed_on {
        tell_obligations(ctx, tx, &new, &mut parts).await?;
    }
    tx.update(&old, &new);
    view::record(ctx, tx, "order.assigned", &new, &parts)
}
