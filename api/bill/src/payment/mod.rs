//! Payments: money received or paid, and what it settles.
//!
//! States: draft → posted → reversed, or scheduled → posted for money of a later day; a draft or scheduled one may be cancelled. The allocation state is derived.
//! What it is: payments, refunds and their allocations to installments. Invariants: nothing settles more than the smaller open amount; both sides of a
//! settled item close to zero in the company's currency; what is not allocated stays on the payment as the party's credit. What it is not: no bank
//! statement, no reminder.

pub mod routes;
pub mod rules;
pub mod service;
pub(crate) mod settle;
mod view;

pub use service::schedule::DUE;
