//! The only place that asks the system for the time.

use causeway_value::Instant;
use std::sync::atomic::{AtomicI64, Ordering};

static LATEST: AtomicI64 = AtomicI64::new(0);

/// Wall time, which never goes back within a process: sessions, signatures, ids and `recorded_at` use it; business rules use `ctx.now()`.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn wall() -> Instant {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX));
    Instant(LATEST.fetch_max(now, Ordering::Relaxed).max(now))
}

/// Measures how long something takes.
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts.
    #[must_use]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Microseconds since the start.
    #[must_use]
    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
