//! Down payments: what a customer pays of an order before it is billed, and how the order's invoices deduct it.
//!
//! A down payment is an invoice of the order with one line for each group of lines that have the same taxes (rules 33 of the vectors; DLV-007 to DLV-014).
//! Its net is no revenue: it stands in customer advances until an invoice of the order deducts it, with a negative line for each of its lines.
//! Invariants: the down payments of an order and what is billed of it never exceed its total, neither when one is made nor when it is posted; a deduction never makes an invoice, or what it bills of the
//! order, negative; a draft deducts as well, so nothing is deducted twice; what a credit note took of a down payment is not deducted any more, and what one
//! took of a deduction is deducted again. What it is not: quantities. Billables, backlog and what was delivered know nothing of it.

mod create;
mod deduct;
mod give_up;
mod refit;
mod room;
pub mod rules;
mod store;

pub use create::{Ordered, create};
pub(crate) use deduct::Advances;
pub use give_up::{propose_beyond, propose_rest};
pub(crate) use refit::refitted;
pub(crate) use room::{must_be_postable, not_deducted, not_held, within_order};
pub use store::{OfOrder, moved, of_orders};
pub(crate) use store::{booked_advances, creditable_left, give_back, of_advance, taken_back};
