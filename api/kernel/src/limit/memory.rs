//! Spent requests in the memory of this process.

use super::{Limiter, Rate, Subject, Verdict, judge};
use crate::http::LocalFuture;
use causeway_value::Instant;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Parts with a lock of their own, so that threads seldom meet.
const PARTS: u64 = 16;
/// Subjects of one part beyond which those that owe nothing are forgotten.
const CROWDED: usize = 4_096;

/// Counts in memory: exact for one instance; several instances each allow the whole rate.
pub struct Memory {
    parts: Vec<Mutex<HashMap<Subject, Instant>>>,
    hasher: RandomState,
}

impl Default for Memory {
    fn default() -> Self {
        Self { parts: (0..PARTS).map(|_| Mutex::default()).collect(), hasher: RandomState::new() }
    }
}

impl Memory {
    /// Spends one request, if there is one left.
    pub(super) fn spend(&self, subject: Subject, rate: Rate, now: Instant) -> Verdict {
        let part = usize::try_from(self.hasher.hash_one(subject) % PARTS).unwrap_or_default();
        let Some(part) = self.parts.get(part) else { return judge(None, now, rate).1 };
        let mut spent = part.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.len() >= CROWDED {
            spent.retain(|_, until| *until > now);
        }
        let (until, verdict) = judge(spent.get(&subject).copied(), now, rate);
        spent.insert(subject, until);
        verdict
    }

    /// Spends one request of each, until one has none left.
    pub(super) fn spend_all(&self, limits: &[(Subject, Rate)], now: Instant) -> Vec<Verdict> {
        let mut verdicts = Vec::with_capacity(limits.len());
        for (subject, rate) in limits {
            let verdict = self.spend(*subject, *rate, now);
            verdicts.push(verdict);
            if !verdict.allowed {
                break;
            }
        }
        verdicts
    }
}

impl Limiter for Memory {
    fn take<'a>(&'a self, limits: &'a [(Subject, Rate)], now: Instant) -> LocalFuture<'a, Vec<Verdict>> {
        Box::pin(std::future::ready(self.spend_all(limits, now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_is_refused_costs_those_after_it_nothing() {
        let (memory, rate) = (Memory::default(), Rate::per_minute(2));
        let (one, other, tenant) = (Subject::Credential(Uuid::from_u128(1)), Subject::Credential(Uuid::from_u128(2)), Subject::Tenant(Uuid::from_u128(1)));
        let spend = |credential| {
            let verdicts = memory.spend_all(&[(credential, Rate::per_minute(1)), (tenant, rate)], Instant(0));
            verdicts.iter().map(|verdict| verdict.allowed).collect::<Vec<_>>()
        };
        assert_eq!(spend(one), [true, true]);
        assert_eq!(spend(one), [false]);
        assert_eq!(spend(other), [true, true], "the refused request cost the tenant nothing");
        assert_eq!(spend(Subject::Credential(Uuid::from_u128(3))), [true, false]);
    }

    #[test]
    fn subjects_do_not_share_and_the_idle_are_forgotten() {
        let memory = Memory::default();
        let rate = Rate::per_minute(1);
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert!(memory.spend(Subject::Tenant(one), rate, Instant(0)).allowed);
        assert!(!memory.spend(Subject::Tenant(one), rate, Instant(0)).allowed);
        assert!(memory.spend(Subject::Tenant(two), rate, Instant(0)).allowed);
        assert!(memory.spend(Subject::Credential(one), rate, Instant(0)).allowed);
        for n in 0..200_000_u128 {
            memory.spend(Subject::Credential(Uuid::from_u128(n)), rate, Instant(i64::try_from(n).unwrap() * 60_000_000));
        }
        let held: usize = memory.parts.iter().map(|part| part.lock().unwrap().len()).sum();
        assert!(held <= CROWDED * 16, "{held} subjects are remembered");
    }
}
