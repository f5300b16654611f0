//! The service as a whole: composes routes, reactors and what falls due, and serves them; the commands of the binary `causeway`.
//!
//! What it is: wiring. What it is not: no rule and no query of the business stands here.

mod anchor;
pub mod bench;
pub mod command;
pub mod compose;
mod connection;
mod cors;
pub mod demo;
mod disk;
#[cfg(feature = "otel")]
mod otel;
mod readiness;
mod secret_key;
pub mod server;
pub mod settings;
pub mod store;
mod terminal;
pub mod verify;

/// Many small objects live for one request only; this allocator serves them, and SQLite's pages, without a shared lock.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
