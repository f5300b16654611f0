//! What an order shows of how far it has come, such as what is delivered and invoiced of its lines, stands in rows of the floors below. Whatever verb moves
//! those, the order has a new version and an event then, so that whoever copies orders by events or by `updated_at` has all of it (ORD-13, RPT-15, INT-09).

use super::service::changed;
use super::{store, view};
use causeway_bill::down_payment::moved;
use causeway_contract::Problem;
use causeway_entity::bill::obligations;
use causeway_entity::sell::orders::{Column, Entity};
use causeway_kernel::http::LocalFuture;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_value::OrderId;
use std::collections::BTreeSet;

/// Records every order that shows something else after this transaction and was not recorded by it: one event for each verb and order. A verb that moves nothing
/// of an order asks the database nothing.
pub fn keep_up<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<(), Problem>> {
    Box::pin(async move {
        let behind = behind(tx)?;
        if behind.is_empty() {
            return Ok(());
        }
        let rows = Find::<Entity>::new().among(Column::Id, behind).order_by(Column::Id).lock().all(tx).await?;
        let mut parts = store::parts_now(tx, &rows).await?;
        for old in rows {
            let parts = parts.remove(&old.id).unwrap_or_default();
            let new = changed(ctx, &old);
            tx.update(&old, &new);
            view::record(ctx, tx, "order.updated", &new, &parts)?;
        }
        Ok(())
    })
}

/// The orders of which something moved that they show, and of which nothing was recorded yet.
fn behind(tx: &Tx<'_>) -> Result<BTreeSet<OrderId>, Problem> {
    let counted = tx.rewritten::<obligations::Model>().filter(|(before, after)| before.is_some_and(|before| shown(before) != shown(after)));
    let mut orders: BTreeSet<OrderId> = counted.map(|(_, after)| after.order_id).collect();
    orders.extend(moved(tx)?.into_keys());
    orders.retain(|id| !tx.has_recorded(id.uuid()));
    Ok(orders)
}

/// What a line of an order shows of its obligation.
const fn shown(row: &obligations::Model) -> [causeway_value::Quantity; 6] {
    [row.reserved_quantity, row.delivered_quantity, row.billable_quantity, row.invoiced_quantity, row.returned_quantity, row.cancelled_quantity]
}
