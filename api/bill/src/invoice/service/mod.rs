//! The verbs of an invoice.

pub(crate) mod batch;
pub mod cancel;
pub mod checks;
mod complete;
pub mod create;
pub mod credit;
mod dues;
pub mod free_note;
mod last_part;
pub(crate) mod lines;
pub mod mark;
pub mod note;
mod original;
pub mod post;
pub(crate) mod propose;
pub(crate) mod selection;
mod series;
pub mod update;

use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_value::InvoiceStatus;

/// The name of a document in a sentence.
pub(super) fn named(invoice: &invoices::Model) -> String {
    invoice.number.clone().unwrap_or_else(|| invoice.id.to_string())
}

/// Refuses what only a draft allows.
pub(super) fn must_be_draft(invoice: &invoices::Model) -> Result<(), Problem> {
    match invoice.status {
        InvoiceStatus::Draft => Ok(()),
        InvoiceStatus::Posted | InvoiceStatus::Reversed => Err(Problem::new(
            Code::DocumentPosted,
            format!("{} is posted and never changes. To take it back, credit it and post the credit note.", named(invoice)),
        )),
        InvoiceStatus::Cancelled => Err(Problem::new(Code::StateConflict, format!("{} is cancelled. Make a new draft.", named(invoice)))),
    }
}
