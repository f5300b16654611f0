//! The security log: what was refused, written in a transaction of its own (threat 61).

use crate::{Ctx, Db, clock};
use causeway_entity::platform::security_log;
use causeway_value::{ApiKeyId, Instant, SecurityEventId, TenantId, UserId};
use std::net::IpAddr;
use std::sync::Arc;

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

/// Writes a refusal down without making the caller wait.
pub fn write_down(db: &Db, refusal: Refusal) {
    let row = row(refusal, clock::wall());
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
