//! What a caller may still send, spent before anything else and told in the `RateLimit` headers.

use crate::Principal;
use crate::limit::{Limiter, Rate, Subject, Verdict};
use crate::limits::BULK_ITEMS_PER_UNIT;
use actix_web::HttpResponse;
use actix_web::http::header::{HeaderName, HeaderValue};
use causeway_contract::{Code, Problem};
use causeway_value::Instant;
use serde_json::Value;
use std::fmt::Write;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STATE: HeaderName = HeaderName::from_static("ratelimit");

/// The limits of one request and what was left of them.
#[derive(Debug, Default)]
pub(crate) struct Allowance {
    spent: [Option<(&'static str, Rate, Verdict)>; 2],
}

impl Allowance {
    /// Spends one request of the caller's own limit and one of its tenant's. A refused caller costs its tenant nothing.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub(crate) async fn spend(&mut self, limiter: &dyn Limiter, principal: &Principal, now: Instant) -> Result<(), Problem> {
        self.take(limiter, principal, 1, now).await
    }

    /// Spends for the items of a bulk request, whose number is known once its body was read: a thousand at once are no cheap way around the limits.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub(crate) async fn spend_items(
        &mut self,
        limiter: &dyn Limiter,
        principal: &Principal,
        (body, aside): (&Value, usize),
        now: Instant,
    ) -> Result<(), Problem> {
        let items = body.get("items").and_then(Value::as_array).map_or(0, Vec::len).saturating_add(aside);
        let units = u32::try_from(items / BULK_ITEMS_PER_UNIT).unwrap_or(u32::MAX);
        if units == 0 { Ok(()) } else { self.take(limiter, principal, units, now).await }
    }

    async fn take(&mut self, limiter: &dyn Limiter, principal: &Principal, units: u32, now: Instant) -> Result<(), Problem> {
        let credential = principal.session.map_or(principal.actor.id, |session| Some(session.id)).unwrap_or_default();
        let limits = [
            ("credential", principal.rates.credential, Subject::Credential(credential)),
            ("tenant", principal.rates.tenant, Subject::Tenant(principal.tenant.uuid())),
        ];
        let limits: Vec<_> = limits.into_iter().filter_map(|(name, rate, subject)| Some((name, (subject, rate?.costing(units))))).collect();
        let asked: Vec<_> = limits.iter().map(|(_, limit)| *limit).collect();
        let verdicts = limiter.take(&asked, now).await;
        for (place, ((name, (_, rate)), verdict)) in self.spent.iter_mut().zip(limits.into_iter().zip(verdicts)) {
            *place = Some((name, rate, verdict));
            if !verdict.allowed {
                let detail = format!(
                    "This {name} may send {} requests a minute. Send this again in {} seconds, or ask the operator of this service for a higher limit.",
                    rate.requests(),
                    verdict.retry_seconds
                );
                return Err(Problem::new(Code::RateLimited, detail).with("limit", name).with("retry_after_seconds", verdict.retry_seconds));
            }
        }
        Ok(())
    }

    /// Tells the caller (draft-ietf-httpapi-ratelimit-headers).
    pub(crate) fn announce(&self, response: &mut HttpResponse) {
        let (mut policy, mut state) = (String::new(), String::new());
        for (name, rate, verdict) in self.spent.iter().flatten() {
            let comma = if policy.is_empty() { "" } else { ", " };
            let _ = write!(policy, "{comma}\"{name}\";q={};w=60", rate.requests());
            let _ = write!(state, "{comma}\"{name}\";r={};t={}", verdict.remaining, verdict.reset_seconds);
        }
        for (header, text) in [(POLICY, policy), (STATE, state)] {
            if let Ok(value) = HeaderValue::from_str(&text)
                && !text.is_empty()
            {
                response.headers_mut().insert(header, value);
            }
        }
    }
}
