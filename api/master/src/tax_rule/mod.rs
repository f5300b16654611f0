//! Tax rules: which customers of a company pay which taxes instead of those of the products (QTE-10, BIL-05, BIL-14, BIL-16).
//!
//! What it is: the rules, the choice of the one that applies to a customer, and the taxes of a line that follow from product, rule and what is given with the
//! line. Invariants: no two rules of a company have one sequence, so that one rule applies or none; a price with taxes in it is the same without tax after
//! they are replaced; documents keep the taxes that they were made with. What it is not: no computation of taxes (that is `tax`), no accounts.

pub mod determine;
pub mod routes;
pub mod rules;
pub mod service;
