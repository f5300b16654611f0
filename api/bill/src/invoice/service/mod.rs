//! The verbs of an invoice.

pub mod cancel;
pub mod create;
pub mod credit;
mod lines;
pub mod post;
mod selection;

use causeway_contract::{Code, Problem};
use causeway_entity::TaxAmount as StoredTax;
use causeway_entity::bill::invoices;
use causeway_master::tax::rules::TaxAmount;
use causeway_value::{InvoiceStatus, Overflow};

/// Taxes as a row keeps them.
fn stored(taxes: &[TaxAmount]) -> Vec<StoredTax> {
    taxes.iter().map(|tax| StoredTax { tax_id: tax.tax_id, base: tax.base, amount: tax.amount }).collect()
}

/// Taxes as the rules know them.
fn taxes_of(taxes: &[StoredTax]) -> Vec<TaxAmount> {
    taxes.iter().map(|tax| TaxAmount { tax_id: tax.tax_id, base: tax.base, amount: tax.amount }).collect()
}

/// Adds taxes to a summary, tax by tax, in the order of first use.
fn add_taxes(summary: &mut Vec<StoredTax>, taxes: &[StoredTax]) -> Result<(), Overflow> {
    for tax in taxes {
        match summary.iter_mut().find(|sum| sum.tax_id == tax.tax_id) {
            Some(sum) => {
                sum.base = sum.base.plus(tax.base)?;
                sum.amount = sum.amount.plus(tax.amount)?;
            }
            None => summary.push(*tax),
        }
    }
    Ok(())
}

/// The name of a document in a sentence.
fn named(invoice: &invoices::Model) -> String {
    invoice.number.clone().unwrap_or_else(|| invoice.id.to_string())
}

/// Refuses what only a draft allows.
fn must_be_draft(invoice: &invoices::Model) -> Result<(), Problem> {
    match invoice.status {
        InvoiceStatus::Draft => Ok(()),
        InvoiceStatus::Posted | InvoiceStatus::Reversed => Err(Problem::new(
            Code::DocumentPosted,
            format!("{} is posted and never changes. To take it back, credit it and post the credit note.", named(invoice)),
        )),
        InvoiceStatus::Cancelled => Err(Problem::new(Code::StateConflict, format!("{} is cancelled. Make a new draft.", named(invoice)))),
    }
}
