//! Companies: the legal entities of a tenant, each with its books (MCO-01, MCO-02).
//!
//! A company is created with the chart of accounts of its template. Its currency never changes, because every entry of its books is in it.
//! Not here: fiscal periods and locks.

pub mod routes;
pub mod service;
