//! The rule of one bucket, without a clock or a store.

use causeway_value::Instant;

/// Microseconds in a minute.
const MINUTE: i64 = 60_000_000;

/// So many requests a minute; all of them may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    per_minute: u32,
    /// As how many requests the one counts that is judged.
    units: u32,
}

impl Rate {
    /// This many requests a minute, at least one.
    #[must_use]
    pub const fn per_minute(requests: u32) -> Self {
        Self { per_minute: if requests == 0 { 1 } else { requests }, units: 1 }
    }

    /// The same for a request that does the work of so many. Beside the one that was taken for it already it never costs more than a whole minute, or it
    /// could never pass.
    #[must_use]
    pub fn costing(self, units: u32) -> Self {
        Self { units: units.clamp(1, self.per_minute.saturating_sub(1).max(1)), ..self }
    }

    /// The requests a minute.
    #[must_use]
    pub const fn requests(self) -> u32 {
        self.per_minute
    }

    /// Microseconds in which one request is paid back, rounded up so that a minute never gives more than promised.
    pub(super) fn interval(self) -> i64 {
        MINUTE.div_euclid(i64::from(self.per_minute)) + i64::from(MINUTE.rem_euclid(i64::from(self.per_minute)) != 0)
    }

    /// Microseconds in which the request that is judged is paid back.
    pub(super) fn cost(self) -> i64 {
        self.interval() * i64::from(self.units)
    }

    /// Microseconds in which a bucket that was spent wholly is paid back.
    pub(super) fn bucket(self) -> i64 {
        self.interval() * i64::from(self.per_minute)
    }
}

/// Whether a request may pass, and what the caller is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may pass.
    pub allowed: bool,
    /// Requests that may follow at once.
    pub remaining: u32,
    /// Seconds until the bucket is full again, rounded up.
    pub reset_seconds: i64,
    /// Seconds after which a refused request may be sent again, rounded up; 0 when it passed.
    pub retry_seconds: i64,
}

/// Judges a request at `now`. `spent_until` is when everything spent so far will have been paid back; the answer holds its new value.
#[must_use]
pub fn judge(spent_until: Option<Instant>, now: Instant, rate: Rate) -> (Instant, Verdict) {
    let interval = rate.interval();
    let bucket = rate.bucket();
    let before = spent_until.unwrap_or(now).0.max(now.0);
    let after = before + rate.cost();
    let allowed = after - now.0 <= bucket;
    let spent = if allowed { after } else { before };
    let left = (bucket - (spent - now.0)).div_euclid(interval);
    let verdict = Verdict {
        allowed,
        remaining: u32::try_from(left.max(0)).unwrap_or(u32::MAX),
        reset_seconds: seconds(spent - now.0),
        retry_seconds: if allowed { 0 } else { seconds(after - bucket - now.0).max(1) },
    };
    (Instant(spent), verdict)
}

fn seconds(micros: i64) -> i64 {
    micros.max(0).div_euclid(1_000_000) + i64::from(micros.max(0).rem_euclid(1_000_000) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends requests at these milliseconds and says which passed.
    fn passed(per_minute: u32, at: &[i64]) -> Vec<bool> {
        let mut spent = None;
        let send = |millis: &i64| {
            let (next, verdict) = judge(spent, Instant(millis * 1_000), Rate::per_minute(per_minute));
            spent = Some(next);
            verdict.allowed
        };
        at.iter().map(send).collect()
    }

    #[test]
    fn a_full_bucket_may_be_spent_at_once_and_refills_evenly() {
        for (per_minute, at, expected) in [
            (3, vec![0, 0, 0, 0], vec![true, true, true, false]),
            (3, vec![0, 0, 0, 19_999, 20_000, 20_001], vec![true, true, true, false, true, false]),
            (60, vec![0, 500, 1_000], vec![true, true, true]),
            (1, vec![0, 59_999, 60_000], vec![true, false, true]),
            (0, vec![0, 1], vec![true, false]),
            // Unused time is not saved beyond one bucket.
            (2, vec![0, 600_000, 600_000, 600_000], vec![true, true, true, false]),
        ] {
            assert_eq!(passed(per_minute, &at), expected, "{per_minute} a minute at {at:?}");
        }
    }

    #[test]
    fn refusals_cost_nothing_and_say_when_to_come_back() {
        let rate = Rate::per_minute(2);
        let (spent, first) = judge(None, Instant(0), rate);
        assert_eq!(first, Verdict { allowed: true, remaining: 1, reset_seconds: 30, retry_seconds: 0 });
        let (spent, second) = judge(Some(spent), Instant(0), rate);
        assert_eq!(second, Verdict { allowed: true, remaining: 0, reset_seconds: 60, retry_seconds: 0 });
        for _ in 0..10 {
            let (after, refused) = judge(Some(spent), Instant(1_000_000), rate);
            assert_eq!((after, refused), (spent, Verdict { allowed: false, remaining: 0, reset_seconds: 59, retry_seconds: 29 }));
        }
    }

    #[test]
    fn what_does_the_work_of_many_costs_as_much() {
        let rate = Rate::per_minute(100);
        let (spent, first) = judge(None, Instant(0), rate.costing(60));
        assert_eq!((first.allowed, first.remaining), (true, 40));
        let (same, second) = judge(Some(spent), Instant(0), rate.costing(60));
        assert_eq!((same, second.allowed, second.retry_seconds), (spent, false, 12), "twenty more must be paid back");
        assert!(judge(Some(spent), Instant(0), rate.costing(40)).1.allowed);
        // More than a bucket holds passes when the bucket was full before the request itself.
        let (begun, _) = judge(None, Instant(0), rate);
        assert!(judge(Some(begun), Instant(0), rate.costing(1_000)).1.allowed);
        let (two, _) = judge(Some(begun), Instant(0), rate);
        assert!(!judge(Some(two), Instant(0), rate.costing(1_000)).1.allowed);
    }

    #[test]
    fn no_minute_passes_more_than_the_bucket_and_its_refill() {
        for per_minute in [1, 7, 60, 999, 300_000] {
            let mut spent = None;
            let mut count = 0;
            for _ in 0..per_minute + 50 {
                let (next, verdict) = judge(spent, Instant(5), Rate::per_minute(per_minute));
                spent = Some(next);
                count += u32::from(verdict.allowed);
            }
            assert_eq!(count, per_minute);
        }
    }
}
