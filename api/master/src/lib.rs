//! What is sold, at which price, with which taxes and terms, and what the accounts are called.
//!
//! What it is: the master data and the pure rules over them. What it is not: no document of the spine stands here (quotes, orders, invoices call these
//! rules and keep the results).

pub mod account;
pub mod pricing;
pub mod rate;
pub mod tax;
pub mod term;
