//! The verbs of API keys.

use super::super::source;
use super::roles::check_permissions;
use super::users::{blank, check_grants, finish, granted};
use crate::access::credential::{self, Secret, shown};
use crate::access::{covers, within};
use crate::tenancy::service::secret_prefix;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::{api_key_uses, api_keys};
use causeway_kernel::{Change, Ctx, Find, Tx, crypto};
use causeway_openapi::identity as wire;
use causeway_openapi::ownership::CAUSEWAY;
use causeway_value::{ApiKeyId, CompanyId, Instant, Json, UserId};
use ipnet::IpNet;
use std::collections::BTreeMap;

/// A key to be made.
pub struct NewKey<'a> {
    /// What it is for.
    pub name: &'a str,
    /// Its permissions, as patterns.
    pub scopes: Vec<String>,
    /// The companies it is limited to.
    pub company_ids: Option<Vec<CompanyId>>,
    /// The person who answers for it.
    pub user_id: Option<UserId>,
    /// When it stops working.
    pub expires_at: Option<Instant>,
    /// Where it may be used from; empty means everywhere.
    pub allowed_sources: Vec<IpNet>,
    /// Why the platform opened the tenant with it; none for the tenant's own.
    pub platform_reason: Option<String>,
    /// The other system that writes with it.
    pub system: Option<String>,
}

impl<'a> NewKey<'a> {
    /// A key for the whole tenant that acts for nobody, works everywhere and never ends.
    #[must_use]
    pub const fn named(name: &'a str, scopes: Vec<String>) -> Self {
        Self { name, scopes, company_ids: None, user_id: None, expires_at: None, allowed_sources: Vec::new(), platform_reason: None, system: None }
    }
}

/// Writes a key and its credential; answers the key and its secret.
///
/// # Errors
/// When it cannot be recorded.
pub fn insert_key(ctx: &Ctx, tx: &mut Tx<'_>, key: NewKey<'_>) -> Result<(api_keys::Model, String), Problem> {
    let secret = crypto::secret(secret_prefix(ctx.mode));
    let now = ctx.wall();
    let row = api_keys::Model {
        tenant_id: tx.tenant(),
        id: ApiKeyId::new(),
        name: key.name.to_owned(),
        prefix: shown(&secret),
        scopes: Json(key.scopes),
        company_ids: key.company_ids.map(Json),
        user_id: key.user_id,
        expires_at: key.expires_at,
        previous_expires_at: None,
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        allowed_sources: written(&key.allowed_sources),
        platform_reason: key.platform_reason,
        system: key.system,
    };
    tx.insert(row.clone());
    insert_credential(tx, &row, &secret);
    record_key(ctx, tx, "api_key.created", &row)?;
    Ok((row, secret))
}

fn written(ranges: &[IpNet]) -> Option<Json<Vec<String>>> {
    (!ranges.is_empty()).then(|| Json(ranges.iter().map(source::shown).collect()))
}

fn insert_credential(tx: &mut Tx<'_>, row: &api_keys::Model, text: &str) {
    credential::write(tx, &Secret { text, key: row.id, platform: false, valid_until: None, created_at: row.updated_at });
}

/// Creates a key.
///
/// # Errors
/// Scopes that are unknown or more than the caller has; companies that are not the tenant's; `permission_denied` for a `system` without
/// `ownership_rules:write`.
pub async fn create_key(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateApiKey) -> Result<wire::NewApiKey, Problem> {
    check_permissions(ctx, &body.scopes, "/scopes")?;
    let mut errors = blank(&body.name);
    check_grants(ctx, tx, None, Some(&body.company_ids), &mut errors).await?;
    if body.expires_at.is_some_and(|at| at <= ctx.wall()) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/expires_at", "must be in the future"));
    }
    check_system(body.system.as_deref(), &mut errors);
    finish(errors)?;
    may_name_system(ctx, None, body.system.as_deref())?;
    let key = NewKey {
        company_ids: granted(ctx, body.company_ids.clone()).map(|companies| companies.0),
        user_id: ctx.user.map(UserId::from_uuid),
        expires_at: body.expires_at,
        allowed_sources: source::read(&body.allowed_sources)?,
        system: body.system.clone(),
        ..NewKey::named(&body.name, body.scopes.clone())
    };
    let (row, secret) = insert_key(ctx, tx, key)?;
    Ok(with_secret(&row, secret))
}

/// A system is named by a word; our own name is that of people and keys without one.
fn check_system(system: Option<&str>, errors: &mut Vec<FieldError>) {
    if system.is_some_and(|system| system.trim().is_empty() || system != system.trim() || system == CAUSEWAY) {
        let detail = format!("must be the name of another system, such as `sap`, without spaces around it; leave it out for what writes as `{CAUSEWAY}`");
        errors.push(FieldError::pointer(Code::InvalidValue, "/system", detail));
    }
}

/// Who lets a key write as another system gives it all that the system owns: that is for those who say what systems own (MDM-08).
fn may_name_system(ctx: &Ctx, old: Option<&str>, new: Option<&str>) -> Result<(), Problem> {
    if old == new || new.is_none() { Ok(()) } else { ctx.require("ownership_rules:write") }
}

/// A key of the tenant that the caller may change. Who gets its secret, or lets it be used from elsewhere, has all that it may do: so nobody gets at a key that
/// can do more than they can, or for more companies.
fn own(ctx: &Ctx, row: &api_keys::Model) -> Result<(), Problem> {
    if !covers(&ctx.permissions, &row.scopes.0) || !within(ctx.companies.as_deref(), row.company_ids.as_ref().map(|companies| companies.0.as_slice())) {
        let detail = "This key may do more than you, or for more companies. Ask somebody who may do as much; you can still revoke it.";
        return Err(Problem::new(Code::PermissionDenied, detail));
    }
    if row.platform_reason.is_some() {
        return Err(Problem::new(Code::StateConflict, "This key is the platform's way in and ends by itself. It can only be revoked."));
    }
    if row.revoked_at.is_some() {
        return Err(Problem::new(Code::StateConflict, "The key is revoked. Create a new one."));
    }
    Ok(())
}

/// Changes a key's name, the system that writes with it, and where it may be used from.
///
/// # Errors
/// `permission_denied` when the key may do more than the caller; `state_conflict` when it is revoked or the platform's; an empty name, and texts that are no
/// address, name their place.
pub async fn update_key(ctx: &Ctx, tx: &mut Tx<'_>, id: ApiKeyId, body: &wire::UpdateApiKey) -> Result<wire::ApiKey, Problem> {
    let old = tx.lock::<api_keys::Entity>(id).await?;
    own(ctx, &old)?;
    let name = body.name.clone().over_required(old.name.clone());
    let system = body.system.clone().over(old.system.clone());
    let mut errors = blank(&name);
    check_system(system.as_deref(), &mut errors);
    finish(errors)?;
    may_name_system(ctx, old.system.as_deref(), system.as_deref())?;
    let known = old.allowed_sources.clone().map(|sources| sources.0).unwrap_or_default();
    let sources = source::read(&body.allowed_sources.clone().over_required(known))?;
    let new = api_keys::Model { name, system, allowed_sources: written(&sources), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    tx.rights_changed();
    record_key(ctx, tx, "api_key.updated", &new)
}

/// Gives a key a new secret; the old one works until the overlap ends.
///
/// # Errors
/// `permission_denied` when the key may do more than the caller; `state_conflict` when it is revoked or the platform's.
pub async fn rotate_key(ctx: &Ctx, tx: &mut Tx<'_>, id: ApiKeyId, overlap_seconds: u32) -> Result<wire::NewApiKey, Problem> {
    let old = tx.lock::<api_keys::Entity>(id).await?;
    own(ctx, &old)?;
    let now = ctx.wall();
    let until = now.plus_seconds(i64::from(overlap_seconds));
    credential::end(tx, id, until).await?;
    let secret = crypto::secret(secret_prefix(ctx.mode));
    let new = api_keys::Model { prefix: shown(&secret), previous_expires_at: Some(until), version: old.version + 1, updated_at: now, ..old.clone() };
    tx.update(&old, &new);
    insert_credential(tx, &new, &secret);
    record_key(ctx, tx, "api_key.rotated", &new)?;
    tx.rights_changed();
    Ok(with_secret(&new, secret))
}

/// Revokes a key at once and for ever.
///
/// # Errors
/// `state_conflict` when it is revoked already.
pub async fn revoke_key(ctx: &Ctx, tx: &mut Tx<'_>, id: ApiKeyId) -> Result<wire::ApiKey, Problem> {
    let old = tx.lock::<api_keys::Entity>(id).await?;
    if old.revoked_at.is_some() {
        return Err(Problem::new(Code::StateConflict, "The key is revoked already."));
    }
    let new = api_keys::Model { revoked_at: Some(ctx.wall()), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    tx.rights_changed();
    record_key(ctx, tx, "api_key.revoked", &new)
}

fn record_key(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &api_keys::Model) -> Result<wire::ApiKey, Problem> {
    let body = key_view(row, None);
    tx.record(ctx, &Change { event, object: "api_key", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The key as the API shows it, without its secret.
#[must_use]
pub fn key_view(row: &api_keys::Model, last_used_at: Option<Instant>) -> wire::ApiKey {
    wire::ApiKey {
        id: row.id,
        object: "api_key".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        prefix: row.prefix.clone(),
        user_id: row.user_id,
        scopes: row.scopes.0.clone(),
        company_ids: row.company_ids.clone().map(|companies| companies.0).unwrap_or_default(),
        allowed_sources: row.allowed_sources.clone().map(|sources| sources.0).unwrap_or_default(),
        platform_reason: row.platform_reason.clone(),
        system: row.system.clone(),
        expires_at: row.expires_at,
        previous_expires_at: row.previous_expires_at,
        revoked_at: row.revoked_at,
        last_used_at,
    }
}

/// When these keys were last used.
///
/// # Errors
/// When the database fails.
pub async fn last_uses(tx: &mut Tx<'_>, keys: &[api_keys::Model]) -> Result<BTreeMap<ApiKeyId, Instant>, Problem> {
    let ids = keys.iter().map(|key| key.id);
    let uses = Find::<api_key_uses::Entity>::new().among(api_key_uses::Column::ApiKeyId, ids).all(tx).await?;
    Ok(uses.into_iter().map(|used| (used.api_key_id, used.last_used_at)).collect())
}

fn with_secret(row: &api_keys::Model, secret: String) -> wire::NewApiKey {
    let key = key_view(row, None);
    wire::NewApiKey {
        id: key.id,
        object: key.object,
        created_at: key.created_at,
        updated_at: key.updated_at,
        version: key.version,
        name: key.name,
        prefix: key.prefix,
        user_id: key.user_id,
        scopes: key.scopes,
        company_ids: key.company_ids,
        allowed_sources: key.allowed_sources,
        platform_reason: key.platform_reason,
        system: key.system,
        expires_at: key.expires_at,
        previous_expires_at: key.previous_expires_at,
        revoked_at: key.revoked_at,
        secret,
    }
}
