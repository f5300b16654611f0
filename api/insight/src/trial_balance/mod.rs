//! The trial balance: turnover and balance of each account of a company since inception (rules, "Posting table"; walk, "Settled readings").
//!
//! What it is: one sum over the ledger's lines up to a day; no closing entries, balance is debit minus credit. What it is not: no balance sheet.

pub mod routes;
pub mod service;
