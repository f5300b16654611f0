//! What does not go as it should, company by company: how many documents, since when, and where they stand (RPT-13, PAY-25).
//!
//! What it is: one count for each signal, and the list of exactly the documents that it counts. What it is not: no state of its own; what is put right is counted
//! no more.

pub mod routes;
pub mod service;
mod signals;
