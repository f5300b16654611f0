//! Dimensions: what documents and postings are looked at by, besides accounts and parties (ACC-03).
//!
//! What it is: the dimensions of a tenant or a company with the values that they may have, what a line may say of them, and the sets that postings name.
//! Invariant: a set is named by the digest of its values, so that the same values are the same set. What it is not: what must be said (a company's
//! `document_rules`), no sums.

pub mod routes;
pub mod rules;
pub mod service;
