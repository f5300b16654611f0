//! Lines as the API shows them.

use super::Line;
use super::amounts::{Totals, line_margin};
use super::offer::Promise;
use causeway_bill::obligation::{Invoiced, counted};
use causeway_contract::Problem;
use causeway_entity::{TaxAmount, bill::obligations, sell::order_lines};
use causeway_openapi::line as wire;
use causeway_openapi::order::OrderLine;
use causeway_openapi::quote::QuoteLine;
use causeway_value::{AmountText, Currency, Percent, Quantity, QuoteLineId};

/// Taxes as the API shows them.
#[must_use]
pub fn taxes(taxes: &[TaxAmount], currency: Currency) -> Vec<wire::TaxAmount> {
    taxes.iter().map(|part| wire::TaxAmount { tax_id: part.tax_id, base: part.base.text(currency), amount: part.amount.text(currency) }).collect()
}

/// The margin of a document as the API shows it.
#[must_use]
pub fn margin(totals: &Totals, currency: Currency) -> (Option<AmountText>, Option<Percent>) {
    (totals.margin.map(|margin| margin.amount.text(currency)), totals.margin.and_then(|margin| margin.percent))
}

/// A line of a quote.
///
/// # Errors
/// `amount_overflow` when its margin does not fit.
pub fn quote_line(id: QuoteLineId, line: &Line, currency: Currency) -> Result<QuoteLine, Problem> {
    let margin = line_margin(line, currency)?;
    Ok(QuoteLine {
        id,
        product_id: line.product_id,
        description: line.description.clone(),
        quantity: line.quantity,
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        price_base_quantity: line.price_base_quantity,
        price_override_reason: line.price_override_reason.clone(),
        discount_percent: line.discount_percent,
        tax_ids: line.tax_ids.clone(),
        tax_rule_id: line.tax_rule_id,
        determined_tax_ids: line.determined_tax_ids.clone(),
        net_amount: line.net_amount.text(currency),
        tax_amount: line.tax_amount.text(currency),
        taxes: taxes(&line.taxes, currency),
        margin_amount: margin.map(|margin| margin.amount.text(currency)),
        margin_percent: margin.and_then(|margin| margin.percent),
        section: line.section.clone(),
        optional: line.choice.is_some(),
        option: line.choice.map(|choice| choice.option),
        chosen: line.counts(),
        promised_date: line.promise.and_then(Promise::date),
        lead_days: line.promise.and_then(Promise::lead_days),
        dimensions: line.dimensions.clone(),
    })
}

/// A line of an order with the quantities that its obligation counts; before the order is confirmed nothing has moved.
///
/// # Errors
/// `amount_overflow` when its margin does not fit.
pub fn order_line(
    row: &order_lines::Model,
    line: &Line,
    currency: Currency,
    (obligation, invoiced): (Option<&obligations::Model>, Invoiced),
) -> Result<OrderLine, Problem> {
    let margin = line_margin(line, currency)?;
    let count = |quantity: fn(&obligations::Model) -> Quantity| obligation.map_or(Quantity::ZERO, quantity);
    Ok(OrderLine {
        id: row.id,
        product_id: line.product_id,
        description: line.description.clone(),
        unit: line.unit.clone(),
        unit_price: line.unit_price,
        price_base_quantity: line.price_base_quantity,
        price_override_reason: line.price_override_reason.clone(),
        discount_percent: line.discount_percent,
        billing_policy: line.billing_policy,
        tax_ids: line.tax_ids.clone(),
        tax_rule_id: line.tax_rule_id,
        determined_tax_ids: line.determined_tax_ids.clone(),
        net_amount: line.net_amount.text(currency),
        tax_amount: line.tax_amount.text(currency),
        taxes: taxes(&line.taxes, currency),
        margin_amount: margin.map(|margin| margin.amount.text(currency)),
        margin_percent: margin.and_then(|margin| margin.percent),
        ordered_quantity: row.quantity,
        reserved_quantity: count(|row| row.reserved_quantity),
        delivered_quantity: count(|row| row.delivered_quantity),
        invoiced_quantity: obligation.map_or(Ok(Quantity::ZERO), counted)?,
        to_invoice_quantity: invoiced.waiting,
        drafted_quantity: invoiced.drafted,
        invoiced_amount: invoiced.amount.text(currency),
        returned_quantity: count(|row| row.returned_quantity),
        cancelled_quantity: count(|row| row.cancelled_quantity),
        amendment: row.amendment,
        replaces_line_id: row.replaces_line_id,
        promised_date: row.promised_date,
        section: row.section.clone(),
        document_discount_percent: row.document_discount_percent,
        dimensions: line.dimensions.clone(),
    })
}
