//! Write-offs: what is given up of an invoice without money.
//!
//! States: posted → reversed. What it is: bad debts that somebody gives up, and what a payment leaves that is not worth keeping open: discounts for paying
//! early, bank fees and small differences. Invariants: a write-off settles its invoice like a payment does, never more than is open; a discount corrects the
//! tax as its term says; a credit note takes back what was given up of what it credits. What it is not: no credit note (nothing is taken back of what was
//! sold).

pub(crate) mod credited;
pub mod routes;
pub mod rules;
pub mod service;
mod view;
