//! Payment terms: which part of an invoice is due when, and what paying early saves.
//!
//! What it is: installments, their validation, the early payment discount. Invariant: installments add up to the invoice. What it is not: no reminders, no
//! aging; a term is copied into the invoice when it is posted, so that changing it later changes nothing that was agreed.

pub mod routes;
pub mod rules;
pub mod service;
