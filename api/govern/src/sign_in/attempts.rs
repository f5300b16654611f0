//! Slowing down those who guess (threat 16), without a way to lock somebody else out.
//!
//! Wrong tries are counted for the account at one source, for the account, and for the source. Beyond a few free ones each next try has to wait longer.
//! From a source that the account signed in from before, only its own wrong tries there count: what strangers do elsewhere never keeps the owner out.
//! A source is an address; of IPv6 its first 64 bits, because who has one address there has all of them (threat 48).
//! The counts live in the memory of this process. Instances tell each other of tries through Redis; without it each counts for itself.

use causeway_kernel::crypto;
use causeway_kernel::security::network;
use causeway_kernel::shared::{self, Hint, Turn};
use causeway_value::Instant;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong tries of one account from one source that cost nothing.
const FREE_PAIR: u32 = 10;
/// Wrong tries of one account from strange sources that cost nothing.
const FREE_ACCOUNT: u32 = 50;
/// Wrong tries from one source, of any account, that cost nothing.
const FREE_SOURCE: u32 = 50;
/// The longest pause, in seconds.
const LONGEST: i64 = 15 * 60;
/// Seconds after the last wrong try when all is forgotten.
const MEMORY: i64 = 3_600;
/// Counts beyond which the forgotten ones are cleared.
const CROWDED: usize = 50_000;

/// Wrong tries in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Streak {
    failures: u32,
    last: Instant,
}

/// The seconds that must pass after so many wrong tries.
fn pause(failures: u32, free: u32) -> i64 {
    match failures.checked_sub(free) {
        None => 0,
        Some(over) => 1_i64.checked_shl(over.min(20)).unwrap_or(LONGEST).min(LONGEST),
    }
}

/// Seconds that a streak makes the next try wait at `now`, rounded up.
fn wait(streak: Option<Streak>, free: u32, now: Instant) -> i64 {
    let Some(streak) = streak else { return 0 };
    let ready = streak.last.plus_seconds(pause(streak.failures, free));
    if ready <= now { 0 } else { ready.seconds_since(now).max(0) + 1 }
}

type Name = [u8; 32];

/// The counts of this process.
#[derive(Default)]
pub(super) struct Attempts {
    streaks: Mutex<Streaks>,
}

/// Who tries, and from where.
#[derive(Clone, Copy)]
pub(super) struct Try<'a> {
    /// The account as it was typed: tenant and address.
    pub account: &'a str,
    /// Where the request came from.
    pub source: Option<IpAddr>,
    /// Whether the account signed in from there before.
    pub known: bool,
}

impl Try<'_> {
    /// The counts that this try is held against; the first is that of the account at this source.
    fn counts(&self) -> Vec<(Name, u32)> {
        let source = self.source.map(|source| network(source).to_string()).unwrap_or_default();
        let pair = crypto::sha256(&[b"pair\n", self.account.as_bytes(), b"\n", source.as_bytes()]);
        let mut counts = vec![(pair, FREE_PAIR)];
        if !self.known {
            counts.push((crypto::sha256(&[b"account\n", self.account.as_bytes()]), FREE_ACCOUNT));
            counts.push((crypto::sha256(&[b"source\n", source.as_bytes()]), FREE_SOURCE));
        }
        counts
    }
}

impl Attempts {
    /// Lets a try begin, counted as wrong until [`Attempts::right`] takes it back: parallel tries cannot slip by.
    ///
    /// # Errors
    /// The seconds to wait.
    pub(super) fn begin(&self, attempt: &Try<'_>, now: Instant) -> Result<(), i64> {
        let mut streaks = self.streaks.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = attempt.counts();
        let waiting = counts.iter().map(|(name, free)| wait(live(&streaks, name, now), *free, now)).max().unwrap_or_default();
        if waiting > 0 {
            return Err(waiting);
        }
        let names: Vec<Name> = counts.into_iter().map(|(name, _)| name).collect();
        count(&mut streaks, &names, now);
        drop(streaks);
        shared::tell(Hint::Attempt { turn: Turn::Begun, names });
        Ok(())
    }

    /// The try was right: the account has a clean sheet at this source, and the other counts lose what [`Attempts::begin`] added.
    pub(super) fn right(&self, attempt: &Try<'_>) {
        self.end(Turn::Right, attempt);
    }

    /// The password was not looked at: every count loses what [`Attempts::begin`] added, and nothing else is forgotten.
    pub(super) fn unseen(&self, attempt: &Try<'_>) {
        self.end(Turn::Unseen, attempt);
    }

    fn end(&self, turn: Turn, attempt: &Try<'_>) {
        let names: Vec<Name> = attempt.counts().into_iter().map(|(name, _)| name).collect();
        take_back(&mut self.streaks.lock().unwrap_or_else(PoisonError::into_inner), turn, &names);
        shared::tell(Hint::Attempt { turn, names });
    }

    /// Somebody tried at another instance.
    pub(super) fn elsewhere(&self, turn: Turn, names: &[Name], now: Instant) {
        let mut streaks = self.streaks.lock().unwrap_or_else(PoisonError::into_inner);
        match turn {
            Turn::Begun => count(&mut streaks, names, now),
            Turn::Right | Turn::Unseen => take_back(&mut streaks, turn, names),
        }
    }
}

type Streaks = HashMap<Name, Streak>;

fn live(streaks: &Streaks, name: &Name, now: Instant) -> Option<Streak> {
    streaks.get(name).copied().filter(|streak| streak.last.plus_seconds(MEMORY) > now)
}

/// Counts a try as wrong.
fn count(streaks: &mut Streaks, names: &[Name], now: Instant) {
    if streaks.len() >= CROWDED {
        streaks.retain(|_, streak| streak.last.plus_seconds(MEMORY) > now);
    }
    for name in names {
        let failures = live(streaks, name, now).map_or(0, |streak| streak.failures).saturating_add(1);
        streaks.insert(*name, Streak { failures, last: now });
    }
}

/// Takes back what was counted for a try. A right one clears the first name, which is that of the account at its source.
fn take_back(streaks: &mut Streaks, turn: Turn, names: &[Name]) {
    for (place, name) in names.iter().enumerate() {
        let cleared = place == 0 && turn == Turn::Right;
        match streaks.get_mut(name) {
            Some(streak) if !cleared && streak.failures > 1 => streak.failures -= 1,
            _ => drop(streaks.remove(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(account: &str, last: u8, known: bool) -> Try<'_> {
        Try { account, source: Some(IpAddr::from([192, 0, 2, last])), known }
    }

    fn at(seconds: i64) -> Instant {
        Instant(0).plus_seconds(seconds)
    }

    #[test]
    fn pauses_grow() {
        let found: Vec<i64> = (8..=22).map(|failures| pause(failures, FREE_PAIR)).collect();
        assert_eq!(found, [0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
        assert_eq!(pause(u32::MAX, 0), LONGEST);
    }

    #[test]
    fn the_eleventh_try_waits() {
        let attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.begin(&from("dana", 1, false), at(0)), Ok(()));
        }
        assert!(attempts.begin(&from("dana", 1, false), at(0)).is_err());
        assert_eq!(attempts.begin(&from("dana", 1, false), at(2)), Ok(()));
        assert!(attempts.begin(&from("dana", 1, false), at(3)).is_err());
        // An hour later all is forgotten.
        assert_eq!(attempts.begin(&from("dana", 1, false), at(4_000)), Ok(()));
    }

    #[test]
    fn strangers_do_not_lock_the_owner_out() {
        let attempts = Attempts::default();
        for stranger in 2..=200 {
            let _ = attempts.begin(&from("dana", stranger, false), at(0));
        }
        assert!(attempts.begin(&from("dana", 201, false), at(0)).is_err(), "the account is guarded against strange sources");
        assert_eq!(attempts.begin(&from("dana", 1, true), at(0)), Ok(()), "the owner signed in from here before");
    }

    #[test]
    fn one_try_at_each_of_many_accounts_is_slowed_down() {
        let attempts = Attempts::default();
        let passed = (0..500).filter(|n| attempts.begin(&from(&format!("user{n}"), 1, false), at(0)).is_ok()).count();
        assert_eq!(passed, 50);
        assert_eq!(attempts.begin(&from("dana", 1, true), at(0)), Ok(()), "who signed in from this source before still may");
    }

    #[test]
    fn tries_at_other_instances_count() {
        let attempts = Attempts::default();
        let dana = from("dana", 1, false);
        let names: Vec<Name> = dana.counts().into_iter().map(|(name, _)| name).collect();
        for _ in 0..11 {
            attempts.elsewhere(Turn::Begun, &names, at(0));
        }
        assert!(attempts.begin(&dana, at(0)).is_err());
        attempts.elsewhere(Turn::Unseen, &names, at(0));
        attempts.elsewhere(Turn::Unseen, &names, at(0));
        assert_eq!(attempts.begin(&dana, at(0)), Ok(()));
        assert!(attempts.begin(&dana, at(0)).is_err());
        attempts.elsewhere(Turn::Right, &names, at(0));
        assert_eq!(attempts.begin(&dana, at(0)), Ok(()));
    }

    #[test]
    fn a_busy_queue_forgives_nothing() {
        let attempts = Attempts::default();
        let dana = from("dana", 1, false);
        for _ in 0..10 {
            assert_eq!(attempts.begin(&dana, at(0)), Ok(()));
        }
        // The eleventh waits a second, finds no place in the queue, and is the eleventh still.
        assert!(attempts.begin(&dana, at(0)).is_err());
        assert_eq!(attempts.begin(&dana, at(2)), Ok(()));
        attempts.unseen(&dana);
        assert!(attempts.begin(&dana, at(2)).is_err());
        // Nor does it count.
        let fresh = from("robin", 2, false);
        for _ in 0..300 {
            assert_eq!(attempts.begin(&fresh, at(0)), Ok(()));
            attempts.unseen(&fresh);
        }
        assert!(attempts.begin(&dana, at(2)).is_err());
    }

    #[test]
    fn sources_of_ipv6_count_by_their_network() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:a:b:c:d"), of("2001:db8:1:2::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
    }

    #[test]
    fn tries_elsewhere_are_forgotten_too() {
        let attempts = Attempts::default();
        for number in 0..200_000_u32 {
            attempts.elsewhere(Turn::Begun, &[crypto::sha256(&[&number.to_be_bytes()])], at(i64::from(number)));
        }
        let held = attempts.streaks.lock().unwrap().len();
        assert!(held <= CROWDED, "{held} are remembered");
    }

    #[test]
    fn a_right_password_clears_the_sheet() {
        let attempts = Attempts::default();
        let dana = from("dana", 1, false);
        for _ in 0..300 {
            assert_eq!(attempts.begin(&dana, at(0)), Ok(()));
            attempts.right(&dana);
        }
        assert!(attempts.streaks.lock().unwrap().is_empty());
    }
}
