//! How things happen: the door to the database, the HTTP adapter, lists, numbers, events, audit, jobs, clock, limits, metrics.
//!
//! What it is: everything that no business word needs. What it is not: no table's meaning, no verb, no wire type stands here;
//! it is never rebuilt because one of those changed.

pub mod bulk;
pub mod clock;
pub mod crypto;
mod ctx;
pub mod db;
pub mod drift;
pub mod http;
pub mod job;
pub mod limit;
pub mod limits;
pub mod list;
pub mod news;
pub mod number;
pub mod ownership;
pub mod pressure;
pub mod retention;
pub mod rights;
pub mod seal;
pub mod search;
pub mod security;
pub mod shared;
pub mod telemetry;
pub mod trace;
pub mod upload;
pub mod wake;

#[cfg(test)]
mod tests;

pub use ctx::{Actor, Ctx, PLATFORM_ADMIN, Principal, Session};
pub use db::{Change, Db, Find, Tx};
pub use http::{Answer, Call, Routes};
pub use news::News;
pub use ownership::Ownership;
