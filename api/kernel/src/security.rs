//! The security log: what was refused, written in a transaction of its own (threat 61).

use crate::limits::{REFUSALS_IN_ALL_PER_MINUTE, REFUSALS_PER_MINUTE};
use crate::{Ctx, Db, clock, telemetry};
use causeway_entity::platform::security_log;
use causeway_value::{ApiKeyId, Instant, SecurityEventId, TenantId, UserId};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use uuid::Uuid;

/// A request that was refused.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why, as a word: `refusal`, `sign_in`.
    pub kind: &'static str,
    /// The tenant, when it is known.
    pub tenant: Option<TenantId>,
    /// The key that called.
    pub key: Option<ApiKeyId>,
    /// The person who called, or whose account was tried.
    pub user: Option<UserId>,
    /// Where it came from.
    pub source: Option<IpAddr>,
    /// The method.
    pub method: &'static str,
    /// The path.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// The problem code of the answer.
    pub code: String,
    /// The request.
    pub request_id: String,
}

/// Paths are kept up to this many characters.
const PATH: usize = 500;

/// What a refusal is counted under: the caller, or where it came from when nobody knows who that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Source {
    Caller(Uuid),
    Network(Option<IpAddr>),
}

/// What becomes of a refusal in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is written down.
    Row,
    /// It is written down, and says that those after it are counted only.
    Last,
    /// It is counted.
    None,
}

/// The refusals of the minute that runs. Each is kept for more than a year, so whoever asks without end must not fill the disk, nor the writer's time.
#[derive(Default)]
struct Minute {
    number: i64,
    all: u32,
    of: HashMap<Source, u32>,
}

static MINUTE: LazyLock<Mutex<Minute>> = LazyLock::new(Mutex::default);

impl Minute {
    fn place(&mut self, source: Source, minute: i64) -> Place {
        if self.number != minute {
            *self = Self { number: minute, ..Self::default() };
        }
        // Beyond this nothing is written, so nobody new needs to be remembered either.
        if self.all >= REFUSALS_IN_ALL_PER_MINUTE {
            return Place::None;
        }
        let count = self.of.entry(source).or_default();
        *count = count.saturating_add(1);
        let place = match *count {
            below if below < REFUSALS_PER_MINUTE => Place::Row,
            REFUSALS_PER_MINUTE => Place::Last,
            _ => return Place::None,
        };
        self.all += 1;
        if self.all == REFUSALS_IN_ALL_PER_MINUTE { Place::Last } else { place }
    }
}

/// The kind of the last refusal of a minute that has a row of its own.
const LAST: &str = "refusals_counted";

impl Refusal {
    fn counted_under(&self) -> Source {
        let caller = self.key.map(|key| key.uuid()).or_else(|| self.user.map(|user| user.uuid()));
        caller.map_or_else(|| Source::Network(self.source.map(network)), Source::Caller)
    }
}

/// The network of an address: whoever has one IPv6 address has all of its /64.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// Writes a refusal down without making the caller wait: the first ones of a minute, of each caller and in all; the others are counted
/// (`causeway_refusals_not_logged`).
pub fn write_down(db: &Db, mut refusal: Refusal) {
    let now = clock::wall();
    let place = MINUTE.lock().unwrap_or_else(PoisonError::into_inner).place(refusal.counted_under(), now.0 / 60_000_000);
    match place {
        Place::Row => {}
        Place::Last => refusal.kind = LAST,
        Place::None => return telemetry::pressure().not_logged(),
    }
    let row = row(refusal, now);
    let db = db.clone();
    actix_web::rt::spawn(async move {
        let ctx = Arc::new(Ctx::platform());
        let written = db
            .write(&ctx, async move |_, tx| {
                tx.insert(row.clone());
                Ok(())
            })
            .await;
        if let Err(problem) = written {
            tracing::error!(%problem, "a refusal could not be written to the security log");
        }
    });
}

fn row(refusal: Refusal, at: Instant) -> security_log::Model {
    security_log::Model {
        id: SecurityEventId::new(),
        at,
        tenant_id: refusal.tenant,
        api_key_id: refusal.key,
        kind: refusal.kind.to_owned(),
        method: refusal.method.to_owned(),
        path: refusal.path.chars().take(PATH).collect(),
        status: i64::from(refusal.status),
        code: refusal.code,
        request_id: refusal.request_id,
        user_id: refusal.user,
        source: refusal.source.map(|source| source.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_counted_and_others_are_still_written_down() {
        let mut minute = Minute::default();
        let (noisy, quiet) = (Source::Network("192.0.2.1".parse().ok()), Source::Caller(Uuid::from_u128(1)));
        let places: Vec<_> = (0..REFUSALS_PER_MINUTE * 100).map(|_| minute.place(noisy, 7)).collect();
        let written = usize::try_from(REFUSALS_PER_MINUTE).unwrap();
        assert!(places[..written - 1].iter().all(|place| *place == Place::Row));
        assert_eq!(places[written - 1], Place::Last);
        assert!(places[written..].iter().all(|place| *place == Place::None));
        assert_eq!(minute.place(quiet, 7), Place::Row);
        assert_eq!(minute.place(noisy, 8), Place::Row, "the next minute begins anew");
    }

    #[test]
    fn many_addresses_together_are_bounded_as_well() {
        let mut minute = Minute::default();
        let written = (0..100_000_u32).filter(|number| minute.place(Source::Network(Some(IpAddr::from(number.to_be_bytes()))), 7) != Place::None).count();
        assert_eq!(u32::try_from(written), Ok(REFUSALS_IN_ALL_PER_MINUTE));
        assert!(minute.of.len() <= written, "addresses beyond are not remembered");
    }

    #[test]
    fn an_ipv6_network_is_one_source() {
        let of = |text: &str| network(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!((of("192.0.2.7"), of("::ffff:192.0.2.7")), ("192.0.2.7".to_owned(), "192.0.2.7".to_owned()));
    }
}
