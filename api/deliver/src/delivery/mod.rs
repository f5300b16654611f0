//! Deliveries: goods that leave for a customer.
//!
//! States: ready → done; ready → cancelled when nothing of it is left to ship, or by hand; done → cancelled when the shipment is taken back. Invariants: what
//! is shipped of an order line never exceeds what was ordered and not cancelled; each shipped line makes at most one billable. Several ready deliveries of an
//! order may plan the same goods: shipping one cuts the others to what is left, and what none of them covers becomes a new one, the backorder. What it is
//! not: no order (obligations say what may ship), no stock, no return.

mod print;
pub mod routes;
pub mod rules;
pub mod service;
mod store;
mod view;

pub use service::cancel::{fit_to, promise};
