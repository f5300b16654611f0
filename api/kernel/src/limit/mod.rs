//! Rate limits: how many requests a tenant and each of its credentials may send (INT-37, threat 49).
//!
//! The rule is GCRA: one instant per key says when it will have nothing left to pay back. A full bucket may be spent at once; it refills evenly.
//! Behind [`Limiter`] the instants live in memory, or in Redis, where several instances share them.

mod memory;
mod rules;
mod shared;

pub use memory::Memory;
pub use rules::{Rate, Verdict, judge};
pub use shared::Shared;

use crate::http::LocalFuture;
use causeway_value::Instant;
use uuid::Uuid;

/// Whose requests are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// All requests of a tenant.
    Tenant(Uuid),
    /// The requests of one API key, session or platform entry.
    Credential(Uuid),
}

/// The limits of a caller; none means unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Of the whole tenant.
    pub tenant: Option<Rate>,
    /// Of this credential alone.
    pub credential: Option<Rate>,
}

/// Where spent requests are remembered.
pub trait Limiter: Send + Sync {
    /// Spends one request of each subject in turn, until one has none left: that refuses, and those after it are not asked. One verdict for each asked.
    fn take<'a>(&'a self, limits: &'a [(Subject, Rate)], now: Instant) -> LocalFuture<'a, Vec<Verdict>>;
}
