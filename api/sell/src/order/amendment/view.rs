//! Amendments as the API shows them.

use causeway_entity::sell::order_amendments::Model;
use causeway_entity::{AmendedField, AmendedLine};
use causeway_openapi::order_amendment as wire;
use causeway_value::Currency;

/// An amendment on the wire.
pub(in crate::order) fn view(row: &Model) -> wire::OrderAmendment {
    wire::OrderAmendment {
        id: row.id,
        object: "order_amendment".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        order_id: row.order_id,
        number: row.number,
        company_id: row.company_id,
        party_id: row.party_id,
        kind: row.kind,
        reason: row.reason.clone(),
        currency: row.currency,
        untaxed_change: row.untaxed_change.text(row.currency),
        tax_change: row.tax_change.text(row.currency),
        total_change: row.total_change.text(row.currency),
        changes: row.changes.0.iter().map(|line| line_view(line, row.currency)).collect(),
        credit_note_ids: row.credit_note_ids.0.clone(),
        payment_term_id: row.payment_term_id,
        fields: row.fields.iter().flat_map(|fields| &fields.0).map(field_view).collect(),
        approval_reasons: row.approval_reasons.0.clone(),
        amended_by: row.amended_by,
    }
}

fn field_view(field: &AmendedField) -> wire::AmendedField {
    wire::AmendedField { field: field.field.clone(), before: field.before.clone(), after: field.after.clone() }
}

fn line_view(line: &AmendedLine, currency: Currency) -> wire::AmendedLine {
    wire::AmendedLine {
        order_line_id: line.order_line_id,
        change: line.change,
        replaces_line_id: line.replaces_line_id,
        quantity_before: line.quantity_before,
        quantity: line.quantity,
        unit_price_before: line.unit_price_before,
        unit_price: line.unit_price,
        discount_percent_before: line.discount_percent_before,
        discount_percent: line.discount_percent,
        net_change: line.net_change.text(currency),
    }
}
