//! How long a tenant keeps what need not be kept for ever (SEC-08): its rules, what waits to go, and the note of what went.
//!
//! `kernel/src/retention.rs` removes rows by their age; `sell/src/lead/erase.rs` makes disqualified leads forget whom they were about.

pub mod routes;
pub mod service;

pub use service::{days_of, note, rules};
