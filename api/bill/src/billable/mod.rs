//! Billables: what makes money due and waits for an invoice.
//!
//! What it is: one row per source (an order line, a shipped line, later a milestone, a visit, a period). States: pending → ready → invoiced; held keeps a
//! ready one off invoices; written off ends it. Invariants: a source has at most one billable, so nothing is billed twice, and the rest of one that a draft
//! bills a part of is a billable whose source is that one; what somebody makes billable by hand (a milestone that was reached) has itself as its source; what
//! a line makes billable never exceeds what was ordered, and its last part takes the residue (rules, "Price of a line" 6). The drafts of invoices reserve
//! their billables. What it is not: no tax and no document; invoices compute the one and are the other.

mod manual;
pub mod routes;
pub mod rules;
pub mod service;
pub(crate) mod split;
pub mod view;
