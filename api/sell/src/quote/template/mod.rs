//! Templates of quotes (QTE-01, QTE-16, QTE-23).
//!
//! A quote takes over what it does not say itself, when it is made: later changes of either leave the other alone. Invariants: the lines of a template name
//! products and taxes that were there when it was written, and are priced when a quote is made; of an archived template none is.

mod fill;
pub mod routes;
mod service;
mod view;

pub(super) use fill::{Filled, fill};
