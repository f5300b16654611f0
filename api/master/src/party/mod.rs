//! Parties: whom we sell to and buy from (MDM-01, MDM-06, MDM-10).
//!
//! A party stands with its addresses, its contacts and its ids in other systems: they are read, changed and shown with it, and a change of any of them is
//! a new version of the party. Its payment term, price list and currency are what documents take when they name none. A party that is not active keeps
//! its documents; new ones may not name it. Its credit limit is in its own currency, or else in the one that all companies have.
//! Not here: what it owes (that is `bill`), merging and erasing.

pub mod routes;
pub mod service;
pub mod store;
mod view;

pub use view::view;
