//! What stands behind a credential: a platform key, a tenant's API key, or the session of a person.

use super::company::common;
use super::expand;
use crate::ownership;
use crate::sign_in::service::{self as sign_in, SESSION_PREFIX};
use crate::tenancy::limits;
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{api_key_uses, api_keys, roles, users};
use causeway_entity::platform::{credentials, tenants};
use causeway_kernel::limit::Rates;
use causeway_kernel::{Actor, Find, Ownership, PLATFORM_ADMIN, Principal, Tx};
use causeway_value::{ActorKind, ApiKeyId, CompanyId, Instant, SessionId, TenantId, TenantMode, TenantStatus, TokenKind};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// Seconds between two notes that a key was used.
const KEY_SECONDS: i64 = 600;

/// What a secret opens, told by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Key,
    Session,
}

pub(super) fn kind_of(token: &str) -> Kind {
    if token.starts_with(SESSION_PREFIX) { Kind::Session } else { Kind::Key }
}

/// A credential whose use is worth a note.
#[derive(Clone, Copy, Debug)]
pub(super) enum Used {
    Key(TenantId, ApiKeyId),
    Session(TenantId, SessionId),
}

impl Used {
    pub(super) const fn tenant(self) -> TenantId {
        match self {
            Self::Key(tenant, _) | Self::Session(tenant, _) => tenant,
        }
    }

    pub(super) fn note(self, tx: &mut Tx<'_>, now: Instant) {
        match self {
            Self::Session(_, id) => sign_in::seen(tx, id.uuid(), now),
            Self::Key(tenant, id) => tx.plain(
                "INSERT INTO api_key_uses (tenant_id, api_key_id, last_used_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (tenant_id, api_key_id) DO UPDATE SET last_used_at = excluded.last_used_at",
                vec![tenant.into(), id.into(), now.into()],
            ),
        }
    }
}

/// The principal of a secret with this hash.
///
/// # Errors
/// `unauthenticated`, or `tenant_suspended`.
pub(super) async fn load(tx: &mut Tx<'_>, kind: Kind, hash: &[u8; 32], now: Instant) -> Result<(Principal, Option<Used>), Problem> {
    match kind {
        Kind::Key => key(tx, hash, now).await,
        Kind::Session => session(tx, hash, now).await,
    }
}

fn refused() -> Problem {
    Problem::new(Code::Unauthenticated, "This API key is not valid: unknown, expired or revoked. Ask an administrator for a new one.")
}

fn signed_out() -> Problem {
    Problem::new(Code::Unauthenticated, "This session has ended. Sign in again with POST /v1/sessions.")
}

fn open(tenant: &tenants::Model) -> Result<(), Problem> {
    if tenant.status == TenantStatus::Suspended {
        return Err(Problem::new(Code::TenantSuspended, "This tenant is suspended. Its owner should contact the operator of this service."));
    }
    Ok(())
}

async fn key(tx: &mut Tx<'_>, hash: &[u8; 32], now: Instant) -> Result<(Principal, Option<Used>), Problem> {
    let credential = Find::<credentials::Entity>::new().eq(credentials::Column::Hash, hash.to_vec()).one(tx).await?.ok_or_else(refused)?;
    if credential.valid_until.is_some_and(|until| until <= now) {
        return Err(refused());
    }
    let Some(tenant_id) = credential.tenant_id else { return Ok((platform(credential.api_key_id), None)) };
    let tenant = tx.get::<tenants::Entity>(tenant_id).await?.ok_or_else(refused)?;
    tx.enter(tenant_id).await?;
    let key = tx.get::<api_keys::Entity>(credential.api_key_id).await?.ok_or_else(refused)?;
    if key.revoked_at.is_some() || key.expires_at.is_some_and(|at| at <= now) {
        return Err(refused());
    }
    let user = match key.user_id {
        Some(user) => Some(tx.get::<users::Entity>(user).await?.filter(|user| user.active).ok_or_else(refused)?),
        None => None,
    };
    open(&tenant)?;
    let (permissions, companies) = reach(tx, &key, user.as_ref()).await?;
    let last = Find::<api_key_uses::Entity>::new().eq(api_key_uses::Column::ApiKeyId, key.id).one(tx).await?;
    let stale = last.is_none_or(|last| last.last_used_at.plus_seconds(KEY_SECONDS) <= now);
    let principal = Principal {
        tenant: tenant_id,
        mode: tenant.mode,
        actor: Actor { kind: ActorKind::ApiKey, id: Some(key.id.uuid()) },
        user: key.user_id.map(causeway_value::UserId::uuid),
        permissions: Arc::new(permissions),
        companies: companies.map(Into::into),
        session: None,
        rates: limits::rates(tenant.mode, limits::of(tx, tenant_id).await?.as_ref()),
        ownership: ownership::of_writer(tx, &tenant, key.system.as_deref(), None).await?,
        sources: key.allowed_sources.map(|sources| crate::identity::source::stored(&sources.0).into()),
    };
    Ok((principal, stale.then_some(Used::Key(tenant_id, key.id))))
}

/// What a key may do and for which companies: what it was given, as far as the person who answers for it may do it now. Read at most once a second for a key,
/// as everything else of it.
///
/// # Errors
/// `unauthenticated` when no company is left; when the database fails.
async fn reach(tx: &mut Tx<'_>, key: &api_keys::Model, user: Option<&users::Model>) -> Result<(BTreeSet<String>, Option<Vec<CompanyId>>), Problem> {
    let permissions = expand(&key.scopes.0);
    let companies = key.company_ids.as_ref().map(|companies| companies.0.clone());
    let Some(user) = user else { return Ok((permissions, companies)) };
    let theirs = expand(&permissions_of(tx, user).await?);
    let companies = common(companies, user.company_ids.as_ref().map(|companies| companies.0.clone()));
    if companies.as_ref().is_some_and(Vec::is_empty) {
        let detail = "This API key is limited to companies that the person who answers for it may no longer see. Ask an administrator for a new one.";
        return Err(Problem::new(Code::Unauthenticated, detail));
    }
    Ok((permissions.intersection(&theirs).cloned().collect(), companies))
}

fn platform(key: ApiKeyId) -> Principal {
    Principal {
        tenant: TenantId::from_uuid(Uuid::nil()),
        mode: TenantMode::Live,
        actor: Actor { kind: ActorKind::Platform, id: Some(key.uuid()) },
        user: None,
        permissions: Arc::new(BTreeSet::from([PLATFORM_ADMIN.to_owned()])),
        companies: None,
        session: None,
        rates: Rates::default(),
        sources: None,
        ownership: Ownership::default(),
    }
}

async fn session(tx: &mut Tx<'_>, hash: &[u8; 32], now: Instant) -> Result<(Principal, Option<Used>), Problem> {
    let token = sign_in::token(tx, TokenKind::Session, hash, now).await?.ok_or_else(signed_out)?;
    let tenant = tx.get::<tenants::Entity>(token.tenant_id).await?.ok_or_else(signed_out)?;
    tx.enter(tenant.id).await?;
    let session = sign_in::working(tx, token.subject_id, now).await?.ok_or_else(signed_out)?;
    let user = tx.get::<users::Entity>(session.user_id).await?.filter(|user| user.active).ok_or_else(signed_out)?;
    open(&tenant)?;
    let permissions = expand(&permissions_of(tx, &user).await?);
    let stale = session.last_seen_at.plus_seconds(crate::sign_in::last_seen_interval()) <= now;
    let principal = Principal {
        tenant: tenant.id,
        mode: tenant.mode,
        actor: Actor { kind: ActorKind::User, id: Some(user.id.uuid()) },
        user: Some(user.id.uuid()),
        permissions: Arc::new(permissions),
        companies: user.company_ids.clone().map(|companies| companies.0.into()),
        session: Some(crate::sign_in::facts(&session)),
        rates: limits::rates(tenant.mode, limits::of(tx, tenant.id).await?.as_ref()),
        sources: None,
        ownership: ownership::of_writer(tx, &tenant, None, Some(user.id)).await?,
    };
    Ok((principal, stale.then_some(Used::Session(tenant.id, session.id))))
}

/// The patterns that a person's roles give, added up.
async fn permissions_of(tx: &mut Tx<'_>, user: &users::Model) -> Result<Vec<String>, Problem> {
    Ok(roles_of(tx, user).await?.into_iter().flat_map(|role| role.permissions.0).collect())
}

/// The roles that a person has.
///
/// # Errors
/// When the database fails.
pub(crate) async fn roles_of(tx: &mut Tx<'_>, user: &users::Model) -> Result<Vec<roles::Model>, Problem> {
    if user.role_ids.0.is_empty() {
        return Ok(Vec::new());
    }
    Find::<roles::Entity>::new().among(roles::Column::Id, user.role_ids.0.iter().copied()).all(tx).await
}
