//! Taxes: what is added to a price or contained in it.
//!
//! What it is: the definitions and the computation of the taxes of a document, per line or per document, percent, fixed, division and included. Invariants:
//! lines add up to the document; the price with included taxes is kept; nothing but the result is rounded. What it is not: no choice of the tax that
//! applies (the caller knows product, party and company), no posting.

pub mod cash;
mod ratio;
pub mod routes;
pub mod rules;
pub mod service;
pub mod store;
pub mod upfront;
mod used;
