//! The ledger: whatever moves money or value becomes one balanced entry, immutable and chained by hash per company.
//!
//! What it is: the posting table as builders of lines, the test that an entry balances, and the digest of the chain. Invariants: debits equal credits in
//! company currency; one side of a line is zero and neither is negative; corrections are new entries. What it is not: no decision that something happened
//! (documents decide and hand over their amounts).

pub mod chain;
pub mod manual;
pub mod routes;
pub mod rules;
pub mod service;
mod view;
