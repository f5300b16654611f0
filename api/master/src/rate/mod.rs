//! Exchange rates: how much of one currency is worth one of another, on a day.
//!
//! What it is: the quotes, the one that holds on a day, and the conversion of prices and amounts by it. Invariants: a quote never changes; a rate is used
//! in the direction in which it was quoted and never inverted, because the inverse of most rates has no end; no rate is made of two others. What it is
//! not: no difference of exchange (that is `bill` and `books`).

pub mod lookup;
pub mod routes;
pub mod rules;
pub mod service;

pub use rules::Conversion;
