//! Users, roles and API keys of a tenant (SEC-01, SEC-03, SEC-04, SEC-11).
//!
//! A key's secret is shown once and stored as SHA-256. Rotating gives a new secret; the old one may overlap. Nobody gives away more than they have.
//! A key may name the addresses that it is used from. Built-in roles never change; an own role starts as a copy of what it needs. Not here: passwords and sessions (`sign_in`).

pub mod routes;
pub mod service;
pub(crate) mod source;
