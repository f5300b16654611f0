//! The catalogue: products, the tree of their categories, and units of measure (MDM-02, QTE-17).
//!
//! A product carries what documents take from it: price, cost, taxes of all companies, billing policy, account. Documents keep what they took, so that a
//! later change of the product changes none of them. A product that is not active keeps its documents; new lines may not name it. A category never
//! stands below itself. Units of one category convert into each other by their factors, which never change; `piece` is there without being created.
//! Not here: prices of customers (that is `pricing`), stock.

pub mod bundle;
pub mod category;
pub mod product;
pub mod routes;
pub mod store;
pub mod unit;
