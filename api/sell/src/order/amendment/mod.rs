//! Amendments: what changes of an order after it was confirmed (ORD-08, ORD-18).
//!
//! What it is: what each change does to a line, and the numbered record of it. Invariants: what is delivered or on an invoice keeps its quantity and price;
//! less is taken off what stands, more and another price come on top of it, in the line itself or as a line of their own; an amendment never changes.
//! What it is not: no verb (those are in `service`), no obligation (`bill` changes those).

pub mod routes;
pub mod rules;
mod view;

pub(super) use view::view;
