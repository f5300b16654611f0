//! From bearer token to principal: one look-up by hash, remembered for a second.

use super::expand;
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{api_keys, users};
use causeway_entity::platform::{credentials, tenants};
use causeway_kernel::http::{Authenticate, LocalFuture};
use causeway_kernel::limits::CREDENTIAL_CACHE_MICROS;
use causeway_kernel::{Actor, Ctx, Db, Find, PLATFORM_ADMIN, Principal, Tx, clock, crypto};
use causeway_value::{ActorKind, Instant, TenantId, TenantMode, TenantStatus};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

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

static GENERATION: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Makes every instance of [`Credentials`] in this process ask the database again: called by whatever changes a right.
pub(crate) fn forget_all() {
    GENERATION.fetch_add(1, std::sync::atomic::Ordering::Release);
}

impl Authenticate for Credentials {
    fn principal<'a>(&'a self, db: &'a Db, token: &'a str) -> LocalFuture<'a, Result<Arc<Principal>, Problem>> {
        Box::pin(async move {
            let hash = crypto::sha256(&[token.as_bytes()]);
            let now = clock::wall();
            let generation = GENERATION.load(std::sync::atomic::Ordering::Acquire);
            let known = self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
            if let Some(known) = known
                && known.generation == generation
                && now.0 - known.at.0 < CREDENTIAL_CACHE_MICROS
            {
                return Ok(known.principal);
            }
            let principal = Arc::new(db.read(&Ctx::platform(), async move |_, tx| load(tx, &hash, now).await).await?);
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.len() >= REMEMBERED {
                remembered.clear();
            }
            remembered.insert(hash, Remembered { at: now, generation, principal: Arc::clone(&principal) });
            Ok(principal)
        })
    }
}

fn refused() -> Problem {
    Problem::new(Code::Unauthenticated, "This API key is not valid: unknown, expired or revoked. Ask an administrator for a new one.")
}

async fn load(tx: &mut Tx<'_>, hash: &[u8; 32], now: Instant) -> Result<Principal, Problem> {
    let credential = Find::<credentials::Entity>::new().eq(credentials::Column::Hash, hash.to_vec()).one(tx).await?.ok_or_else(refused)?;
    if credential.valid_until.is_some_and(|until| until <= now) {
        return Err(refused());
    }
    let Some(tenant_id) = credential.tenant_id else {
        return Ok(Principal {
            tenant: TenantId::from_uuid(Uuid::nil()),
            mode: TenantMode::Live,
            actor: Actor { kind: ActorKind::Platform, id: Some(credential.api_key_id.uuid()) },
            user: None,
            permissions: Arc::new(BTreeSet::from([PLATFORM_ADMIN.to_owned()])),
            companies: None,
        });
    };
    let tenant = tx.get::<tenants::Entity>(tenant_id).await?.ok_or_else(refused)?;
    tx.enter(tenant_id).await?;
    let key = tx.get::<api_keys::Entity>(credential.api_key_id).await?.ok_or_else(refused)?;
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|at| at <= now) {
        return Err(refused());
    }
    if let Some(user) = key.user_id
        && !tx.get::<users::Entity>(user).await?.is_some_and(|user| user.active)
    {
        return Err(refused());
    }
    if tenant.status == TenantStatus::Suspended {
        return Err(Problem::new(Code::TenantSuspended, "This tenant is suspended. Its owner should contact the operator of this service."));
    }
    Ok(Principal {
        tenant: tenant_id,
        mode: tenant.mode,
        actor: Actor { kind: ActorKind::ApiKey, id: Some(key.id.uuid()) },
        user: key.user_id.map(causeway_value::UserId::uuid),
        permissions: Arc::new(expand(&key.scopes.0)),
        companies: key.company_ids.map(|companies| companies.0.into()),
    })
}
