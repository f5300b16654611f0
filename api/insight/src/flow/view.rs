//! Documents as a flow shows them.

use super::store::Documents;
use causeway_openapi::report::{Blocker, Flow, FlowDocument};
use causeway_value::{Amount, Currency, Instant};

/// The documents of a deal, oldest first.
pub(super) fn documents(found: &Documents) -> Vec<FlowDocument> {
    let mut documents = Vec::new();
    let mut add = |kind: &str, id: String, number: Option<String>, status: String, amount: Option<(Amount, Currency)>, at: Instant| {
        let (amount, currency) = amount.map_or((None, None), |(amount, currency)| (Some(amount.text(currency)), Some(currency)));
        documents.push(FlowDocument { kind: kind.to_owned(), id, number, status, amount, currency, at });
    };
    for row in &found.leads {
        add("lead", row.id.to_string(), None, row.status.to_string(), None, row.created_at);
    }
    for row in &found.opportunities {
        add("opportunity", row.id.to_string(), None, row.status.to_string(), Some((row.expected_value, row.currency)), row.created_at);
    }
    for row in &found.quotes {
        add("quote", row.id.to_string(), Some(row.number.clone()), row.status.to_string(), Some((row.total_amount, row.currency)), row.created_at);
    }
    for row in &found.orders {
        add("order", row.id.to_string(), Some(row.number.clone()), row.status.to_string(), Some((row.total_amount, row.currency)), row.created_at);
    }
    for row in &found.deliveries {
        add("delivery", row.id.to_string(), Some(row.number.clone()), row.status.to_string(), None, row.created_at);
    }
    for row in &found.invoices {
        add("invoice", row.id.to_string(), row.number.clone(), row.status.to_string(), Some((row.total_amount, row.currency)), row.created_at);
    }
    for row in &found.payments {
        add("payment", row.id.to_string(), row.number.clone(), row.status.to_string(), Some((row.amount, row.currency)), row.created_at);
    }
    // A stable sort keeps what was made in one request in the order of the spine.
    documents.sort_by_key(|document| document.at);
    documents
}

/// The right to read documents of a kind.
fn right(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "lead" => "leads:read",
        "opportunity" => "opportunities:read",
        "quote" => "quotes:read",
        "order" => "orders:read",
        "billable" => "billables:read",
        "delivery" => "deliveries:read",
        "invoice" => "invoices:read",
        "payment" => "payments:read",
        _ => return None,
    })
}

/// Of documents that the caller may not read, only their kind and where they stand is told: the story has no hole, and gives away no number, amount or word.
pub(super) fn hide(flow: &mut Flow, may: impl Fn(&str) -> bool) {
    let hidden = |kind: &str| !right(kind).is_some_and(&may);
    for document in flow.documents.iter_mut().filter(|document| hidden(&document.kind)) {
        (document.number, document.amount, document.currency) = (None, None, None);
    }
    let silence = |blocker: &mut Blocker| blocker.reason = format!("The {} waits.", blocker.kind);
    flow.blocked_by.iter_mut().filter(|blocker| hidden(&blocker.kind)).for_each(silence);
    flow.waits_for.iter_mut().filter(|blocker| hidden(&blocker.kind)).for_each(silence);
}
