//! Taxes that an external engine computes (BIL-15).
//!
//! Invariants: a draft of a company with an engine has no taxes until all of them are handed over, and none is posted before; what a change of its lines made
//! untrue is dropped and asked for anew; what is posted keeps the engine's amounts to the cent. Asking is an event, handing over a call from outside: no write
//! of ours waits for the engine (INT-36).
//! What it is not: no client of an engine. Whoever connects one reads the draft and hands over what was computed.

mod rules;
pub(super) mod service;

use super::service::named;
use super::view::record;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::invoices;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::invoice::Invoice;
use causeway_value::TaxStatus;

/// Whether a document waits for its taxes.
#[must_use]
pub(super) fn waits(invoice: &invoices::Model) -> bool {
    invoice.tax_status == Some(TaxStatus::Pending)
}

/// Refuses to post what waits for its taxes.
///
/// # Errors
/// `state_conflict`.
pub(super) fn must_be_computed(invoice: &invoices::Model) -> Result<(), Problem> {
    if !waits(invoice) {
        return Ok(());
    }
    let detail = format!(
        "{} waits for the taxes of its company's external engine. Hand them over first: POST /v1/invoices/{{id}}/taxes. Where there is no engine any more, cancel \
         it and make it anew.",
        named(invoice)
    );
    Err(Problem::new(Code::StateConflict, detail).with("tax_status", TaxStatus::Pending.to_string()))
}

/// Refuses to post at once what is only being made and will wait for its taxes: nobody has a draft to look at.
///
/// # Errors
/// `state_conflict`.
pub(super) fn must_not_ask(invoice: &invoices::Model) -> Result<(), Problem> {
    if !waits(invoice) {
        return Ok(());
    }
    let detail = "The taxes of the company come from an external engine, so that its invoices are drafts first. Bill without `post`, hand over the taxes of the \
                  drafts (POST /v1/invoices/{id}/taxes), and post those.";
    Err(Problem::new(Code::StateConflict, detail).with("tax_status", TaxStatus::Pending.to_string()))
}

/// Records a document that was made or changed. One whose taxes are `asked` for has a version more: the event that asks for them.
///
/// # Errors
/// When the object cannot be recorded: a bug.
pub(super) fn record_draft(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, invoice: &Invoice, asked: bool) -> Result<(), Problem> {
    if !asked {
        return record(ctx, tx, event, invoice);
    }
    record(ctx, tx, event, &Invoice { version: invoice.version - 1, ..invoice.clone() })?;
    record(ctx, tx, "invoice.tax_requested", invoice)
}
