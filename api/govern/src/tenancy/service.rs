//! The verbs of a tenant.

use super::trail::{self, Done};
use super::{limits, starter};
use crate::identity::service::{NewKey, index_user, insert_key, record_user};
use causeway_contract::{Code, ListQuery, Page, Problem};
use causeway_entity::govern::users;
use causeway_entity::platform::{tenant_limits, tenants};
use causeway_kernel::{Change, Ctx, Find, Tx, list, search};
use causeway_openapi::platform as wire;
use causeway_value::{Json, TenantId, TenantMode, TenantStatus, UserId};

/// Creates a tenant with its owner and the owner's key.
///
/// # Errors
/// `already_exists` when the slug is taken.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateTenant) -> Result<wire::NewTenant, Problem> {
    if Find::<tenants::Entity>::new().eq(tenants::Column::Slug, body.slug.as_str()).one(tx).await?.is_some() {
        return Err(Problem::new(Code::AlreadyExists, format!("The slug {} is taken. Choose another.", body.slug)));
    }
    let id = TenantId::new();
    tx.enter(id).await?;
    let ctx = ctx.inside(id, body.mode);
    let now = ctx.wall();
    let owner_role = starter::fill(&ctx, tx);
    let owner = users::Model {
        tenant_id: id,
        id: UserId::new(),
        name: body.owner.name.clone(),
        email: body.owner.email.to_lowercase(),
        role_ids: Json(vec![owner_role]),
        company_ids: None,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let row = tenants::Model {
        id,
        name: body.name.clone(),
        slug: body.slug.clone(),
        mode: body.mode,
        status: TenantStatus::Active,
        suspended_reason: None,
        clock_now: None,
        owner_user_id: Some(owner.id),
        version: 1,
        created_at: now,
        updated_at: now,
        has_ownership_rules: None,
    };
    tx.insert(row.clone());
    record(&ctx, tx, "tenant.created", &row, None)?;
    trail::note(&ctx, tx, "tenant.created", Done::to_tenant(&row), None).await?;
    tx.insert(owner.clone());
    index_user(tx, &owner, true);
    record_user(&ctx, tx, "user.created", &owner, Vec::new())?;
    let invitation_token = crate::sign_in::invite(&ctx, tx, owner.id).token;
    let key = NewKey { user_id: Some(owner.id), ..NewKey::named("owner", vec!["*:*".to_owned()]) };
    let (key, secret) = insert_key(&ctx, tx, key)?;
    Ok(wire::NewTenant {
        id,
        object: "tenant".to_owned(),
        created_at: now,
        updated_at: now,
        version: 1,
        name: row.name,
        slug: row.slug,
        mode: row.mode,
        status: row.status,
        suspended_reason: None,
        owner: wire::TenantOwner { id: owner.id, invitation_token },
        api_key: wire::KeySecret { id: key.id, secret },
    })
}

/// Suspends a tenant, or resumes it with `reason` none.
///
/// # Errors
/// `not_found`; `state_conflict` when it is so already.
pub async fn set_status(ctx: &Ctx, tx: &mut Tx<'_>, id: TenantId, status: TenantStatus, reason: Option<String>) -> Result<wire::Tenant, Problem> {
    let old = tx.lock::<tenants::Entity>(id).await?;
    if old.status == status {
        return Err(Problem::new(Code::StateConflict, format!("The tenant is {status} already.")));
    }
    let new = tenants::Model { status, suspended_reason: reason, version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    tx.enter(id).await?;
    let set = limits::of(tx, id).await?;
    let event = if status == TenantStatus::Suspended { "tenant.suspended" } else { "tenant.resumed" };
    record(&ctx.inside(id, old.mode), tx, event, &new, set.as_ref())?;
    trail::note(ctx, tx, event, Done::to_tenant(&new), new.suspended_reason.as_deref()).await?;
    tx.rights_changed();
    Ok(view(&new, set.as_ref()))
}

/// Changes a tenant's name, limits and quotas. A quota below what exists takes nothing away: it stops what comes next.
///
/// # Errors
/// `not_found`.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: TenantId, body: &wire::UpdateTenant) -> Result<wire::Tenant, Problem> {
    let old = tx.lock::<tenants::Entity>(id).await?;
    let name = body.name.clone().over_required(old.name.clone());
    let new = tenants::Model { name, version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    let found = limits::of(tx, id).await?;
    let known = found.clone().unwrap_or_else(|| limits::none(id));
    let set = tenant_limits::Model {
        of_tenant_id: id,
        requests_per_minute: body.requests_per_minute.clone().over(known.requests_per_minute),
        credential_requests_per_minute: body.credential_requests_per_minute.clone().over(known.credential_requests_per_minute),
        max_users: body.max_users.clone().over(known.max_users),
        max_companies: body.max_companies.clone().over(known.max_companies),
    };
    match found {
        Some(found) => tx.update(&found, &set),
        None => tx.insert(set.clone()),
    }
    tx.enter(id).await?;
    record(&ctx.inside(id, old.mode), tx, "tenant.updated", &new, Some(&set))?;
    trail::note(ctx, tx, "tenant.updated", Done::to_tenant(&new), None).await?;
    tx.rights_changed();
    Ok(view(&new, Some(&set)))
}

pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &tenants::Model, set: Option<&tenant_limits::Model>) -> Result<(), Problem> {
    let body = &view(row, set);
    let change = Change { event, object: "tenant", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body };
    tx.record(ctx, &change)
}

/// One page of tenants; `q` finds words of the name and the slug by their beginnings.
///
/// # Errors
/// As every list.
pub async fn page(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<wire::Tenant>, Problem> {
    let words: Vec<String> = query.q.iter().flat_map(|text| search::words(std::iter::once(text.as_str()))).collect();
    let plain = ListQuery { q: None, ..query.clone() };
    let rows = list::list_where::<tenants::Entity>(ctx, tx, &wire::TENANTS, "tenant", &plain, |mut find| {
        for word in &words {
            let (start, inside) = (format!("{word}%"), format!("% {word}%"));
            find = find.when("lower(name) LIKE ? OR lower(name) LIKE ? OR slug LIKE ?", vec![start.clone().into(), inside.into(), start.into()]);
        }
        find
    })
    .await?;
    let ids = rows.rows.iter().map(|row| row.id);
    let set = Find::<tenant_limits::Entity>::new().among(tenant_limits::Column::OfTenantId, ids).all(tx).await?;
    let of = |row: &tenants::Model| set.iter().find(|set| set.of_tenant_id == row.id);
    let data = rows.rows.iter().map(|row| view(row, of(row))).collect();
    Ok(rows.page(data))
}

/// The tenant as the API shows it.
#[must_use]
pub fn view(row: &tenants::Model, set: Option<&tenant_limits::Model>) -> wire::Tenant {
    wire::Tenant {
        id: row.id,
        object: "tenant".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        slug: row.slug.clone(),
        mode: row.mode,
        status: row.status,
        suspended_reason: row.suspended_reason.clone(),
        requests_per_minute: set.and_then(|set| set.requests_per_minute),
        credential_requests_per_minute: set.and_then(|set| set.credential_requests_per_minute),
        max_users: set.and_then(|set| set.max_users),
        max_companies: set.and_then(|set| set.max_companies),
    }
}

/// The letters that a tenant's secrets start with.
#[must_use]
pub const fn secret_prefix(mode: TenantMode) -> &'static str {
    match mode {
        TenantMode::Live => "cw_live_",
        TenantMode::Sandbox => "cw_test_",
    }
}
