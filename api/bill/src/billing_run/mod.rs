//! Billing runs: invoices made together of what waits to be billed (requirements BIL-01 to BIL-06, BIL-10).
//!
//! States: planned → running → done. What it is: a plan that says which invoices would be made of which billables, what they come to and what is held, with a
//! hash of all of it, amounts included; and the work that makes them, many in each transaction. Invariants: a plan that changed is not committed; each of its invoices is made
//! once, also when a worker dies, because what was made is noted in the transaction that makes it. What it is not: no rule of what an invoice is.

pub mod routes;
pub mod rules;
pub mod service;
mod view;
pub mod work;
