//! Verifying every tenant of a database.

mod came;
mod platform;
mod recorded;
mod routes;
mod tenant;

pub use routes::register;

use crate::compose;
use causeway_contract::{Code, Problem};
use causeway_entity::platform::tenants;
use causeway_govern::access::catalogue;
use causeway_kernel::db::Cell;
use causeway_kernel::{Ctx, Db, Find};
use causeway_openapi::object::{Break, Verification};
use causeway_value::TenantId;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// What verifying finds in each tenant, and beside the tenants: rows of one that is not there, and what opens the platform.
///
/// # Errors
/// When the tenants cannot be read, or the database goes away: nothing is said of what was not looked at. What else cannot be read is part of the answer.
pub async fn all(db: &Db) -> Result<Vec<(String, Verification)>, Problem> {
    let tenants = db.read(&Ctx::platform(), async |_, tx| Find::<tenants::Entity>::new().order_by(tenants::Column::Id).all(tx).await).await?;
    let routes = compose::routes();
    let mut found = Vec::new();
    let opened = db.read(&Ctx::platform(), async |_, tx| platform::differences(tx).await).await?;
    for (whose, breaks) in [("rows of no tenant", strays(db).await?), ("the platform", opened)] {
        if !breaks.is_empty() {
            found.push((whose.to_owned(), broken(breaks)));
        }
    }
    for tenant in tenants {
        let ctx = seeing_all(Ctx::system(tenant.id, tenant.mode, "verify"));
        // Rows that cannot be read hide no other tenant's.
        let verified = db.read_patiently(&ctx, causeway_insight::verify::service::verify_tenant).await;
        let mut verification = or_unreadable(verified, |broke| broken(vec![broke]), tenant.id)?;
        let compared = recorded::differences(db, &routes, &ctx).await;
        let (objects, breaks) = or_unreadable(compared, |broke| (0, vec![broke]), tenant.id)?;
        let own = db.read_patiently(&ctx, async |_, tx| tenant::differences(tx, &tenant).await).await;
        let own = or_unreadable(own, |broke| vec![broke], tenant.id)?;
        verification.checked.insert("objects".to_owned(), objects);
        verification.ok &= breaks.is_empty() && own.is_empty();
        verification.breaks.extend(breaks);
        verification.breaks.extend(own);
        found.push((tenant.slug, verification));
    }
    Ok(found)
}

/// The context with every right: lists show to each what they may know of, and what verifying is not shown it cannot compare.
fn seeing_all(mut ctx: Ctx) -> Ctx {
    ctx.permissions = Arc::new(catalogue().clone());
    ctx
}

/// What was found where nothing is counted.
fn broken(breaks: Vec<Break>) -> Verification {
    Verification { object: "verification".to_owned(), ok: false, checked: BTreeMap::new(), breaks }
}

/// What was found, or that something cannot be read; a database that went away has said neither.
fn or_unreadable<T>(found: Result<T, Problem>, instead: impl FnOnce(Break) -> T, tenant: TenantId) -> Result<T, Problem> {
    found.or_else(|problem| if problem.code == Code::Unavailable { Err(problem) } else { Ok(instead(unreadable(tenant, &problem))) })
}

/// What stands for the rest of a tenant when some of its rows cannot be read.
fn unreadable(tenant: TenantId, problem: &Problem) -> Break {
    let detail = format!("something cannot be read, which the log names; what comes after it was not checked ({})", problem.detail);
    Break { check: "readable".to_owned(), subject: tenant.to_string(), detail }
}

/// Tables with rows of a tenant that is not there. PostgreSQL shows nobody the rows of all tenants.
async fn strays(db: &Db) -> Result<Vec<Break>, Problem> {
    if matches!(db, Db::Postgres(_)) {
        return Ok(Vec::new());
    }
    let tables: Vec<&'static str> = causeway_migration::tables().into_iter().filter(|table| table.tenant).map(|table| table.name).collect();
    db.read(&Ctx::platform(), async |_, tx| {
        let mut breaks = Vec::new();
        for table in &tables {
            // From one tenant to the next by the key, however many rows each has.
            let sql = format!(
                "WITH RECURSIVE t(id) AS (SELECT MIN(tenant_id) FROM {table} UNION ALL \
                 SELECT (SELECT MIN(o.tenant_id) FROM {table} o WHERE o.tenant_id > t.id) FROM t WHERE t.id IS NOT NULL) \
                 SELECT id FROM t WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM tenants) LIMIT 100"
            );
            for row in tx.query(&sql, Vec::new(), &[("id", Cell::Uuid)]).await? {
                // Rows of the platform itself have an empty id.
                let Some(id) = row.try_get::<Uuid>("", "id").ok().filter(|id| !id.is_nil()) else { continue };
                let detail = format!("rows in {table} of a tenant that is not there");
                breaks.push(Break { check: "tenant_gone".to_owned(), subject: TenantId::from_uuid(id).to_string(), detail });
            }
        }
        Ok(breaks)
    })
    .await
}
