//! The platform looks into a tenant: for a reason that the tenant reads, for an hour at most, reading only, and without what things cost.
//!
//! It is a key of the tenant like any other: it stands in the tenant's list of keys and in its trail, and the tenant may revoke it. Nothing that lasts can
//! be made with it, because it changes nothing.

use super::limits;
use super::service::record;
use super::trail::{self, Done};
use crate::access::expand;
use crate::identity::service::{NewKey, insert_key};
use causeway_contract::{COSTS, Code, Problem};
use causeway_entity::platform::tenants;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::platform as wire;
use causeway_value::{TenantId, TenantStatus};

/// Minutes of a visit when nobody says how many.
const MINUTES: u32 = 30;

/// What a visitor may do.
fn permissions() -> Vec<String> {
    expand(&["*:read".to_owned()]).into_iter().filter(|permission| permission != COSTS).collect()
}

/// Opens the tenant.
///
/// # Errors
/// `not_found`; a reason without words; `state_conflict` for a suspended tenant, whose keys are all refused.
pub async fn enter(ctx: &Ctx, tx: &mut Tx<'_>, id: TenantId, body: &wire::EnterTenant) -> Result<wire::TenantAccess, Problem> {
    let old = tx.lock::<tenants::Entity>(id).await?;
    let reason = body.reason.trim();
    if reason.is_empty() {
        return Err(Problem::field(Code::Required, "/reason", "must say why: the tenant reads it"));
    }
    if old.status == TenantStatus::Suspended {
        return Err(Problem::new(Code::StateConflict, "The tenant is suspended, so nobody can enter it. Resume it first."));
    }
    let tenant = tenants::Model { version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &tenant);
    tx.enter(id).await?;
    let set = limits::of(tx, id).await?;
    let ctx = ctx.inside(id, tenant.mode);
    record(&ctx, tx, "tenant.entered", &tenant, set.as_ref())?;
    trail::note(&ctx, tx, "tenant.entered", Done::to_tenant(&tenant), Some(reason)).await?;
    let expires_at = ctx.wall().plus_seconds(i64::from(body.minutes.unwrap_or(MINUTES)) * 60);
    let key = NewKey { expires_at: Some(expires_at), platform_reason: Some(reason.to_owned()), ..NewKey::named("platform", permissions()) };
    let (row, secret) = insert_key(&ctx, tx, key)?;
    Ok(wire::TenantAccess {
        object: "tenant_access".to_owned(),
        tenant_id: id,
        tenant: tenant.slug,
        reason: reason.to_owned(),
        permissions: row.scopes.0,
        expires_at,
        api_key: wire::KeySecret { id: row.id, secret },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_reads_and_sees_no_costs() {
        let permissions = permissions();
        assert!(permissions.iter().all(|permission| permission.ends_with(":read") && permission != COSTS), "{permissions:?}");
        assert!(permissions.iter().any(|permission| permission == "invoices:read"));
    }
}
