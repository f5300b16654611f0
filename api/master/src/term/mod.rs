//! Payment terms: which part of an invoice is due when, and what paying early saves.
//!
//! What it is: installments, their validation, the early payment discount. Invariants: installments add up to the invoice; what is due when does not change any
//! more once a quote, order or invoice names the term, because every later invoice of the deal is due by it. What it is not: no reminders, no aging.

pub mod routes;
pub mod rules;
pub mod service;
mod used;
