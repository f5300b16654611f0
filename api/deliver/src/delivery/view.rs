//! Deliveries as the API shows them, and their record.

use super::store;
use causeway_contract::Problem;
use causeway_entity::deliver::{deliveries, delivery_lines};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::refs;
use causeway_openapi::delivery::{Delivery, DeliveryLine};
use causeway_openapi::object::ExternalRef;

/// A delivery on the wire. `lines` may hold those of others, too.
pub(super) fn view(row: &deliveries::Model, lines: &[delivery_lines::Model], refs: Vec<ExternalRef>) -> Delivery {
    Delivery {
        id: row.id,
        object: "delivery".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        order_id: row.order_id,
        number: row.number.clone(),
        status: row.status,
        ship_date: row.ship_date,
        promised_date: row.promised_date,
        days_late: row.promised_date.zip(row.ship_date).filter(|_| row.shipped_at.is_some()).map(|(promised, shipped)| shipped.days_since(promised)),
        carrier: row.carrier.clone(),
        tracking: row.tracking.clone(),
        lines: lines.iter().filter(|line| line.delivery_id == row.id).map(line_view).collect(),
        backorder_id: row.backorder_id,
        shipped_at: row.shipped_at,
        ship_to_id: row.ship_to_id,
        received_date: row.received_date,
        received_by: row.received_by.clone(),
        reversed_at: row.reversed_at,
        reason: row.reversal_reason.clone(),
        credit_note_ids: row.credit_note_ids.clone().map(|notes| notes.0).unwrap_or_default(),
        metadata: row.metadata.0.clone(),
        external_refs: refs,
    }
}

fn line_view(row: &delivery_lines::Model) -> DeliveryLine {
    DeliveryLine {
        id: row.id,
        order_line_id: row.order_line_id,
        product_id: row.product_id,
        description: row.description.clone(),
        quantity: row.quantity,
        returned_quantity: row.returned_quantity.unwrap_or_default(),
        refunded_quantity: row.refunded_quantity.unwrap_or_default(),
        unit: row.unit.clone(),
    }
}

/// These deliveries with their lines.
pub(super) async fn views(tx: &mut Tx<'_>, rows: &[deliveries::Model]) -> Result<Vec<Delivery>, Problem> {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let lines = store::lines(tx, &ids).await?;
    let mut found = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|row| view(row, &lines, refs::shown(found.remove(&row.id.uuid()).unwrap_or_default()))).collect())
}

/// Records what happened to a delivery.
pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, delivery: &Delivery) -> Result<(), Problem> {
    tx.record(
        ctx,
        &Change {
            event,
            object: "delivery",
            id: delivery.id.uuid(),
            version: delivery.version,
            company_id: Some(delivery.company_id),
            flow_id: Some(delivery.flow_id),
            body: delivery,
        },
    )
}
