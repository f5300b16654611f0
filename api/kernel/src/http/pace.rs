//! How often one network address may call what takes no credential.

use crate::clock;
use crate::limits::OPEN_REQUESTS_PER_MINUTE;
use causeway_contract::{Code, Problem};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{LazyLock, Mutex, PoisonError};

/// Addresses that are counted, at most; beyond that all are forgotten.
const ADDRESSES: usize = 10_000;

static SEEN: LazyLock<Mutex<Counts>> = LazyLock::new(Mutex::default);

/// The requests of each address within the minute that runs.
#[derive(Default)]
struct Counts {
    minute: i64,
    requests: HashMap<IpAddr, u32>,
}

impl Counts {
    /// Counts a request; whether it may pass.
    fn pass(&mut self, peer: IpAddr, minute: i64) -> bool {
        if self.minute != minute || self.requests.len() >= ADDRESSES {
            self.minute = minute;
            self.requests.clear();
        }
        let count = self.requests.entry(peer).or_default();
        *count = count.saturating_add(1);
        *count <= OPEN_REQUESTS_PER_MINUTE
    }
}

/// Counts a request of this address: that of the connection, or the one that a trusted proxy names.
///
/// # Errors
/// `rate_limited`.
pub(super) fn hold(peer: Option<IpAddr>) -> Result<(), Problem> {
    let Some(peer) = peer else { return Ok(()) };
    let minute = clock::wall().0 / 60_000_000;
    if SEEN.lock().unwrap_or_else(PoisonError::into_inner).pass(peer, minute) {
        return Ok(());
    }
    Err(Problem::new(Code::RateLimited, format!("This address may call what needs no key {OPEN_REQUESTS_PER_MINUTE} times a minute. Wait a minute.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_held_until_the_next_minute_and_others_are_not() {
        let mut counts = Counts::default();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        let passed = (0..OPEN_REQUESTS_PER_MINUTE * 2).filter(|_| counts.pass(one, 7)).count();
        assert_eq!(u32::try_from(passed), Ok(OPEN_REQUESTS_PER_MINUTE));
        assert!(counts.pass(other, 7) && !counts.pass(one, 7) && counts.pass(one, 8));
    }
}
