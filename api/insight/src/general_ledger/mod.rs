//! The general ledger: what stood on each account, what was posted, and what stands on it (ACC-01, ACC-10).
//!
//! What it is: the accounts in one sum over the ledger's lines, and their postings page by page along one index, each with the running balance. Invariants:
//! opening and closing balances are those of the trial balance of the day before the first and of the last day; the last posting's balance is the closing one.
//! What it is not: no document is read; what the ledger does not hold is not here.

mod postings;
pub mod routes;
mod service;
