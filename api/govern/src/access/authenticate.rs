//! From bearer token to principal: one look-up by hash, remembered for a second.

use super::principal::{self, Used};
use causeway_contract::Problem;
use causeway_kernel::http::{Authenticate, LocalFuture};
use causeway_kernel::limits::CREDENTIAL_CACHE_MICROS;
use causeway_kernel::{Ctx, Db, Principal, clock, crypto, rights};
use causeway_value::Instant;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Remembered credentials, at most; beyond that all are forgotten.
const REMEMBERED: usize = 10_000;

/// Judges bearer tokens.
///
/// A right that was taken away is gone with the next request on this instance and within a second on others.
#[derive(Default)]
pub struct Credentials {
    remembered: Mutex<HashMap<[u8; 32], Remembered>>,
}

#[derive(Clone)]
struct Remembered {
    /// When the database was asked.
    at: Instant,
    /// The generation of rights then.
    generation: u64,
    principal: Arc<Principal>,
}

impl Authenticate for Credentials {
    fn principal<'a>(&'a self, db: &'a Db, token: &'a str) -> LocalFuture<'a, Result<Arc<Principal>, Problem>> {
        Box::pin(async move {
            let hash = crypto::sha256(&[token.as_bytes()]);
            let now = clock::wall();
            let generation = rights::generation();
            let known = self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
            if let Some(known) = known
                && known.generation == generation
                && now.0 - known.at.0 < CREDENTIAL_CACHE_MICROS
            {
                return Ok(known.principal);
            }
            let kind = principal::kind_of(token);
            let (principal, used) = db.read(&Ctx::platform(), async move |_, tx| principal::load(tx, kind, &hash, now).await).await?;
            if let Some(used) = used {
                note(db, used, now);
            }
            let principal = Arc::new(principal);
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= REMEMBERED {
                remembered.clear();
            }
            remembered.insert(hash, Remembered { at: now, generation, principal: Arc::clone(&principal) });
            Ok(principal)
        })
    }
}

/// Notes that a credential was used, without making the caller wait. Notes are minutes apart, so that reading costs no writes.
fn note(db: &Db, used: Used, now: Instant) {
    let db = db.clone();
    tokio::task::spawn_local(async move {
        let ctx = Arc::new(Ctx::platform());
        let written = db
            .write(&ctx, async move |_, tx| {
                tx.enter(used.tenant()).await?;
                used.note(tx, now);
                Ok(())
            })
            .await;
        if let Err(problem) = written {
            tracing::warn!(%problem, "the use of a credential could not be noted");
        }
    });
}
