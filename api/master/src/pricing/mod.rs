//! Prices: which price a line gets, what a line comes to, what it leaves.
//!
//! What it is: price lists, the choice between them with its trace, the amount of a line, of a part of a line, and the margin. Invariants: every candidate
//! stands in the trace with the reason why it lost; two equally good rules are an error, never a silent choice; an amount is rounded once. What it is
//! not: no taxes, no approval (it only says by how much a price was overridden).

pub mod amounts;
pub mod balance;
pub mod bundle;
mod chain;
mod columns;
mod hidden;
pub mod import;
pub mod list;
pub mod preview;
pub mod routes;
pub mod rules;
pub mod service;
pub mod store;
mod trace;
pub mod view;

pub use trace::{Trace, TraceCandidate, TraceStep};
