//! A customer at a glance, for whoever looks after it (CRM-14).
//!
//! What it is: sums over the customer's own documents, in their own currencies, by company; five statements however much there is. What it is not: no
//! statement of account (`statement`), no aging by bucket, no credit check.

pub mod routes;
mod rules;
mod service;
