//! Statements of account: what a customer was billed, paid and owes, day by day (requirements PAY-19, PAY-21).
//!
//! What it is: the documents of a customer that stand on receivables, in their own currencies, with a running balance. What it is not: no aging (open items by
//! due date) and no dunning.

mod crossings;
pub mod routes;
pub mod service;
