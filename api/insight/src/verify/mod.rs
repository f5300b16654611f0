//! The proof that the stored data agrees with itself (reliability, INV-3, INV-4, INV-6, INV-7; requirement INT-20).
//!
//! What it is: a set of checks, each one statement over the whole tenant that answers only what is wrong, and the recomputation of the ledger's chain.
//! Reading only; a check never repairs. What it is not: the chain of events, which `govern` follows (`service::verify_tenant` does both).

mod billing;
mod came;
mod cash;
mod chain;
mod check;
mod credentials;
mod documents;
mod down_payments;
mod exposure;
mod ledger;
mod numbers;
mod rates;
mod receivables;
mod reductions;
mod repeats;
pub mod routes;
pub mod service;
mod snapshots;
mod taxes;
mod traces;
mod visits;
