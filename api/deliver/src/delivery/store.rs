//! Reading deliveries.

use super::rules::Planned;
use causeway_contract::Problem;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::{Find, Tx};
use causeway_value::{DeliveryId, DeliveryStatus, OrderId, OrderLineId};

/// The lines of these deliveries, in order.
pub(super) async fn lines(tx: &mut Tx<'_>, ids: &[DeliveryId]) -> Result<Vec<delivery_lines::Model>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Find::<delivery_lines::Entity>::new()
        .among(delivery_lines::Column::DeliveryId, ids.iter().copied())
        .order_by(delivery_lines::Column::DeliveryId)
        .order_by(delivery_lines::Column::Position)
        .all(tx)
        .await
}

/// What ready deliveries of an order are to ship, by its lines. What was left over by a shipment is planned by nobody: a backorder gives way to whatever is
/// planned of it, and is cut when that ships.
pub(super) async fn planned(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Planned, Problem> {
    let sql = "delivery_id IN (SELECT d.id FROM deliveries d WHERE d.tenant_id = $1 AND d.order_id = ? AND d.status = ? \
               AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE e.tenant_id = $1 AND e.order_id = d.order_id AND e.backorder_id = d.id))";
    let mut planned = Planned::new();
    for line in Find::<delivery_lines::Entity>::new().when(sql, vec![order_id.into(), DeliveryStatus::Ready.into()]).all(tx).await? {
        let sum = planned.entry(line.order_line_id).or_default();
        *sum = sum.plus(line.quantity)?;
    }
    Ok(planned)
}

/// What shipments of an order that were taken back, and plans that were dropped, were to ship of these lines.
pub(super) async fn lines_of_cancelled(tx: &mut Tx<'_>, order_id: OrderId, lines: &[OrderLineId]) -> Result<Vec<delivery_lines::Model>, Problem> {
    let sql = "delivery_id IN (SELECT d.id FROM deliveries d WHERE d.tenant_id = $1 AND d.order_id = ? AND d.status = ?)";
    let of_lines = Find::<delivery_lines::Entity>::new().among(delivery_lines::Column::OrderLineId, lines.iter().copied());
    of_lines.when(sql, vec![order_id.into(), DeliveryStatus::Cancelled.into()]).all(tx).await
}

/// The ready deliveries of an order, locked in the order of their ids.
pub(super) async fn lock_ready(tx: &mut Tx<'_>, order_id: OrderId) -> Result<Vec<deliveries::Model>, Problem> {
    Find::<deliveries::Entity>::new()
        .eq(deliveries::Column::OrderId, order_id)
        .eq(deliveries::Column::Status, DeliveryStatus::Ready)
        .order_by(deliveries::Column::Id)
        .lock()
        .all(tx)
        .await
}
