//! Spent requests in Redis, so that all instances of an installation together allow one rate (INT-37, F8).
//!
//! One script reads and spends all limits of a request in one step, by the clock of Redis. A request waits for it a moment at most, once: when Redis is away, slow or full, this instance
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

/// Spends one request of each key, until one has none left, and answers what each asked one owed before it, in microseconds. `ARGV` has the cost of the request and the
/// bucket of each rate, as in `rules`; the script is the same rule over values that are kept until they are paid back. All numbers stay below 2^53, where Lua
/// counts exactly.
const SPEND: &str = "local time = redis.call('TIME') \
    local now = time[1] * 1000000 + time[2] \
    local owed = {} \
    for place, key in ipairs(KEYS) do \
        local before = math.max(tonumber(redis.call('GET', key)) or now, now) \
        local after = before + ARGV[2 * place - 1] \
        owed[place] = before - now \
        if after - now > tonumber(ARGV[2 * place]) then break end \
        redis.call('SET', key, string.format('%.0f', after), 'PX', string.format('%.0f', math.ceil((after - now) / 1000))) \
    end \
    return owed";

/// Counts in Redis, and in memory while Redis does not answer.
#[derive(Default)]
pub struct Shared {
    memory: Memory,
    /// Microseconds since 1970 until which Redis is not asked.
    rests_until: AtomicI64,
}

impl Shared {
    /// What each asked subject owed before this request; `None` when Redis does not say.
    async fn owed(&self, limits: &[(Subject, Rate)], now: Instant) -> Option<Vec<i64>> {
        if limits.is_empty() {
            return Some(Vec::new());
        }
        if now.0 < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let mut redis = shared::connection()?;
        let mut command = redis::cmd("EVAL");
        command.arg(SPEND).arg(limits.len());
        for (subject, _) in limits {
            command.arg(key(*subject));
        }
        for (_, rate) in limits {
            command.arg(rate.cost()).arg(rate.bucket());
        }
        let asked = std::time::Instant::now();
        let answer = tokio::time::timeout(PATIENCE, command.query_async::<Vec<i64>>(&mut redis)).await;
        let owed = answer.ok().and_then(Result::ok).filter(|owed| !owed.is_empty());
        // An answer that is there when this task wakes up too late is good, but the next request shall not wait for one.
        if owed.is_none() || asked.elapsed() > PATIENCE {
            self.rests_until.store(now.plus_seconds(REST_SECONDS).0, Ordering::Relaxed);
            tracing::warn!("Redis does not count in time: this instance limits requests by itself for a second");
        }
        owed
    }
}

impl Limiter for Shared {
    fn take<'a>(&'a self, limits: &'a [(Subject, Rate)], now: Instant) -> LocalFuture<'a, Vec<Verdict>> {
        Box::pin(async move {
            let Some(owed) = self.owed(limits, now).await else { return self.memory.spend_all(limits, now) };
            let judged = limits.iter().zip(owed).map(|((subject, rate), owed)| {
                let (_, verdict) = judge(Some(Instant(now.0.saturating_add(owed))), now, *rate);
                if verdict.allowed {
                    self.memory.spend(*subject, *rate, now);
                }
                verdict
            });
            judged.collect()
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
            passed.extend(limiter.take(&[(subject, rate)], Instant(0)).await.into_iter().map(|verdict| verdict.allowed));
        }
        assert_eq!(passed, [true, true, false]);
    }

    #[test]
    fn tenants_and_credentials_have_keys_of_their_own() {
        let id = Uuid::from_u128(7);
        assert_ne!(key(Subject::Tenant(id)), key(Subject::Credential(id)));
    }
}
