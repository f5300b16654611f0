//! The verbs of users, and what may be granted.

use crate::access::covers;
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
    let user = record_user(ctx, tx, "user.created", &row)?;
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
        invitation,
    })
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
    tx.update(&old, &new);
    tx.rights_changed();
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
pub(super) async fn check_grants(ctx: &Ctx, tx: &mut Tx<'_>, role_ids: Option<&Vec<RoleId>>, company_ids: Option<&Vec<CompanyId>>) -> Result<(), Problem> {
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
