//! Quotes: offers in revisions (QTE-01 to QTE-22).
//!
//! States: draft → in approval → approved → sent → accepted, declined or expired; a revision replaces the one before, which becomes superseded. What
//! breaks no rule of its company is approved when it is submitted; the rest waits for a second person. Invariants: all revisions have one number, and at most one of them is not superseded; lines
//! and prices change in a draft only, but for the options that are taken when it is accepted; what is not taken counts nowhere, and taking it then grants
//! nothing that nobody approved; the trace of every price is kept with its revision; an accepted quote has exactly one order, of what was taken.
//! Not here: the arithmetic of lines (`line`), what becomes of the order (`order`).

pub mod back;
pub mod changes;
pub mod expiry;
pub mod limits;
mod link;
pub mod print;
pub mod routes;
pub mod rules;
pub mod service;
pub(crate) mod store;
mod template;
pub mod view;

use causeway_govern::clock::Due;

/// Quotes expire by themselves.
pub const DUE: Due = Due { name: "quote.expired", next: expiry::next, run: expiry::run, set_aside: None };
