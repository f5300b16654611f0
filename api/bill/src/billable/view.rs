//! Billables as the API shows them.

use causeway_entity::bill::billables;
use causeway_openapi::billable::Billable;
use causeway_openapi::order::Hold;
use causeway_value::{BillableId, DeliveryLineId, HoldKind, HoldStep, OrderLineId, SourceType};

/// A billable on the wire.
#[must_use]
pub fn view(row: &billables::Model) -> Billable {
    let hold = row.held_since.map(|since| Hold {
        id: row.hold_id,
        kind: HoldKind::Billing,
        blocks: vec![HoldStep::Invoice],
        reason: row.reason.clone().unwrap_or_default(),
        since,
        owner_id: row.held_by,
    });
    Billable {
        id: row.id,
        object: "billable".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        order_id: row.order_id,
        order_line_id: row.order_line_id,
        product_id: row.product_id,
        description: row.description.clone(),
        source_type: row.source_type,
        source_id: source_id(row),
        quantity: row.quantity,
        unit: row.unit.clone(),
        unit_price: row.unit_price,
        price_base_quantity: row.price_base_quantity,
        discount_percent: row.discount_percent,
        total_discount_percent: row.total_discount_percent.unwrap_or_default(),
        amount: row.amount.text(row.currency),
        currency: row.currency,
        tax_ids: row.tax_ids.0.clone(),
        status: row.status,
        billable_date: row.billable_date,
        hold,
        invoice_id: row.invoice_id,
        split_of: row.split_of,
        dimensions: row.dimensions.clone().unwrap_or_default().0,
    }
}

fn source_id(row: &billables::Model) -> String {
    match row.source_type {
        SourceType::OrderLine => OrderLineId::from_uuid(row.source_id).to_string(),
        SourceType::DeliveryLine => DeliveryLineId::from_uuid(row.source_id).to_string(),
        SourceType::Billable => BillableId::from_uuid(row.source_id).to_string(),
        // The objects of the other sources have no ids on the wire yet.
        _ => row.source_id.to_string(),
    }
}
