//! Tenants: the customers of the service, made and stopped by platform administrators (PLT-01).
//!
//! A tenant starts with its built-in roles, the default pipeline, an owner and the owner's key.
//! Limits and quotas are the platform's to set; it looks into a tenant by a key of its own, for a while and with a reason. Not here: plans, erasure.

pub mod bootstrap;
mod enter;
mod keys;
pub mod limits;
mod overview;
mod restore;
pub mod routes;
pub mod service;
pub mod starter;
mod trail;
