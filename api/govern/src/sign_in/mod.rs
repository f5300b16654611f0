//! How people sign in: invitations, passwords, sessions and the second factor (SEC-06; threats 16 to 21 and 26).
//!
//! A password is hashed with argon2id beside the transaction, never inside it. A session is a row of the server and its token a hash: ending it ends it
//! at the next request. Guessing is slowed down per account and source, so that nobody can lock another person out. A one-time code works once.
//! Not here: what a person may do (`access`), and who there is (`identity`).

mod attempts;
mod factor;
mod hash;
mod policy;
mod prove;
pub mod routes;
mod rules;
pub mod service;

pub(crate) use prove::facts;
pub use rules::{Limits, Standing, standing};
pub(crate) use service::{invite, last_seen_interval};

use std::sync::OnceLock;

static LIMITS: OnceLock<Limits> = OnceLock::new();

/// Sets how long sessions last, and hears of tries at other instances, once at the start of the process.
pub fn register(limits: Limits) {
    let _ = LIMITS.set(limits);
    prove::hear_attempts();
}

/// How long sessions last.
pub(crate) fn limits() -> Limits {
    LIMITS.get().copied().unwrap_or_default()
}
