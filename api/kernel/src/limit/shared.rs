//! Spent requests in Redis, so that all instances of an installation together allow one rate (INT-37, F8).
//!
//! One script reads and spends in one step, by the clock of Redis. A request waits for it a moment at most: when Redis is away, slow or full, this instance
//! counts by itself, and asks again a second later. What passed is counted in memory as well, so that Redis going away opens no fresh bucket here.

use super::{Limiter, Memory, Rate, Subject, Verdict, judge};
use crate::http::LocalFuture;
use crate::shared;
use causeway_value::Instant;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The longest that a request waits for Redis.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long Redis is not asked after it did not answer, in seconds.
const REST_SECONDS: i64 = 1;

/// Spends one request and answers what was owed before it, in microseconds. `ARGV` is the interval and the bucket of the rate, as in `rules`; the script is
/// the same rule over a value that is kept until it is paid back. All numbers stay below 2^53, where Lua counts exactly.
const SPEND: &str = "local time = redis.call('TIME') \
    local now = time[1] * 1000000 + time[2] \
    local before = math.max(tonumber(redis.call('GET', KEYS[1])) or now, now) \
    local after = before + ARGV[1] \
    if after - now <= tonumber(ARGV[2]) then \
        redis.call('SET', KEYS[1], string.format('%.0f', after), 'PX', string.format('%.0f', math.ceil((after - now) / 1000))) \
    end \
    return before - now";

/// Counts in Redis, and in memory while Redis does not answer.
#[derive(Default)]
pub struct Shared {
    memory: Memory,
    /// Microseconds since 1970 until which Redis is not asked.
    rests_until: AtomicI64,
}

impl Shared {
    /// What was owed before this request, which is spent if it may pass; `None` when Redis does not say.
    async fn owed(&self, subject: Subject, rate: Rate, now: Instant) -> Option<i64> {
        if now.0 < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut redis = shared::connection()?;
        let mut command = redis::cmd("EVAL");
        command.arg(SPEND).arg(1).arg(key(subject)).arg(rate.interval()).arg(rate.bucket());
        let answer = tokio::time::timeout(PATIENCE, command.query_async::<i64>(&mut redis)).await;
        let owed = answer.ok().and_then(Result::ok);
        if owed.is_none() {
            self.rests_until.store(now.plus_seconds(REST_SECONDS).0, Ordering::Relaxed);
            tracing::warn!("Redis does not count: this instance limits requests by itself for a second");
        }
        owed
    }
}

impl Limiter for Shared {
    fn take<'a>(&'a self, subject: Subject, rate: Rate, now: Instant) -> LocalFuture<'a, Verdict> {
        Box::pin(async move {
            let Some(owed) = self.owed(subject, rate, now).await else { return self.memory.spend(subject, rate, now) };
            let (_, verdict) = judge(Some(Instant(now.0.saturating_add(owed))), now, rate);
            if verdict.allowed {
                self.memory.spend(subject, rate, now);
            }
            verdict
        })
    }
}

fn key(subject: Subject) -> String {
    match subject {
        Subject::Tenant(id) => format!("causeway:rate:tenant:{}", id.simple()),
        Subject::Credential(id) => format!("causeway:rate:credential:{}", id.simple()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[tokio::test]
    async fn without_redis_it_counts_by_itself() {
        let (limiter, rate, subject) = (Shared::default(), Rate::per_minute(2), Subject::Tenant(Uuid::from_u128(7)));
        let mut passed = Vec::new();
        for _ in 0..3 {
            passed.push(limiter.take(subject, rate, Instant(0)).await.allowed);
        }
        assert_eq!(passed, [true, true, false]);
    }

    #[test]
    fn tenants_and_credentials_have_keys_of_their_own() {
        let id = Uuid::from_u128(7);
        assert_ne!(key(Subject::Tenant(id)), key(Subject::Credential(id)));
    }
}
