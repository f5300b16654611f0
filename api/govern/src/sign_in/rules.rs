//! When a session works, without a clock or a database.

use causeway_kernel::limits::{SESSION_IDLE_SECONDS, SESSION_SECONDS, STEP_UP_SECONDS};
use causeway_value::Instant;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Seconds without a request after which a session ends.
    pub idle_seconds: i64,
    /// Seconds after which it ends in any case.
    pub absolute_seconds: i64,
    /// Seconds for which a proof of who someone is counts for risky steps.
    pub step_up_seconds: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { idle_seconds: SESSION_IDLE_SECONDS.into(), absolute_seconds: SESSION_SECONDS.into(), step_up_seconds: STEP_UP_SECONDS.into() }
    }
}

/// Whether a session works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It works.
    Open,
    /// It was revoked.
    Revoked,
    /// It was not used for too long.
    Idle,
    /// Its longest time is over.
    Expired,
}

/// Whether a session works at `now`.
#[must_use]
pub fn standing(revoked_at: Option<Instant>, last_seen_at: Instant, expires_at: Instant, now: Instant, limits: Limits) -> Standing {
    if revoked_at.is_some() {
        Standing::Revoked
    } else if expires_at <= now {
        Standing::Expired
    } else if last_seen_at.plus_seconds(limits.idle_seconds) <= now {
        Standing::Idle
    } else {
        Standing::Open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_word_by_idling_and_by_age() {
        let minute = |n: i64| Instant(0).plus_seconds(n * 60);
        let limits = Limits::default();
        for (revoked, last_seen, expires, now, expected) in [
            (None, 0, 720, 29, Standing::Open),
            (None, 0, 720, 30, Standing::Idle),
            (None, 0, 720, 31, Standing::Idle),
            (None, 700, 720, 719, Standing::Open),
            (None, 719, 720, 720, Standing::Expired),
            (None, 0, 720, 900, Standing::Expired),
            (Some(5), 5, 720, 6, Standing::Revoked),
            (Some(5), 0, 720, 900, Standing::Revoked),
        ] {
            let found = standing(revoked.map(minute), minute(last_seen), minute(expires), minute(now), limits);
            assert_eq!(found, expected, "revoked {revoked:?}, seen {last_seen}, ends {expires}, now {now}");
        }
    }
}
