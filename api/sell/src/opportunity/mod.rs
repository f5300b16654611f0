//! Opportunities: deals that may be won (CRM-06 to CRM-08).
//!
//! States: open (in an open stage) → won or lost (in the stage of that end); a closed one can be reopened. Invariants: the stage is always one of the
//! company's pipeline and of the opportunity's own status; the probability is the stage's until somebody says otherwise, 100 when won and 0 when lost;
//! `closed_at` is set exactly while it is closed;
//! each stay in a stage is one visit, and only the last one is not over. What a stage asks for is there before a deal comes to it by hand; an accepted quote
//! wins its deal whatever the stage asks. While it stands there, no change takes away what the stage asks for. Only history that is told begins with its end.
//! Where a stage of the pipeline checks customers, nobody becomes one unchecked: a lead's new party is none before it passes, or accepts an offer with nothing
//! missing. An opportunity has the flow of its lead, and its quotes and orders have its flow.
//! A won deal without an order is told once (`stalled`).
//! Not here: making one of a lead (`lead`), the reports about the pipeline.

pub mod customer;
pub mod routes;
pub mod rules;
pub mod service;
mod stalled;
pub mod view;

pub use stalled::STALLED;
