//! The operations of platform administration.

use super::{bootstrap, enter, keys, limits, overview, restore, service, trail};
use causeway_contract::{Page, Problem};
use causeway_entity::platform::tenants;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::platform::{
    FirstKey, NewPlatformKey, NewTenant, PlatformAuditEntry, PlatformHealth, PlatformKey, RestoredOwner, Tenant, TenantAccess, TenantUsage, op,
};
use causeway_value::TenantStatus;

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::Bootstrap, _>(trade);
    routes.on::<op::ListPlatformKeys, _>(list_keys);
    routes.on::<op::CreatePlatformKey, _>(create_key);
    routes.on::<op::GetPlatformKey, _>(get_key);
    routes.on::<op::RotatePlatformKey, _>(rotate_key);
    routes.on::<op::RevokePlatformKey, _>(revoke_key);
    routes.on::<op::ListPlatformAuditEntries, _>(list_audit_entries);
    routes.on::<op::ListTenants, _>(list_tenants);
    routes.on::<op::CreateTenant, _>(create);
    routes.on::<op::GetTenant, _>(get);
    routes.on::<op::UpdateTenant, _>(update);
    routes.on::<op::SuspendTenant, _>(suspend);
    routes.on::<op::ResumeTenant, _>(resume);
    routes.on::<op::EnterTenant, _>(enter_tenant);
    routes.on::<op::RestoreOwner, _>(restore_owner);
    routes.on::<op::GetTenantUsage, _>(usage);
    routes.on::<op::GetPlatformHealth, _>(health);
}

async fn trade(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::Bootstrap>) -> Result<Answer<FirstKey>, Problem> {
    Ok(Answer::of(bootstrap::trade(ctx, tx, &call.body).await?))
}

async fn list_keys(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListPlatformKeys>) -> Result<Answer<Page<PlatformKey>>, Problem> {
    Ok(Answer::of(keys::page(ctx, tx, &call.query).await?))
}

async fn create_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreatePlatformKey>) -> Result<Answer<NewPlatformKey>, Problem> {
    Ok(Answer::object(keys::create(ctx, tx, &call.body).await?, 1))
}

async fn get_key(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPlatformKey>) -> Result<Answer<PlatformKey>, Problem> {
    keys::get(tx, call.path).await.map(versioned)
}

async fn rotate_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RotatePlatformKey>) -> Result<Answer<NewPlatformKey>, Problem> {
    let key = keys::rotate(ctx, tx, call.path, call.body.overlap_seconds.unwrap_or(0)).await?;
    let version = key.version;
    Ok(Answer::object(key, version))
}

async fn revoke_key(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RevokePlatformKey>) -> Result<Answer<PlatformKey>, Problem> {
    keys::revoke(ctx, tx, call.path).await.map(versioned)
}

fn versioned(key: PlatformKey) -> Answer<PlatformKey> {
    let version = key.version;
    Answer::object(key, version)
}

async fn list_audit_entries(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListPlatformAuditEntries>) -> Result<Answer<Page<PlatformAuditEntry>>, Problem> {
    Ok(Answer::of(trail::page(ctx, tx, &call.query).await?))
}

async fn list_tenants(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListTenants>) -> Result<Answer<Page<Tenant>>, Problem> {
    Ok(Answer::of(service::page(ctx, tx, &call.query).await?))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateTenant>) -> Result<Answer<NewTenant>, Problem> {
    Ok(Answer::object(service::create(ctx, tx, &call.body).await?, 1))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTenant>) -> Result<Answer<Tenant>, Problem> {
    let row = tx.must::<tenants::Entity>(call.path).await?;
    let set = limits::of(tx, row.id).await?;
    Ok(Answer::object(service::view(&row, set.as_ref()), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateTenant>) -> Result<Answer<Tenant>, Problem> {
    let tenant = service::update(ctx, tx, call.path, &call.body).await?;
    let version = tenant.version;
    Ok(Answer::object(tenant, version))
}

async fn suspend(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::SuspendTenant>) -> Result<Answer<Tenant>, Problem> {
    let tenant = service::set_status(ctx, tx, call.path, TenantStatus::Suspended, call.body.reason.clone()).await?;
    let version = tenant.version;
    Ok(Answer::object(tenant, version))
}

async fn resume(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ResumeTenant>) -> Result<Answer<Tenant>, Problem> {
    let tenant = service::set_status(ctx, tx, call.path, TenantStatus::Active, None).await?;
    let version = tenant.version;
    Ok(Answer::object(tenant, version))
}

async fn enter_tenant(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::EnterTenant>) -> Result<Answer<TenantAccess>, Problem> {
    Ok(Answer::of(enter::enter(ctx, tx, call.path, &call.body).await?))
}

async fn restore_owner(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::RestoreOwner>) -> Result<Answer<RestoredOwner>, Problem> {
    Ok(Answer::of(restore::owner(ctx, tx, call.path, &call.body).await?))
}

async fn usage(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTenantUsage>) -> Result<Answer<TenantUsage>, Problem> {
    Ok(Answer::of(overview::usage(ctx, tx, call.path).await?))
}

async fn health(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::GetPlatformHealth>) -> Result<Answer<PlatformHealth>, Problem> {
    Ok(Answer::of(overview::health(ctx, tx).await?))
}
