//! Exchange rates: how much of one currency is worth one of another, on a day.
//!
//! What it is: the quotes, also those of the European Central Bank's files, the one that holds on a day, and the conversion of prices and amounts by it.
//! Invariants: a pair has one quote of a day, which is corrected with a reason and changes nothing that was made with it; a rate is used in the direction in which it was quoted and never inverted, because the inverse of most rates has no
//! end. Only a pair that nobody quoted gets a rate made of two others, through the euro or the dollar; documents keep it as the rate that they used. What it
//! is not: no difference of exchange (that is `bill` and `books`).

pub mod convert;
pub mod file;
pub mod import;
pub mod lookup;
pub mod routes;
pub mod rules;
pub mod service;

pub use rules::Conversion;
