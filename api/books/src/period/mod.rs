//! Fiscal years: which days of the books take entries (requirement ACC-10).
//!
//! States: open → locked → open again. What it is: the locks, and the one question that posting asks. Invariants: a locked day takes no entry, whatever the
//! document; locking and posting wait for each other at the head of the journal's chain, so that no entry slips through. What it is not: no closing entry
//! (the balance sheet carries over by itself).

pub mod routes;
pub mod rules;
pub mod service;
