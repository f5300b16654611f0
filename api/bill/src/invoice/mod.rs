//! Invoices and credit notes: claims on customers, and what takes them back.
//!
//! States: draft → posted, or draft → cancelled; the payment state of a posted one is derived: open → part paid → paid, or reversed when credit notes settled all of it.
//! Invariants: a draft reserves its billables, so nothing is billed twice; numbers are given at posting, without a gap and in date order; a posted document
//! never changes but for what is settled and credited of it; credit notes never exceed what remains of a line, and the last one of an invoice exhausts it
//! to the cent. The billables of a credited line stay invoiced: what was taken back is billed anew by what is delivered anew.
//! Where an external engine computes the taxes, a draft waits for them and is not posted before (`engine`).
//! What it is not: no payment, no journal (posting calls `books`).

mod agreed;
mod engine;
mod overdue;
mod print;
pub mod routes;
pub mod rules;
pub mod service;
mod store;
mod view;

pub use agreed::Agreed;
pub use overdue::DUE;
pub(crate) use store::{installments_of, lines_of};
pub(crate) use view::{record, view};
