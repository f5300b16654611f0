//! The row of a tenant: as the platform recorded it, on the clock that was set last, owned by its first person (INV-7, SEC-12).

use causeway_contract::Problem;
use causeway_entity::govern::roles;
use causeway_entity::kernel::{event_positions, events, snapshots};
use causeway_entity::platform::{tenant_limits, tenants};
use causeway_govern::access::OWNER;
use causeway_govern::tenancy::service::view;
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_openapi::object::Break;
use causeway_value::Instant;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What one trail tells and the other does not: the statement, and what is wrong.
const TOLD: [(&str, &str); 2] = [
    (
        "SELECT e.event_type AS event_type, e.request_id AS request_id FROM events e WHERE e.tenant_id = $1 AND e.subject_type = 'tenant' \
             AND e.event_type IN ('tenant.created', 'tenant.updated', 'tenant.suspended', 'tenant.resumed', 'tenant.entered', 'tenant.owner_restored') \
             AND e.recorded_at > (SELECT MIN(f.recorded_at) FROM platform_audit f) AND NOT EXISTS (SELECT 1 FROM platform_audit a \
                 WHERE a.subject_id = e.subject_id AND a.event_type = e.event_type AND a.request_id = e.request_id AND a.operation = e.operation \
                     AND a.subject_type = e.subject_type AND a.subject_name = $2) LIMIT 100",
        "the platform's trail does not tell of it",
    ),
    (
        "SELECT a.event_type AS event_type, a.request_id AS request_id FROM platform_audit a WHERE a.subject_id = $1 AND $2 <> '' AND NOT EXISTS \
             (SELECT 1 FROM events e WHERE e.tenant_id = a.subject_id AND e.event_type = a.event_type AND e.request_id = a.request_id \
                 AND (e.actor_kind <> 'platform' OR e.actor_id IS NOT DISTINCT FROM a.actor_id)) LIMIT 100",
        "only the platform's trail tells of it",
    ),
];

/// What does not stand as it was recorded.
///
/// # Errors
/// When the database fails.
pub(super) async fn differences(tx: &mut Tx<'_>, row: &tenants::Model) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    let mut broken = |what: &str, expected: String, found: String| {
        breaks.push(Break {
            check: "tenant_as_recorded".to_owned(),
            subject: row.id.to_string(),
            detail: format!("{what} at version {}: expected {expected}, found {found}", row.version),
        });
    };
    let last =
        Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, row.id.uuid()).order_by_desc(snapshots::Column::Version).limit(1).one(tx).await?;
    let recorded = last.as_ref().map_or(0, |last| last.version);
    if recorded != row.version {
        broken("version", recorded.to_string(), row.version.to_string());
    }
    // The clock is another face of the row, and counts the same versions.
    let limits = Find::<tenant_limits::Entity>::new().eq(tenant_limits::Column::OfTenantId, row.id).one(tx).await?;
    let shown = serde_json::to_value(view(row, limits.as_ref())).unwrap_or_default();
    if let Some(record) = face(tx, row.id.uuid(), "tenant").await? {
        let at_this = record.get("version").and_then(Value::as_i64) == Some(row.version);
        for (name, value) in shown.as_object().into_iter().flatten() {
            let moves = matches!(name.as_str(), "version" | "updated_at") && !at_this;
            if !moves && record.get(name).is_some_and(|recorded| recorded != value) {
                broken(name, record.get(name).unwrap_or(&Value::Null).to_string(), value.to_string());
            }
        }
    }
    let clock = face(tx, row.id.uuid(), "clock").await?;
    let set = clock.as_ref().and_then(|clock| clock.get("now")?.as_str()?.parse::<Instant>().ok());
    if set != row.clock_now {
        let words = |at: Option<Instant>| at.map_or_else(|| "real time".to_owned(), |at| at.to_string());
        broken("clock", words(set), words(row.clock_now));
    }
    if let Some(first) = first_person(tx).await? {
        if row.owner_user_id.map(|id| id.uuid()) != Some(first) {
            let words = |id: Option<Uuid>| id.map_or_else(|| "nobody".to_owned(), |id| causeway_value::UserId::from_uuid(id).to_string());
            broken("owner", words(Some(first)), words(row.owner_user_id.map(|id| id.uuid())));
        }
        let body = Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, first).eq(snapshots::Column::Version, 1_i64).one(tx).await?;
        let given = body.and_then(|row| serde_json::from_str::<Value>(&row.body?).ok()).unwrap_or_default();
        let role = given.get("role_ids").and_then(|ids| ids.get(0)?.as_str()).map(str::to_owned);
        let owner = Find::<roles::Entity>::new().eq(roles::Column::Name, OWNER).eq(roles::Column::BuiltIn, true).one(tx).await?;
        let stands = owner.map(|role| role.id.to_string());
        if role.is_some() && role != stands {
            broken("the role that its first person was given is called owner", role.unwrap_or_default(), stands.unwrap_or_default());
        }
    }
    breaks.extend(told(tx, row).await?);
    Ok(breaks)
}

/// What administrators of the platform did to the tenant, as its own trail tells it and as theirs does: the same, both ways. Theirs began later than some tenants.
async fn told(tx: &mut Tx<'_>, row: &tenants::Model) -> Result<Vec<Break>, Problem> {
    let mut breaks = Vec::new();
    for (sql, detail) in TOLD {
        for found in tx.query(sql, vec![row.id.into(), row.slug.clone().into()], &[("event_type", Cell::Text), ("request_id", Cell::Text)]).await? {
            let text = |name: &str| found.try_get::<String>("", name).unwrap_or_default();
            let detail = format!("{} of the request {}: {detail}", text("event_type"), text("request_id"));
            breaks.push(Break { check: "platform_trail".to_owned(), subject: row.id.to_string(), detail });
        }
    }
    Ok(breaks)
}

/// The last record of the tenant that shows it like this.
async fn face(tx: &mut Tx<'_>, id: Uuid, object: &str) -> Result<Option<Map<String, Value>>, Problem> {
    let find = Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, id).when("body LIKE ?", vec![format!("%\"object\":\"{object}\"%").into()]);
    let last = find.order_by_desc(snapshots::Column::Version).limit(1).one(tx).await?;
    Ok(last.and_then(|row| serde_json::from_str(&row.body?).ok()))
}

/// The person who was created first, with the tenant.
async fn first_person(tx: &mut Tx<'_>) -> Result<Option<Uuid>, Problem> {
    let created = "event_id IN (SELECT e.id FROM events e WHERE e.tenant_id = $1 AND e.event_type = 'user.created')";
    let first = Find::<event_positions::Entity>::new().when(created, vec![]).order_by(event_positions::Column::Sequence).limit(1).one(tx).await?;
    let Some(first) = first else { return Ok(None) };
    Ok(Find::<events::Entity>::new().of_all_companies().eq(events::Column::Id, first.event_id).one(tx).await?.map(|event| event.subject_id))
}
