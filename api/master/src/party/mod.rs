//! Parties: whom we sell to and buy from (MDM-01, MDM-06, MDM-10).
//!
//! A party stands with its addresses, its contacts and its ids in other systems: they are read, changed and shown with it, and a change of any of them is
//! a new version of the party. Its people are objects of their own, too (`crate::contact`). Its payment term, price list and currency are what documents take when they name none. A party that is not active keeps
//! its documents; new ones may not name it. Its credit limit is in its own currency, or else in the one that all companies have.
//! Two parties that are one are merged: the documents of the merged one follow without a new version, since their party is the same under its remaining id;
//! the event `party.merged` says how many of which kind did. Its row stays, inactive, and says which party took its place. Journal lines keep the party that
//! they were posted with: their chain of hashes holds it.
//! Not here: what it owes (that is `bill`), and erasing.

pub mod duplicate;
pub mod routes;
pub mod service;
pub mod store;
pub mod tax_id;
mod view;

pub use view::view;
