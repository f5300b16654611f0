//! Reading deliveries.

use causeway_contract::Problem;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::{Find, Tx};
use causeway_value::{DeliveryId, DeliveryStatus, OrderId};

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
