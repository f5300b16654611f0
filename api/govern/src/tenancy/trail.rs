//! The trail of the platform's administrators (SEC-12): each thing that one did is written with it, by the name that the key had then.

use causeway_contract::{ListQuery, Page, Problem, operation_id};
use causeway_entity::platform::platform_audit::{Entity, Model};
use causeway_entity::platform::{platform_keys, tenants};
use causeway_kernel::{Ctx, Find, Tx, list};
use causeway_openapi::object::{Actor, Subject};
use causeway_openapi::platform::{PLATFORM_AUDIT, PlatformAuditEntry};
use causeway_value::{ActorKind, Kind, PlatformAuditEntryId, PlatformKey, PlatformKeyId, Tenant, prefix_of, type_id};
use uuid::Uuid;

/// What something was done to.
pub(super) struct Done<'a> {
    kind: &'static str,
    id: Uuid,
    name: &'a str,
}

impl<'a> Done<'a> {
    /// To a key of the platform.
    pub(super) const fn to_key(row: &'a platform_keys::Model) -> Self {
        Self { kind: PlatformKey::NAME, id: row.id.uuid(), name: row.name.as_str() }
    }

    /// To a tenant.
    pub(super) const fn to_tenant(row: &'a tenants::Model) -> Self {
        Self { kind: Tenant::NAME, id: row.id.uuid(), name: row.slug.as_str() }
    }
}

/// Writes what was done, if the change that it belongs to is written.
///
/// # Errors
/// When the database fails.
pub(super) async fn note(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, done: Done<'_>, reason: Option<&str>) -> Result<(), Problem> {
    let key = ctx.actor.id.filter(|_| ctx.actor.kind == ActorKind::Platform).map(PlatformKeyId::from_uuid);
    let by = match key {
        Some(id) => Find::<platform_keys::Entity>::new().eq(platform_keys::Column::Id, id).one(tx).await?,
        None => None,
    };
    tracing::info!(event, subject = %done.id, by = key.map(tracing::field::display), "the platform was administered");
    tx.insert(Model {
        id: PlatformAuditEntryId::new(),
        recorded_at: ctx.wall(),
        actor_id: key,
        actor_name: by.map(|key| key.name),
        event_type: event.to_owned(),
        operation: ctx.operation.to_owned(),
        subject_type: done.kind.to_owned(),
        subject_id: done.id,
        subject_name: done.name.to_owned(),
        reason: reason.map(str::to_owned),
        request_id: ctx.request_id.clone(),
    });
    Ok(())
}

/// A page of what was done, the newest first.
///
/// # Errors
/// As every list.
pub(super) async fn page(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<PlatformAuditEntry>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &PLATFORM_AUDIT, "platform_audit_entry", query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(rows.page(data))
}

fn view(row: &Model) -> PlatformAuditEntry {
    let prefix = prefix_of(&row.subject_type).unwrap_or("obj");
    let kind = if row.actor_id.is_some() { ActorKind::Platform } else { ActorKind::System };
    PlatformAuditEntry {
        id: row.id,
        object: "platform_audit_entry".to_owned(),
        recorded_at: row.recorded_at,
        kind: row.event_type.clone(),
        operation: operation_id(&row.operation),
        actor: Actor { kind, id: row.actor_id.map(|id| id.to_string()), name: row.actor_name.clone() },
        subject: Subject { kind: row.subject_type.clone(), id: type_id(prefix, row.subject_id) },
        subject_name: row.subject_name.clone(),
        reason: row.reason.clone(),
        request_id: row.request_id.clone(),
    }
}
