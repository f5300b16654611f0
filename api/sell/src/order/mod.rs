//! Orders: what customers ordered and how far it is fulfilled and billed (ORD-01 to ORD-20).
//!
//! States: draft → confirmed → fulfilled; draft or confirmed → cancelled; fulfilled → confirmed when a shipment is taken back. Confirming writes one
//! obligation per line; from then on the obligations count what is delivered and billed, and the order shows their counts. Invariants: lines and prices
//! change in a draft, and those of an accepted quote never; of a confirmed order by amendments only; of a cancelled order nothing was delivered; whatever
//! moves what is counted of its lines or paid in advance gives it a new version and an event (`progress`).
//! Not here: the arithmetic of lines (`line`), deliveries and billables (below).

pub mod amendment;
pub mod incomplete;
mod late;
mod news;
pub mod print;
mod progress;
pub mod routes;
pub mod rules;
pub mod service;
mod stalled;
pub(crate) mod store;
pub mod view;

pub use late::DUE;
pub use news::on_news;
pub use progress::keep_up;
pub use stalled::STALLED;
