//! Exchange rates: how much of one currency is worth one of another, on a day.
//!
//! What it is: the conversion of prices and amounts by a quoted rate. Invariant: a rate is used in the direction in which it was quoted and never
//! inverted, because the inverse of most rates has no end. What it is not: no difference of exchange (that is `bill` and `books`).

pub mod rules;

pub use rules::Conversion;
