//! Reading and verifying the trail.

use crate::access::told_of;
use causeway_contract::{ListQuery, Page, Problem, operation_id};
use causeway_entity::govern::{api_keys, users};
use causeway_entity::kernel::{event_positions, events, import_errors, imports, jobs, snapshots};
use causeway_kernel::db::{Position, chain_link};
use causeway_kernel::{Ctx, Find, Tx, crypto, list};
use causeway_openapi::identity::{AUDIT_ENTRIES, AuditEntry, Change};
use causeway_openapi::import::{JobError, JobErrors};
use causeway_openapi::integration::Event;
use causeway_openapi::object::{Actor, Break, Subject, Verification};
use causeway_value::{ActorKind, JobId, prefix_of, type_id};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Errors of a job that are answered at a time.
const ERRORS: u64 = 1_000;
/// Events that verifying reads at a time.
const BATCH: u64 = 1_000;

/// An event with its place and its object before and after.
pub(super) struct Entry {
    row: events::Model,
    position: event_positions::Model,
    after: Value,
    before: Value,
}

/// The jobs that the caller is told of. What an import says of its rows names customers and deals: whoever may see some companies only is told of imports into
/// those, by somebody who sees the same ones, and of the own ones (SEC-15).
pub fn told(ctx: &Ctx, find: Find<jobs::Entity>) -> Find<jobs::Entity> {
    let Some(companies) = &ctx.companies else { return find };
    let same = serde_json::to_string(&companies.to_vec()).unwrap_or_default();
    let mut values: Vec<sea_orm::Value> = vec![ctx.actor.id.into(), same.into()];
    let mut into = String::new();
    for company in companies.iter() {
        into.push_str(" OR i.options LIKE ?");
        values.push(format!("%\"company_id\":\"{company}\"%").into());
    }
    let sql = format!(
        "kind <> 'import' OR created_by = ? \
         OR EXISTS (SELECT 1 FROM imports i WHERE i.tenant_id = $1 AND i.id = jobs.id AND (i.company_ids = ?{into}))"
    );
    find.when(&sql, values)
}

/// A job that the caller is told of.
///
/// # Errors
/// `not_found`.
pub async fn job(ctx: &Ctx, tx: &mut Tx<'_>, id: JobId) -> Result<jobs::Model, Problem> {
    if ctx.companies.is_none() {
        return tx.must::<jobs::Entity>(id).await;
    }
    told(ctx, Find::<jobs::Entity>::new().eq(jobs::Column::Id, id)).one(tx).await?.ok_or_else(Problem::not_found)
}

/// What was wrong in the rows of an import, `skip` left out from the beginning. A job of another kind has no rows.
///
/// # Errors
/// `not_found`.
pub async fn job_errors(ctx: &Ctx, tx: &mut Tx<'_>, id: JobId, skip: u32) -> Result<JobErrors, Problem> {
    job(ctx, tx, id).await?;
    let count = tx.get::<imports::Entity>(id).await?.map_or(0, |import| import.errors);
    let find = Find::<import_errors::Entity>::new().eq(import_errors::Column::ImportId, id).gt(import_errors::Column::Position, i64::from(skip) - 1);
    let mut rows = find.order_by(import_errors::Column::Position).limit(ERRORS + 1).all(tx).await?;
    let has_more = u64::try_from(rows.len()).is_ok_and(|rows| rows > ERRORS);
    rows.truncate(usize::try_from(ERRORS).unwrap_or(usize::MAX));
    let data = rows.into_iter().map(|row| JobError { row: row.row, column: row.column_name, code: row.code, detail: row.detail });
    Ok(JobErrors { object: "job_errors".to_owned(), job_id: id, count, data: data.collect(), has_more })
}

/// A page of audit entries, newest first: of the objects that the caller may read.
///
/// # Errors
/// As every list.
pub async fn audit_entries(ctx: &Ctx, tx: &mut Tx<'_>, query: &ListQuery) -> Result<Page<AuditEntry>, Problem> {
    let numbered = "id IN (SELECT event_id FROM event_positions WHERE tenant_id = $1 AND event_id = events.id)";
    let told = told_of(ctx);
    let refine = |find: Find<events::Entity>| {
        let find = find.when(numbered, vec![]);
        match &told {
            Some(kinds) => find.among(events::Column::SubjectType, kinds.iter().copied()),
            None => find,
        }
    };
    let mut rows = list::list_where::<events::Entity>(ctx, tx, &AUDIT_ENTRIES, "audit_entry", query, refine).await?;
    let found = std::mem::take(&mut rows.rows);
    let ids = found.iter().map(|row| row.id);
    let positions = Find::<event_positions::Entity>::new().among(event_positions::Column::EventId, ids).all(tx).await?;
    let mut by_id: HashMap<_, _> = positions.into_iter().map(|position| (position.event_id, position)).collect();
    let pairs = found.into_iter().filter_map(|row| Some((row.clone(), by_id.remove(&row.id)?))).collect();
    let entries = with_snapshots(tx, pairs).await?;
    let names = actor_names(tx, &entries).await?;
    let data = entries.into_iter().map(|entry| audit_view(entry, &names)).collect();
    Ok(rows.page(data))
}

/// Adds each object as it was after the event and before it, in one query for all.
pub(super) async fn with_snapshots(tx: &mut Tx<'_>, pairs: Vec<(events::Model, event_positions::Model)>) -> Result<Vec<Entry>, Problem> {
    let mut wanted: Vec<Uuid> = pairs.iter().map(|(row, _)| row.subject_id).collect();
    wanted.sort();
    wanted.dedup();
    let lowest = pairs.iter().map(|(row, _)| row.subject_version - 1).min().unwrap_or_default();
    let highest = pairs.iter().map(|(row, _)| row.subject_version).max().unwrap_or_default();
    let found = Find::<snapshots::Entity>::new()
        .among(snapshots::Column::ObjectId, wanted)
        .gt(snapshots::Column::Version, lowest - 1)
        .lte(snapshots::Column::Version, highest)
        .all(tx)
        .await?;
    let bodies: HashMap<(Uuid, i64), Value> = found
        .into_iter()
        .map(|row| ((row.object_id, row.version), row.body.as_deref().and_then(|body| serde_json::from_str(body).ok()).unwrap_or(Value::Null)))
        .collect();
    let body = |id: Uuid, version: i64| bodies.get(&(id, version)).cloned().unwrap_or(Value::Null);
    Ok(pairs
        .into_iter()
        .map(|(row, position)| Entry { after: body(row.subject_id, row.subject_version), before: body(row.subject_id, row.subject_version - 1), row, position })
        .collect())
}

/// The names of the users and keys that acted.
pub(super) async fn actor_names(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<HashMap<Uuid, String>, Problem> {
    let ids_of = |kind: ActorKind| {
        let mut ids: Vec<Uuid> = entries.iter().filter(|entry| entry.row.actor_kind == kind).filter_map(|entry| entry.row.actor_id).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    let mut names = HashMap::new();
    let keys = ids_of(ActorKind::ApiKey);
    if !keys.is_empty() {
        let rows = Find::<api_keys::Entity>::new().among(api_keys::Column::Id, keys).all(tx).await?;
        names.extend(rows.into_iter().map(|row| (row.id.uuid(), row.name)));
    }
    let people = ids_of(ActorKind::User);
    if !people.is_empty() {
        let rows = Find::<users::Entity>::new().among(users::Column::Id, people).all(tx).await?;
        names.extend(rows.into_iter().map(|row| (row.id.uuid(), row.name)));
    }
    Ok(names)
}

fn actor(row: &events::Model, names: &HashMap<Uuid, String>) -> Actor {
    Actor {
        kind: row.actor_kind,
        id: row.actor_id.map(|id| crate::identity::service::actor_id(row.actor_kind, id)),
        name: row.actor_id.and_then(|id| names.get(&id).cloned()),
    }
}

fn subject(row: &events::Model) -> Subject {
    let prefix = prefix_of(&row.subject_type).unwrap_or("obj");
    Subject { kind: row.subject_type.clone(), id: type_id(prefix, row.subject_id) }
}

/// Top-level fields that differ, before and after. What changes with every write tells nothing.
fn changes(before: &Value, after: &Value) -> BTreeMap<String, Change> {
    let empty = Map::new();
    let old = before.as_object().unwrap_or(&empty);
    let new = after.as_object().unwrap_or(&empty);
    let silent = |name: &str| name == "version" || name == "updated_at";
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    names
        .filter(|name| !silent(name))
        .filter_map(|name| {
            let (before, after) = (old.get(name).cloned().unwrap_or(Value::Null), new.get(name).cloned().unwrap_or(Value::Null));
            (before != after).then(|| (name.clone(), Change { before, after }))
        })
        .collect()
}

pub(super) fn event_view(entry: Entry, names: &HashMap<Uuid, String>) -> Event {
    let previous = if entry.before.is_null() {
        Value::Null
    } else {
        Value::Object(changes(&entry.before, &entry.after).into_iter().map(|(name, change)| (name, change.before)).collect())
    };
    Event {
        id: entry.row.id,
        object: "event".to_owned(),
        sequence: entry.position.sequence,
        kind: entry.row.event_type.clone(),
        occurred_at: entry.row.occurred_at,
        company_id: entry.row.company_id,
        subject: subject(&entry.row),
        subject_version: entry.row.subject_version,
        flow_id: entry.row.flow_id,
        request_id: entry.row.request_id.clone(),
        actor: actor(&entry.row, names),
        data: entry.after,
        previous,
    }
}

fn audit_view(entry: Entry, names: &HashMap<Uuid, String>) -> AuditEntry {
    AuditEntry {
        id: entry.row.id.cast(),
        object: "audit_entry".to_owned(),
        sequence: entry.position.sequence,
        operation: operation_id(&entry.row.operation),
        actor: actor(&entry.row, names),
        subject: subject(&entry.row),
        subject_version: entry.row.subject_version,
        request_id: entry.row.request_id.clone(),
        occurred_at: entry.row.occurred_at,
        recorded_at: entry.row.recorded_at,
        changes: changes(&entry.before, &entry.after),
        hash: crypto::hex(&entry.position.chain),
        previous_hash: (entry.position.sequence > 1).then(|| crypto::hex(&entry.position.previous)),
    }
}

/// Follows the whole chain of the tenant: numbers without a gap, every link right, every payload as its digest says, every event numbered once.
///
/// # Errors
/// When the database fails. What is broken is part of the answer.
pub async fn verify(_: &Ctx, tx: &mut Tx<'_>) -> Result<Verification, Problem> {
    let mut head = Position::START;
    let mut breaks = Vec::new();
    let mut checked = 0_i64;
    loop {
        let positions = Find::<event_positions::Entity>::new()
            .gt(event_positions::Column::Sequence, head.sequence)
            .order_by(event_positions::Column::Sequence)
            .limit(BATCH)
            .all(tx)
            .await?;
        if positions.is_empty() {
            break;
        }
        // The chain is the tenant's: with the events of some companies left out it would look broken.
        let rows =
            Find::<events::Entity>::new().of_all_companies().among(events::Column::Id, positions.iter().map(|position| position.event_id)).all(tx).await?;
        let by_id: HashMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
        check_payloads(tx, &rows, &mut breaks).await?;
        for position in &positions {
            checked += 1;
            let place = format!("sequence {}", position.sequence);
            if position.sequence != head.sequence + 1 {
                breaks.push(broken("event_sequence", &place, format!("the event before has sequence {}", head.sequence)));
            }
            let Some(event) = by_id.get(&position.event_id) else {
                breaks.push(broken("event_missing", &place, "the event of this number is gone".to_owned()));
                head = link(position);
                continue;
            };
            let expected = Position { sequence: position.sequence - 1, ..head }.next(&chain_link(event));
            if expected.chain[..] != position.chain[..] || head.chain[..] != position.previous[..] {
                breaks.push(broken("event_chain", &event.id.to_string(), format!("{place} does not follow from the event before")));
            }
            head = link(position);
        }
    }
    let unnumbered = Find::<events::Entity>::new()
        .of_all_companies()
        .when("NOT EXISTS (SELECT 1 FROM event_positions p WHERE p.tenant_id = $1 AND p.event_id = events.id)", vec![])
        .when("NOT EXISTS (SELECT 1 FROM event_queue q WHERE q.tenant_id = $1 AND q.event_id = events.id)", vec![]);
    for event in unnumbered.limit(100).all(tx).await? {
        breaks.push(broken("event_position", &event.id.to_string(), "the event has no number".to_owned()));
    }
    Ok(Verification { object: "verification".to_owned(), ok: breaks.is_empty(), checked: BTreeMap::from([("events".to_owned(), checked)]), breaks })
}

fn link(position: &event_positions::Model) -> Position {
    Position { sequence: position.sequence, chain: position.chain.clone().try_into().unwrap_or([0; 32]) }
}

fn broken(check: &str, subject: &str, detail: String) -> Break {
    Break { check: check.to_owned(), subject: subject.to_owned(), detail }
}

async fn check_payloads(tx: &mut Tx<'_>, rows: &[events::Model], breaks: &mut Vec<Break>) -> Result<(), Problem> {
    for chunk in rows.chunks(200) {
        let found = Find::<snapshots::Entity>::new().among(snapshots::Column::ObjectId, chunk.iter().map(|row| row.subject_id)).all(tx).await?;
        let bodies: HashMap<(Uuid, i64), Option<String>> = found.into_iter().map(|row| ((row.object_id, row.version), row.body)).collect();
        for row in chunk {
            match bodies.get(&(row.subject_id, row.subject_version)) {
                None => breaks.push(broken(
                    "snapshot_missing",
                    &row.id.to_string(),
                    format!("{} has no snapshot of version {}", row.subject_type, row.subject_version),
                )),
                Some(Some(body)) if crypto::sha256(&[&row.salt, body.as_bytes()])[..] != row.digest[..] => {
                    breaks.push(broken("snapshot_digest", &row.id.to_string(), format!("the snapshot of {} {} was changed", row.subject_type, row.subject_id)));
                }
                Some(_) => {}
            }
        }
    }
    Ok(())
}
