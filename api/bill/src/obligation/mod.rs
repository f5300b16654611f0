//! Obligations: what we owe the customer for a confirmed order line and may bill.
//!
//! What it is: one row per order line, with the line's UUID, price, taxes and billing policy as they were approved, and the quantities that move later.
//! It is what fulfilment and billing know of an order: they never read one (domain.md, "Obligation"). Invariants: delivered and cancelled together never
//! exceed ordered; what became billable never exceeds ordered; the amounts that became billable add up to the line's when all of it has.
//! What it is not: no order line (that one keeps the price's trace and the cost), no billable, no revenue schedule.

mod billed;
pub mod change;
pub mod hold;
mod invoiced;
pub mod rules;
pub mod service;

pub(crate) use billed::{of_billables, shared_reference};
pub use change::{Changes, Restated, Written};
pub use invoiced::{Invoiced, invoiced};
pub use rules::{Progress, complete, counted, done, progress, to_bill};
pub use service::{NewObligation, confirm, of_orders};
