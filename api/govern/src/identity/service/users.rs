//! The verbs of users, and what may be granted.

use super::roles::holding;
use crate::access::{OWNER, covers, roles_of, within};
use crate::refs;
use crate::sign_in::service::end_sessions;
use crate::tenancy::limits::room_for_user;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::{companies, roles, users};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::identity as wire;
use causeway_value::{CompanyId, Json, RoleId, UserId};

/// Creates a user.
///
/// # Errors
/// Fields that are wrong; `already_exists` when the mail address is taken.
pub async fn create_user(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateUser) -> Result<wire::NewUser, Problem> {
    room_for_user(tx).await?;
    let mut errors = blank(&body.name);
    check_grants(ctx, tx, Some(&body.role_ids), Some(&body.company_ids), &mut errors).await?;
    finish(errors)?;
    let now = ctx.now();
    let row = users::Model {
        tenant_id: ctx.tenant,
        id: UserId::new(),
        name: body.name.clone(),
        email: body.email.to_lowercase(),
        role_ids: Json(body.role_ids.clone()),
        company_ids: granted(ctx, body.company_ids.clone()),
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    email_is_free(tx, &row).await?;
    tx.insert(row.clone());
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs("user", row.id.uuid(), &refs, true);
    index_user(tx, &row, true);
    let user = record_user(ctx, tx, "user.created", &row, refs)?;
    let invitation = crate::sign_in::invite(ctx, tx, row.id);
    Ok(wire::NewUser {
        id: user.id,
        object: user.object,
        created_at: user.created_at,
        updated_at: user.updated_at,
        version: user.version,
        name: user.name,
        email: user.email,
        role_ids: user.role_ids,
        company_ids: user.company_ids,
        active: user.active,
        external_refs: user.external_refs,
        invitation: Some(invitation),
    })
}

/// Changes a user.
///
/// # Errors
/// As [`create_user`]; `not_found`; `permission_denied` for a person who may do more than the caller; `state_conflict` for the last owner.
pub async fn update_user(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId, body: &wire::UpdateUser) -> Result<wire::User, Problem> {
    let (old, roles) = manageable(ctx, tx, id).await?;
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.email = body.email.clone().over_required(new.email).to_lowercase();
    new.role_ids = Json(body.role_ids.clone().over_required(new.role_ids.0));
    let companies = body.company_ids.clone().over_required(new.company_ids.clone().map(|companies| companies.0).unwrap_or_default());
    new.active = body.active.clone().over_required(new.active);
    let mut errors = blank(&new.name);
    let (given, limits) = ((!body.role_ids.is_absent()).then_some(&new.role_ids.0), (!body.company_ids.is_absent()).then_some(&companies));
    check_grants(ctx, tx, given, limits, &mut errors).await?;
    finish(errors)?;
    if !body.company_ids.is_absent() {
        new.company_ids = granted(ctx, companies);
    }
    keep_an_owner(tx, &old, &new, &roles).await?;
    if new.active && !old.active {
        room_for_user(tx).await?;
    }
    if !new.active && old.active {
        end_sessions(ctx, tx, id, None).await?;
    }
    new.version += 1;
    new.updated_at = ctx.now();
    if new.email != old.email {
        email_is_free(tx, &new).await?;
    }
    let refs = refs::patched(tx, "user", id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    if (&new.name, &new.email) != (&old.name, &old.email) {
        index_user(tx, &new, false);
    }
    tx.rights_changed();
    record_user(ctx, tx, "user.updated", &new, refs)
}

async fn email_is_free(tx: &mut Tx<'_>, row: &users::Model) -> Result<(), Problem> {
    let taken = Find::<users::Entity>::new().eq(users::Column::Email, row.email.as_str()).one(tx).await?;
    match taken {
        Some(other) if other.id != row.id => Err(Problem::new(Code::AlreadyExists, format!("A user with the address {} exists already.", row.email))),
        _ => Ok(()),
    }
}

/// A person whom the caller may change or give a way in, and the person's roles: nobody has a say over an account that can do more than they can, or for more
/// companies. That holds for a key and its own person, too: a narrow key is no way into the wide account behind it.
///
/// # Errors
/// `not_found`; `permission_denied`.
pub(crate) async fn manageable(ctx: &Ctx, tx: &mut Tx<'_>, id: UserId) -> Result<(users::Model, Vec<roles::Model>), Problem> {
    let user = tx.lock::<users::Entity>(id).await?;
    let held = roles_of(tx, &user).await?;
    let theirs: Vec<String> = held.iter().flat_map(|role| role.permissions.0.iter().cloned()).collect();
    if !covers(&ctx.permissions, &theirs) {
        return Err(Problem::new(Code::PermissionDenied, "This person has permissions that you do not have yourself; ask an owner."));
    }
    if !within(ctx.companies.as_deref(), user.company_ids.as_ref().map(|companies| companies.0.as_slice())) {
        return Err(Problem::new(Code::PermissionDenied, "This person may see companies that you may not see yourself; ask an owner."));
    }
    Ok((user, held))
}

/// Refuses what would leave the tenant without an owner: an active person who has the role `owner` for all companies. Two who step down at once lock each
/// other's rows, so that one of them finds the other gone.
async fn keep_an_owner(tx: &mut Tx<'_>, old: &users::Model, new: &users::Model, held: &[roles::Model]) -> Result<(), Problem> {
    let Some(owner) = held.iter().find(|role| role.built_in && role.name == OWNER) else { return Ok(()) };
    let is_one = |user: &users::Model| user.active && user.company_ids.is_none() && user.role_ids.0.contains(&owner.id);
    if !is_one(old) || is_one(new) {
        return Ok(());
    }
    let others = holding(owner.id).eq(users::Column::Active, true).is_null(users::Column::CompanyIds).ne(users::Column::Id, old.id);
    if others.lock().one(tx).await?.is_some() {
        return Ok(());
    }
    let detail = format!("{} is the last active owner of all companies. Give somebody else the role `owner` without a limit to companies first.", old.name);
    Err(Problem::new(Code::StateConflict, detail))
}

/// The error of a name without a letter.
pub(super) fn blank(name: &str) -> Vec<FieldError> {
    if name.trim().is_empty() { vec![FieldError::pointer(Code::InvalidValue, "/name", "must not be empty")] } else { Vec::new() }
}

/// All that is wrong, at once.
pub(super) fn finish(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
}

/// Roles must exist and give no more than the caller has; companies must exist, and be the caller's.
pub(super) async fn check_grants(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    role_ids: Option<&Vec<RoleId>>,
    company_ids: Option<&Vec<CompanyId>>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Problem> {
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
    Ok(())
}

/// The companies that somebody is limited to: those that were named, else all that the caller may give, which is the caller's own limit.
pub(super) fn granted(ctx: &Ctx, companies: Vec<CompanyId>) -> Option<Json<Vec<CompanyId>>> {
    if companies.is_empty() { ctx.companies.as_ref().map(|own| Json(own.to_vec())) } else { Some(Json(companies)) }
}

/// Makes a user findable by name and mail address.
pub fn index_user(tx: &mut Tx<'_>, row: &users::Model, fresh: bool) {
    tx.index_words("user", row.id.uuid(), &[Some(&row.name), Some(&row.email)], fresh);
}

/// Records what happened to a user, who has these external references.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn record_user(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &users::Model, refs: Vec<(String, String)>) -> Result<wire::User, Problem> {
    let body = user_view(row, refs);
    tx.record(ctx, &Change { event, object: "user", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The user as the API shows it.
#[must_use]
pub fn user_view(row: &users::Model, refs: Vec<(String, String)>) -> wire::User {
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
        external_refs: refs::shown(refs),
    }
}
