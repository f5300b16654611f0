//! The verbs of users, roles and keys.

use crate::access::authenticate::forget_all;
use crate::access::{covers, expand, unknown};
use crate::tenancy::service::secret_prefix;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::{api_keys, companies, roles, users};
use causeway_entity::platform::{credentials, tenants};
use causeway_kernel::{Change, Ctx, Find, Tx, crypto};
use causeway_openapi::identity as wire;
use causeway_openapi::object::Actor;
use causeway_value::{ActorKind, ApiKeyId, CompanyId, Instant, Json, RoleId, UserId, type_id};

/// Characters of a secret that stay visible.
const SHOWN: usize = 14;

// ---- users ----

/// Creates a user.
///
/// # Errors
/// Fields that are wrong; `already_exists` when the mail address is taken.
pub async fn create_user(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateUser) -> Result<wire::User, Problem> {
    check_grants(ctx, tx, Some(&body.role_ids), Some(&body.company_ids)).await?;
    let now = ctx.now();
    let row = users::Model {
        tenant_id: ctx.tenant,
        id: UserId::new(),
        name: body.name.clone(),
        email: body.email.to_lowercase(),
        role_ids: Json(body.role_ids.clone()),
        company_ids: limited(body.company_ids.clone()),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    email_is_free(tx, &row).await?;
    tx.insert(row.clone());
    record_user(ctx, tx, "user.created", &row)
}

/// Changes a user.
///
/// # Errors
/// As [`create_user`], and `not_found`.
pub async fn update_user(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId, body: &wire::UpdateUser) -> Result<wire::User, Problem> {
    let old = tx.lock::<users::Entity>(id).await?;
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.email = body.email.clone().over_required(new.email).to_lowercase();
    new.role_ids = Json(body.role_ids.clone().over_required(new.role_ids.0));
    let companies = body.company_ids.clone().over_required(new.company_ids.map(|companies| companies.0).unwrap_or_default());
    new.active = body.active.clone().over_required(new.active);
    check_grants(ctx, tx, (!body.role_ids.is_absent()).then_some(&new.role_ids.0), (!body.company_ids.is_absent()).then_some(&companies)).await?;
    new.company_ids = limited(companies);
    new.version += 1;
    new.updated_at = ctx.now();
    if new.email != old.email {
        email_is_free(tx, &new).await?;
    }
    tx.update(&old, &new);
    forget_all();
    record_user(ctx, tx, "user.updated", &new)
}

async fn email_is_free(tx: &mut Tx<'_>, row: &users::Model) -> Result<(), Problem> {
    let taken = Find::<users::Entity>::new().eq(users::Column::Email, row.email.as_str()).one(tx).await?;
    match taken {
        Some(other) if other.id != row.id => Err(Problem::new(Code::AlreadyExists, format!("A user with the address {} exists already.", row.email))),
        _ => Ok(()),
    }
}

/// Roles must exist and give no more than the caller has; companies must exist.
async fn check_grants(ctx: &Ctx, tx: &mut Tx<'_>, role_ids: Option<&Vec<RoleId>>, company_ids: Option<&Vec<CompanyId>>) -> Result<(), Problem> {
    let mut errors = Vec::new();
    if let Some(ids) = role_ids.filter(|ids| !ids.is_empty()) {
        let found = Find::<roles::Entity>::new().among(roles::Column::Id, ids.iter().copied()).all(tx).await?;
        for (index, id) in ids.iter().enumerate() {
            let pointer = format!("/role_ids/{index}");
            match found.iter().find(|role| role.id == *id) {
                None => errors.push(FieldError::pointer(Code::NotFound, pointer, "names no role of this tenant")),
                Some(role) if !covers(&ctx.permissions, &role.permissions.0) => {
                    errors.push(FieldError::pointer(Code::PermissionDenied, pointer, "gives permissions that you do not have yourself"));
                }
                Some(_) => {}
            }
        }
    }
    if let Some(ids) = company_ids.filter(|ids| !ids.is_empty()) {
        let found = Find::<companies::Entity>::new().among(companies::Column::Id, ids.iter().copied()).all(tx).await?;
        for (index, id) in ids.iter().enumerate() {
            if !found.iter().any(|company| company.id == *id) {
                errors.push(FieldError::pointer(Code::NotFound, format!("/company_ids/{index}"), "names no company of this tenant"));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
}

fn limited(companies: Vec<CompanyId>) -> Option<Json<Vec<CompanyId>>> {
    (!companies.is_empty()).then_some(Json(companies))
}

/// Records what happened to a user.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn record_user(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &users::Model) -> Result<wire::User, Problem> {
    let body = user_view(row);
    tx.record(ctx, &Change { event, object: "user", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The user as the API shows it.
#[must_use]
pub fn user_view(row: &users::Model) -> wire::User {
    wire::User {
        id: row.id,
        object: "user".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        email: row.email.clone(),
        role_ids: row.role_ids.0.clone(),
        company_ids: row.company_ids.clone().map(|companies| companies.0).unwrap_or_default(),
        active: row.active,
    }
}

// ---- roles ----

/// Creates a role.
///
/// # Errors
/// Permissions that are unknown or more than the caller has; `already_exists` when the name is taken.
pub async fn create_role(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateRole) -> Result<wire::Role, Problem> {
    check_permissions(ctx, &body.permissions, "/permissions")?;
    if Find::<roles::Entity>::new().eq(roles::Column::Name, body.name.as_str()).one(tx).await?.is_some() {
        return Err(Problem::new(Code::AlreadyExists, format!("A role called {} exists already.", body.name)));
    }
    let now = ctx.now();
    let row = roles::Model {
        tenant_id: ctx.tenant,
        id: RoleId::new(),
        name: body.name.clone(),
        permissions: Json(body.permissions.clone()),
        built_in: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    record_role(ctx, tx, "role.created", &row)
}

/// Changes a role.
///
/// # Errors
/// As [`create_role`]; `state_conflict` for a built-in role.
pub async fn update_role(ctx: &Ctx, tx: &mut Tx<'_>, id: RoleId, body: &wire::UpdateRole) -> Result<wire::Role, Problem> {
    let old = tx.lock::<roles::Entity>(id).await?;
    if old.built_in {
        return Err(Problem::new(Code::StateConflict, "Built-in roles never change. Create a role of your own with the permissions you need."));
    }
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.permissions = Json(body.permissions.clone().over_required(new.permissions.0));
    check_permissions(ctx, &new.permissions.0, "/permissions")?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    forget_all();
    record_role(ctx, tx, "role.updated", &new)
}

fn check_permissions(ctx: &Ctx, patterns: &[String], pointer: &str) -> Result<(), Problem> {
    let errors = unknown(patterns, pointer);
    if !errors.is_empty() {
        return Err(Problem::of(errors));
    }
    if covers(&ctx.permissions, patterns) {
        return Ok(());
    }
    let missing: Vec<String> = expand(patterns).difference(&ctx.permissions).cloned().collect();
    Err(Problem::new(Code::PermissionDenied, format!("You cannot give permissions that you do not have: {}.", missing.join(", "))))
}

fn record_role(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &roles::Model) -> Result<wire::Role, Problem> {
    let body = role_view(row);
    tx.record(ctx, &Change { event, object: "role", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The role as the API shows it.
#[must_use]
pub fn role_view(row: &roles::Model) -> wire::Role {
    wire::Role {
        id: row.id,
        object: "role".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        permissions: row.permissions.0.clone(),
        built_in: row.built_in,
    }
}

// ---- keys ----

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
        prefix: secret.chars().take(SHOWN).collect(),
        scopes: Json(key.scopes),
        company_ids: key.company_ids.map(Json),
        user_id: key.user_id,
        expires_at: key.expires_at,
        previous_expires_at: None,
        revoked_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    insert_credential(tx, &row, &secret);
    record_key(ctx, tx, "api_key.created", &row)?;
    Ok((row, secret))
}

fn insert_credential(tx: &mut Tx<'_>, row: &api_keys::Model, secret: &str) {
    tx.insert(credentials::Model {
        hash: crypto::sha256(&[secret.as_bytes()]).to_vec(),
        api_key_id: row.id,
        tenant_id: Some(tx.tenant()),
        platform: false,
        valid_until: None,
        created_at: row.updated_at,
    });
}

/// Creates a key.
///
/// # Errors
/// Scopes that are unknown or more than the caller has; companies that are not the tenant's.
pub async fn create_key(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateApiKey) -> Result<wire::NewApiKey, Problem> {
    check_permissions(ctx, &body.scopes, "/scopes")?;
    check_grants(ctx, tx, None, Some(&body.company_ids)).await?;
    if body.expires_at.is_some_and(|at| at <= ctx.wall()) {
        return Err(Problem::field(Code::InvalidValue, "/expires_at", "must be in the future"));
    }
    let granted = ctx.companies.as_ref().map(|companies| companies.to_vec());
    let company_ids = if body.company_ids.is_empty() { granted } else { Some(body.company_ids.clone()) };
    let key = NewKey { name: &body.name, scopes: body.scopes.clone(), company_ids, user_id: ctx.user.map(UserId::from_uuid), expires_at: body.expires_at };
    let (row, secret) = insert_key(ctx, tx, key)?;
    Ok(with_secret(&row, secret))
}

/// Gives a key a new secret; the old one works until the overlap ends.
///
/// # Errors
/// `state_conflict` when the key is revoked.
pub async fn rotate_key(ctx: &Ctx, tx: &mut Tx<'_>, id: ApiKeyId, overlap_seconds: u32) -> Result<wire::NewApiKey, Problem> {
    let old = tx.lock::<api_keys::Entity>(id).await?;
    if old.revoked_at.is_some() {
        return Err(Problem::new(Code::StateConflict, "The key is revoked. Create a new one."));
    }
    let now = ctx.wall();
    let until = now.plus_seconds(i64::from(overlap_seconds));
    for credential in Find::<credentials::Entity>::new().eq(credentials::Column::ApiKeyId, id).lock().all(tx).await? {
        if credential.valid_until.is_none_or(|at| at > until) {
            let ending = credentials::Model { valid_until: Some(until), ..credential.clone() };
            tx.update(&credential, &ending);
        }
    }
    let secret = crypto::secret(secret_prefix(ctx.mode));
    let new = api_keys::Model {
        prefix: secret.chars().take(SHOWN).collect(),
        previous_expires_at: Some(until),
        version: old.version + 1,
        updated_at: now,
        ..old.clone()
    };
    tx.update(&old, &new);
    insert_credential(tx, &new, &secret);
    record_key(ctx, tx, "api_key.rotated", &new)?;
    forget_all();
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
    forget_all();
    record_key(ctx, tx, "api_key.revoked", &new)
}

fn record_key(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &api_keys::Model) -> Result<wire::ApiKey, Problem> {
    let body = key_view(row);
    tx.record(ctx, &Change { event, object: "api_key", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The key as the API shows it, without its secret.
#[must_use]
pub fn key_view(row: &api_keys::Model) -> wire::ApiKey {
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
        expires_at: row.expires_at,
        previous_expires_at: row.previous_expires_at,
        revoked_at: row.revoked_at,
    }
}

fn with_secret(row: &api_keys::Model, secret: String) -> wire::NewApiKey {
    let key = key_view(row);
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
        expires_at: key.expires_at,
        previous_expires_at: key.previous_expires_at,
        revoked_at: key.revoked_at,
        secret,
    }
}

// ---- the caller ----

/// Who the caller is.
///
/// # Errors
/// When the database fails.
pub async fn me(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<wire::Me, Problem> {
    let tenant = tx.must::<tenants::Entity>(ctx.tenant).await?;
    let key = match ctx.actor.id {
        Some(id) if ctx.actor.kind == ActorKind::ApiKey => tx.get::<api_keys::Entity>(ApiKeyId::from_uuid(id)).await?,
        _ => None,
    };
    Ok(wire::Me {
        object: "me".to_owned(),
        tenant: wire::MyTenant { id: tenant.id, name: tenant.name, slug: tenant.slug, mode: tenant.mode },
        actor: Actor { kind: ctx.actor.kind, id: ctx.actor.id.map(|id| actor_id(ctx.actor.kind, id)), name: key.map(|key| key.name) },
        permissions: ctx.permissions.iter().cloned().collect(),
        company_ids: ctx.companies.as_ref().map(|companies| companies.to_vec()).unwrap_or_default(),
    })
}

/// The id of an actor as the API shows it.
#[must_use]
pub fn actor_id(kind: ActorKind, id: uuid::Uuid) -> String {
    type_id(if kind == ActorKind::User { "usr" } else { "key" }, id)
}
