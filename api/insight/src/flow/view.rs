//! Documents as a flow shows them.

use super::store::Documents;
use causeway_openapi::report::FlowDocument;
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
