//! The only place that asks the system for the time.

use causeway_value::Instant;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// How far the clock of the system may be behind before that is said, in microseconds.
const BEHIND_MICROS: i64 = 5_000_000;
/// The pause between two warnings, in microseconds of the time that is measured.
const WARNING_PAUSE: i64 = 60_000_000;

/// When this process began to measure time by itself.
static BEGAN: LazyLock<std::time::Instant> = LazyLock::new(std::time::Instant::now);
/// The latest that the clock of the system has been, less the time that was measured until then.
static AHEAD: AtomicI64 = AtomicI64::new(i64::MIN);
static WARNED: AtomicI64 = AtomicI64::new(i64::MIN);

/// Wall time, which never goes back within a process, nor stands still: sessions, signatures, ids and `recorded_at` use it; business rules use `ctx.now()`.
///
/// When the clock of the system is set back, time goes on from the latest that was seen, until the process is started again or the clock is ahead of it.
#[must_use]
pub fn wall() -> Instant {
    let measured = i64::try_from(BEGAN.elapsed().as_micros()).unwrap_or(i64::MAX);
    let fresh = system().saturating_sub(measured);
    let latest = AHEAD.fetch_max(fresh, Ordering::Relaxed).max(fresh);
    let behind = latest.saturating_sub(fresh);
    let warned = WARNED.load(Ordering::Relaxed);
    if behind > BEHIND_MICROS && measured.saturating_sub(warned) > WARNING_PAUSE {
        WARNED.store(measured, Ordering::Relaxed);
        tracing::warn!(
            seconds = behind / 1_000_000,
            "the clock of the system is behind what this process has seen: new rows are dated ahead of it. Set the clock right and start the process again"
        );
    }
    Instant(measured.saturating_add(latest))
}

/// How far the clock of the system is behind [`wall`], in seconds.
#[must_use]
pub fn behind_seconds() -> i64 {
    (wall().0 - system()).max(0) / 1_000_000
}

/// The clock of the system, in microseconds since 1970.
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
fn system() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_goes_on() {
        let before = wall();
        std::thread::sleep(std::time::Duration::from_millis(2));
        let after = wall();
        assert!(after.0 - before.0 >= 2_000, "{before:?} {after:?}");
        assert!((after.0 - system()).abs() < 1_000_000 && behind_seconds() == 0);
    }
}
