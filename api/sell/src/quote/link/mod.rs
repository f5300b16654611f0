//! Links to quotes: whoever has one may read the quote and answer it for the customer (QTE-20).
//!
//! A token holds the tenant, the quote's revision and 32 random bytes; only its hash is stored. Invariants: a revision has one link at most, and making
//! another ends the one before; a link opens its quote as long as that is sent and valid, and shows afterwards what was answered through it; whatever is
//! wrong with a token, the answer is the same.

mod answer;
pub mod routes;
mod service;
mod token;
mod view;
