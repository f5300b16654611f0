//! Credit: what a customer owes a company, and whether it may owe more (rules.md, "Holds, credit, clock"; PAY-09, PAY-11, PAY-22).
//!
//! What it is: one row of sums per company, party and currency that follows obligations, billables, sale invoices and payments in the transaction that
//! writes them (`shares`); policies; and the check that confirming an order asks. Invariants: the sums are what the rows add up to, in the currency of
//! their documents; who checks in order to confirm locks the row first, so two cannot both pass. Taxes count from the order on, so that billing does not
//! raise what is owed.
//! What it is not: no hold and no order; the floors above decide what a finding does.

pub mod policy;
pub mod routes;
pub mod rules;
pub mod service;
pub mod shares;

pub use service::{Checked, check, foresee, recheck, recheck_owed};
pub use shares::WATCH;
