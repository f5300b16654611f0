//! The operations of users, roles and keys.

use super::service;
use crate::access::catalogue;
use crate::refs;
use causeway_contract::{Page, Problem};
use causeway_entity::govern::{api_keys, roles, users};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::identity::{API_KEYS, ApiKey, Me, NewApiKey, NewUser, Permissions, ROLES, Role, RoleHolders, USERS, User, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListUsers, _>(list_users);
    routes.on::<op::CreateUser, _>(create_user);
    routes.on::<op::GetUser, _>(get_user);
    routes.on::<op::UpdateUser, _>(update_user);
    routes.on::<op::ListRoles, _>(list_roles);
    routes.on::<op::CreateRole, _>(create_role);
    routes.on::<op::GetRole, _>(get_role);
    routes.on::<op::UpdateRole, _>(update_role);
    routes.on::<op::DeleteRole, _>(delete_role);
    routes.on::<op::GetRoleHolders, _>(holders);
    routes.on::<op::GetPermissions, _>(permissions);
    routes.on::<op::ListApiKeys, _>(list_keys);
    routes.on::<op::CreateApiKey, _>(create_key);
    routes.on::<op::GetApiKey, _>(get_key);
    routes.on::<op::UpdateApiKey, _>(update_key);
    routes.on::<op::RotateApiKey, _>(rotate_key);
    routes.on::<op::RevokeApiKey, _>(revoke_key);
    routes.on::<op::GetMe, _>(me);
}

async fn list_users(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListUsers>) -> Result<Answer<Page<User>>, Problem> {
    let rows = list::list::<users::Entity>(ctx, tx, &USERS, "user", &call.query).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| service::user_view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create_user(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateUser>) -> Result<Answer<NewUser>, Problem> {
    Ok(Answer::object(service::create_user(ctx, tx, &call.body).await?, 1))
}

async fn get_user(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetUser>) -> Result<Answer<User>, Problem> {
    let row = tx.must::<users::Entity>(call.path).await?;
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    Ok(Answer::object(service::user_view(&row, refs), row.version))
}

async fn update_user(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateUser>) -> Result<Answer<User>, Problem> {
    let user = service::update_user(ctx, tx, call.path, &call.body).await?;
    let version = user.version;
    Ok(Answer::object(user, version))
}

async fn list_roles(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListRoles>) -> Result<Answer<Page<Role>>, Problem> {
    let rows = list::list::<roles::Entity>(ctx, tx, &ROLES, "role", &call.query).await?;
    let data = rows.rows.iter().map(service::role_view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create_role(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateRole>) -> Result<Answer<Role>, Problem> {
    Ok(Answer::object(service::create_role(ctx, tx, &call.body).await?, 1))
}

async fn get_role(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetRole>) -> Result<Answer<Role>, Problem> {
    let row = tx.must::<roles::Entity>(call.path).await?;
    Ok(Answer::object(service::role_view(&row), row.version))
}

async fn update_role(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateRole>) -> Result<Answer<Role>, Problem> {
    let role = service::update_role(ctx, tx, call.path, &call.body).await?;
    let version = role.version;
    Ok(Answer::object(role, version))
}

async fn delete_role(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DeleteRole>) -> Result<Answer<Role>, Problem> {
    let role = service::delete_role(ctx, tx, call.path).await?;
    let version = role.version;
    Ok(Answer::object(role, version))
}

async fn holders(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetRoleHolders>) -> Result<Answer<RoleHolders>, Problem> {
    Ok(Answer::of(service::holders(tx, call.path).await?))
}

async fn permissions(_: &Ctx, _: &mut Tx<'_>, _: &Call<op::GetPermissions>) -> Result<Answer<Permissions>, Problem> {
    let permissions = catalogue().iter().cloned().collect();
    Ok(Answer::of(Permissions { object: "permissions".to_owned(), permissions }))
}

async fn list_keys(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListApiKeys>) -> Result<Answer<Page<ApiKey>>, Problem> {
    let rows = list::list::<api_keys::Entity>(ctx, tx, &API_KEYS, "api_key", &call.query).await?;
    let uses = service::last_uses(tx, &rows.rows).await?;
    let data = rows.rows.iter().map(|row| service::key_view(row, uses.get(&row.id).copied())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateApiKey>) -> Result<Answer<NewApiKey>, Problem> {
    Ok(Answer::object(service::create_key(ctx, tx, &call.body).await?, 1))
}

async fn get_key(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetApiKey>) -> Result<Answer<ApiKey>, Problem> {
    let row = tx.must::<api_keys::Entity>(call.path).await?;
    let used = service::last_uses(tx, std::slice::from_ref(&row)).await?.remove(&row.id);
    Ok(Answer::object(service::key_view(&row, used), row.version))
}

async fn update_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateApiKey>) -> Result<Answer<ApiKey>, Problem> {
    let key = service::update_key(ctx, tx, call.path, &call.body).await?;
    let version = key.version;
    Ok(Answer::object(key, version))
}

async fn rotate_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RotateApiKey>) -> Result<Answer<NewApiKey>, Problem> {
    let key = service::rotate_key(ctx, tx, call.path, call.body.overlap_seconds.unwrap_or(0)).await?;
    let version = key.version;
    Ok(Answer::object(key, version))
}

async fn revoke_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RevokeApiKey>) -> Result<Answer<ApiKey>, Problem> {
    let key = service::revoke_key(ctx, tx, call.path).await?;
    let version = key.version;
    Ok(Answer::object(key, version))
}

async fn me(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::GetMe>) -> Result<Answer<Me>, Problem> {
    Ok(Answer::of(service::me(ctx, tx).await?))
}
