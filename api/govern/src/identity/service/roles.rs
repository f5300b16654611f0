//! The verbs of roles.

use super::users::{blank, finish};
use crate::access::{covers, expand, unknown};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::{roles, users};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::identity as wire;
use causeway_value::{Json, RoleId};

/// People shown as holders of a role, at most.
const HOLDERS: u64 = 200;

/// Creates a role.
///
/// # Errors
/// Permissions that are unknown or more than the caller has; `already_exists` when the name is taken.
pub async fn create_role(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateRole) -> Result<wire::Role, Problem> {
    finish(blank(&body.name))?;
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
/// As [`create_role`]; `permission_denied` for a role that gives more than the caller has; `state_conflict` for a built-in role.
pub async fn update_role(ctx: &Ctx, tx: &mut Tx<'_>, id: RoleId, body: &wire::UpdateRole) -> Result<wire::Role, Problem> {
    let old = tx.lock::<roles::Entity>(id).await?;
    if old.built_in {
        return Err(Problem::new(Code::StateConflict, "Built-in roles never change. Create a role of your own with the permissions you need."));
    }
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.permissions = Json(body.permissions.clone().over_required(new.permissions.0));
    finish(blank(&new.name))?;
    if !covers(&ctx.permissions, &old.permissions.0) {
        let detail = "This role gives permissions that you do not have yourself, and you could not give them back. Ask somebody who has them.";
        return Err(Problem::new(Code::PermissionDenied, detail));
    }
    check_permissions(ctx, &new.permissions.0, "/permissions")?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    tx.rights_changed();
    record_role(ctx, tx, "role.updated", &new)
}

/// Removes a role that nobody holds.
///
/// # Errors
/// `not_found`; `state_conflict` for a built-in role, or one that somebody holds.
pub async fn delete_role(ctx: &Ctx, tx: &mut Tx<'_>, id: RoleId) -> Result<wire::Role, Problem> {
    let old = tx.lock::<roles::Entity>(id).await?;
    if old.built_in {
        return Err(Problem::new(Code::StateConflict, "Built-in roles stay."));
    }
    if let Some(holder) = holding(id).one(tx).await? {
        return Err(Problem::new(Code::StateConflict, format!("{} holds this role. Take it away from everybody who holds it first.", holder.name)));
    }
    let last = roles::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.delete(&old);
    tx.rights_changed();
    record_role(ctx, tx, "role.deleted", &last)
}

/// The people who hold a role. Roles stand in a list on the person, and a tenant has few people.
pub(super) fn holding(id: RoleId) -> Find<users::Entity> {
    Find::<users::Entity>::new().when("role_ids LIKE ?", vec![format!("%\"{id}\"%").into()]).order_by(users::Column::Id)
}

/// Who holds a role.
///
/// # Errors
/// `not_found`.
pub async fn holders(tx: &mut Tx<'_>, id: RoleId) -> Result<wire::RoleHolders, Problem> {
    tx.must::<roles::Entity>(id).await?;
    let mut found = holding(id).limit(HOLDERS + 1).all(tx).await?;
    let most = usize::try_from(HOLDERS).unwrap_or(usize::MAX);
    let has_more = found.len() > most;
    found.truncate(most);
    let users = found.into_iter().map(|user| wire::RoleHolder { id: user.id, name: user.name, email: user.email, active: user.active }).collect();
    Ok(wire::RoleHolders { object: "role_holders".to_owned(), role_id: id, users, has_more })
}

pub(super) fn check_permissions(ctx: &Ctx, patterns: &[String], pointer: &str) -> Result<(), Problem> {
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
