//! Reading the security log: what was refused (threat 61).

use causeway_contract::{ListQuery, Page, Problem};
use causeway_entity::platform::security_log;
use causeway_kernel::{Ctx, Find, Tx, list};
use causeway_openapi::identity::{SECURITY_EVENTS, SecurityEvent};

/// A page of what was refused to callers of the tenant, newest first.
///
/// # Errors
/// As every list.
pub async fn page(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<SecurityEvent>, Problem> {
    let tenant = ctx.tenant;
    // The log stands above the tenants, so the tenant is a condition here.
    let own = |find: Find<security_log::Entity>| find.eq(security_log::Column::TenantId, tenant);
    let rows = list::list_where(ctx, tx, &SECURITY_EVENTS, "security_event", query, own).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(rows.page(data))
}

fn view(row: &security_log::Model) -> SecurityEvent {
    SecurityEvent {
        id: row.id,
        object: "security_event".to_owned(),
        created_at: row.at,
        kind: row.kind.clone(),
        tenant_id: row.tenant_id,
        api_key_id: row.api_key_id,
        user_id: row.user_id,
        source: row.source.clone(),
        method: row.method.clone(),
        path: row.path.clone(),
        status: row.status,
        code: row.code.clone(),
        request_id: row.request_id.clone(),
    }
}
