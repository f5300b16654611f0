//! The steps of a deal that are open: what stands there and waits for somebody to go on, though nothing blocks it (RPT-14).

use super::rules::{Moment, blocker, moved};
use super::store::Documents;
use causeway_entity::bill::billables;
use causeway_entity::deliver::deliveries;
use causeway_entity::sell::orders;
use causeway_openapi::report::Blocker;
use causeway_value::{DeliveryStatus, Direction, InvoiceKind, InvoiceStatus, LeadStatus, OpportunityStatus, OrderId, OrderStatus, QuoteStatus, TaxStatus};
use std::collections::BTreeSet;

/// What of a deal is not in its documents.
pub(super) struct Rest<'a> {
    /// Orders of which something must be delivered yet.
    pub owed: &'a BTreeSet<OrderId>,
    /// The oldest of what may be billed and is not.
    pub billable: Option<&'a billables::Model>,
}

/// The open steps. A document that became another waits no more: a qualified lead is an opportunity, and an accepted quote an order.
pub(super) fn steps(found: &Documents, moments: &[Moment], rest: &Rest<'_>) -> Vec<Blocker> {
    let mut open = before_the_order(found, moments);
    for order in &found.orders {
        open.extend(of_order(order, &found.deliveries, moments, rest.owed));
    }
    if let Some(billable) = rest.billable {
        open.push(blocker("billable", &billable.id, "What was delivered or is due waits to be invoiced.", None, billable.created_at));
    }
    for invoice in found.invoices.iter().filter(|row| row.direction == Direction::Sale) {
        let id = invoice.id.uuid();
        match invoice.status {
            InvoiceStatus::Draft => {
                let reason = match (invoice.tax_status, invoice.kind) {
                    (Some(TaxStatus::Pending), _) => "The document waits for its taxes, which an external engine computes.",
                    (_, InvoiceKind::Invoice) => "The invoice waits to be posted.",
                    (_, InvoiceKind::CreditNote) => "The credit note waits to be posted.",
                };
                open.push(blocker("invoice", &invoice.id, reason, None, moved(moments, id, invoice.created_at)));
            }
            InvoiceStatus::Posted if invoice.kind == InvoiceKind::Invoice && !invoice.open_amount.is_zero() => {
                open.push(blocker(
                    "invoice",
                    &invoice.id,
                    "The invoice waits for the customer's payment.",
                    None,
                    invoice.posted_at.unwrap_or(invoice.updated_at),
                ));
            }
            _ => {}
        }
    }
    open
}

fn before_the_order(found: &Documents, moments: &[Moment]) -> Vec<Blocker> {
    if !found.orders.is_empty() {
        return Vec::new();
    }
    let mut open = Vec::new();
    for quote in &found.quotes {
        let reason = match quote.status {
            QuoteStatus::Draft => "The quote waits to be submitted.",
            QuoteStatus::Approved => "The quote waits to be sent.",
            _ => continue,
        };
        open.push(blocker("quote", &quote.id, reason, quote.owner_id, moved(moments, quote.id.uuid(), quote.created_at)));
    }
    let offered =
        found.quotes.iter().any(|quote| matches!(quote.status, QuoteStatus::Draft | QuoteStatus::InApproval | QuoteStatus::Approved | QuoteStatus::Sent));
    for deal in found.opportunities.iter().filter(|deal| deal.status == OpportunityStatus::Open && !offered) {
        open.push(blocker("opportunity", &deal.id, "The opportunity waits for a quote.", deal.owner_id, moved(moments, deal.id.uuid(), deal.created_at)));
    }
    for lead in found.leads.iter().filter(|lead| matches!(lead.status, LeadStatus::New | LeadStatus::Working)) {
        open.push(blocker("lead", &lead.id, "The lead waits to be qualified.", lead.owner_id, moved(moments, lead.id.uuid(), lead.created_at)));
    }
    open
}

/// What an order waits for: its confirmation, the shipping of a delivery that is there, or else one.
fn of_order(order: &orders::Model, deliveries: &[deliveries::Model], moments: &[Moment], owed: &BTreeSet<OrderId>) -> Vec<Blocker> {
    let since = moved(moments, order.id.uuid(), order.created_at);
    if order.status == OrderStatus::Draft {
        return vec![blocker("order", &order.id, "The order waits to be confirmed.", order.owner_id, since)];
    }
    if order.status != OrderStatus::Confirmed || !owed.contains(&order.id) {
        return Vec::new();
    }
    let of_order = || deliveries.iter().filter(|row| row.order_id == order.id);
    let waiting = of_order().filter(|row| matches!(row.status, DeliveryStatus::Draft | DeliveryStatus::Ready));
    let waiting: Vec<Blocker> = waiting
        .map(|row| blocker("delivery", &row.id, "The delivery waits to be shipped.", order.owner_id, moved(moments, row.id.uuid(), row.created_at)))
        .collect();
    if !waiting.is_empty() {
        return waiting;
    }
    let since = of_order().filter_map(|row| row.shipped_at).fold(since, Ord::max);
    vec![blocker("order", &order.id, "The order waits for its delivery.", order.owner_id, since)]
}
