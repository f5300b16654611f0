//! The whole from outside: what the suites under `tests/suite` share.
//!
//! What it is: a server of one's own for every test (on SQLite, or on PostgreSQL when `CAUSEWAY_TEST_POSTGRES` names a cluster that may be filled), callers
//! that speak the typed contract or raw HTTP, and the masters and deals that the stories start from.
//! What it is not: no look inside. Everything goes through the API, except the checks that read the catalogue of the database.

pub mod api_key;
pub mod caller;
pub mod cluster;
pub mod deal;
pub mod fixture;
pub mod log;
pub mod person;
pub mod place;
pub mod plan;
pub mod raw;
pub mod rng;
pub mod server;
pub mod shapes;
pub mod shop;
pub mod world;

use caller::Caller;
use causeway_openapi::ledger::op as ledger;
use causeway_value::Day;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads a value of the contract from its text: `of::<Percent>("10")`.
///
/// # Panics
/// When the text is not one.
#[must_use]
pub fn of<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is not a {}", std::any::type_name::<T>()))
}

/// A day from its text.
#[must_use]
pub fn day(text: &str) -> Day {
    of(text)
}

/// Every invariant of what is stored of the caller's tenant holds.
///
/// # Panics
/// With what is broken.
pub async fn verified(caller: &Caller) {
    let found = caller.get::<ledger::VerifyLedger>(()).await;
    assert!(found.ok, "{:?}", found.breaks);
}

/// A number that the environment may set, such as a seed.
///
/// # Panics
/// When it is set to what is no number.
#[must_use]
pub fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// A word that was not used before in this process, such as `code-7`.
#[must_use]
pub fn unique(word: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{word}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The places that a problem names.
#[must_use]
pub fn pointers(problem: &causeway_contract::Problem) -> Vec<&str> {
    problem.errors.iter().filter_map(|error| error.pointer.as_deref()).collect()
}
