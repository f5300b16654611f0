//! Activities: what is to be done about a lead, a deal, a customer or a document (CRM-09).
//!
//! States: open → done or cancelled. What is overdue is not stored: it is open and its time has passed by the tenant's clock. An activity has the company and the deal of
//! what it is about, and whoever may not read that is not told of the activity either: its note tells of it (SEC-03).

use causeway_contract::{Code, FieldError, Page, Problem};
use causeway_entity::bill::invoices;
use causeway_entity::master::parties;
use causeway_entity::sell::activities::{Column, Entity, Model};
use causeway_entity::sell::{leads, opportunities, orders, quotes};
use causeway_govern::access::told_of;
use causeway_kernel::{Answer, Call, Change, Ctx, Find, Routes, Tx, list};
use causeway_master::check::{assignee, finish};
use causeway_master::party::store::merged_into;
use causeway_master::refs;
use causeway_openapi::activity::{ACTIVITIES, Activity, op};
use causeway_value::{
    ActivityId, ActivityStatus, CompanyId, FlowId, Invoice, Kind, Lead, Opportunity, Order, PREFIXES, Party, Quote, UserId, prefix_of, split_type_id, type_id,
};
use uuid::Uuid;

/// What records, lists and references call it.
const OBJECT: &str = "activity";

/// Serves its operations.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListActivities, _>(list_activities);
    routes.on::<op::CreateActivity, _>(create);
    routes.on::<op::GetActivity, _>(get);
    routes.on::<op::UpdateActivity, _>(update);
    routes.on::<op::CompleteActivity, _>(complete);
    routes.on::<op::CancelActivity, _>(cancel);
}

async fn list_activities(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListActivities>) -> Result<Answer<Page<Activity>>, Problem> {
    let told = told_of(ctx);
    let readable = |find: Find<Entity>| match &told {
        Some(kinds) => find.among(Column::SubjectType, kinds.iter().copied()),
        None => find,
    };
    let rows = list::list_where::<Entity>(ctx, tx, &ACTIVITIES, OBJECT, &call.query, readable).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateActivity>) -> Result<Answer<Activity>, Problem> {
    let mut errors = Vec::new();
    let subject = subject(tx, &call.body.subject_id).await?.filter(|subject| may_read(ctx, subject.kind));
    if subject.is_none() {
        errors.push(FieldError::pointer(Code::NotFound, "/subject_id", "names no lead, opportunity, party, quote, order or invoice of this tenant"));
    }
    assignee(tx, call.body.owner_id, subject.as_ref().and_then(|subject| subject.company_id), "/owner_id", &mut errors).await?;
    if subject.as_ref().is_some_and(|subject| subject.is_erased) && call.body.note.is_some() {
        errors.push(about_nobody("/note"));
    }
    finish(errors)?;
    let subject = subject.ok_or_else(Problem::not_found)?;
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: ActivityId::new(),
        subject_type: subject.kind.to_owned(),
        subject_id: subject.id,
        company_id: subject.company_id,
        flow_id: subject.flow_id,
        kind: call.body.kind,
        status: ActivityStatus::Open,
        due_at: call.body.due_at,
        note: call.body.note.clone(),
        owner_id: call.body.owner_id.or(ctx.user.map(UserId::from_uuid)),
        outcome: None,
        completed_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
        cancelled_at: None,
    };
    tx.insert(row.clone());
    let refs = refs::pairs(&call.body.external_refs);
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    record(ctx, tx, "activity.created", &row, refs)
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetActivity>) -> Result<Answer<Activity>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    must_read(ctx, &row)?;
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    Ok(Answer::object(view(&row, refs), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateActivity>) -> Result<Answer<Activity>, Problem> {
    let old = open(ctx, tx, call.path, "changed").await?;
    let body = &call.body;
    let new = Model {
        kind: body.kind.clone().over_required(old.kind),
        due_at: body.due_at.clone().over(old.due_at),
        note: body.note.clone().over(old.note.clone()),
        owner_id: body.owner_id.clone().over(old.owner_id),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let mut errors = Vec::new();
    assignee(tx, new.owner_id.filter(|_| new.owner_id != old.owner_id), old.company_id, "/owner_id", &mut errors).await?;
    finish(errors)?;
    may_say(tx, &old, new.note.as_ref().filter(|_| new.note != old.note), "/note").await?;
    let refs = refs::patched(tx, OBJECT, old.id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    record(ctx, tx, "activity.updated", &new, refs)
}

async fn complete(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CompleteActivity>) -> Result<Answer<Activity>, Problem> {
    let old = open(ctx, tx, call.path, "completed").await?;
    may_say(tx, &old, call.body.outcome.as_ref(), "/outcome").await?;
    let new = Model {
        status: ActivityStatus::Done,
        outcome: call.body.outcome.clone(),
        completed_at: Some(ctx.now()),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let refs = refs::pairs_of(tx, old.id.uuid()).await?;
    tx.update(&old, &new);
    record(ctx, tx, "activity.completed", &new, refs)
}

async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CancelActivity>) -> Result<Answer<Activity>, Problem> {
    let old = open(ctx, tx, call.path, "cancelled").await?;
    may_say(tx, &old, call.body.reason.as_ref(), "/reason").await?;
    let new = Model {
        status: ActivityStatus::Cancelled,
        outcome: call.body.reason.clone(),
        cancelled_at: Some(ctx.now()),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let refs = refs::pairs_of(tx, old.id.uuid()).await?;
    tx.update(&old, &new);
    record(ctx, tx, "activity.cancelled", &new, refs)
}

/// Nothing is written about whom a lead has forgotten (SEC-08): it would stay.
async fn may_say(tx: &mut Tx<'_>, row: &Model, text: Option<&String>, pointer: &str) -> Result<(), Problem> {
    if text.is_none() || row.subject_type != Lead::NAME {
        return Ok(());
    }
    let is_erased = tx.get::<leads::Entity>(row.subject_id).await?.is_some_and(|lead| lead.erased_at.is_some());
    if is_erased { Err(Problem::of(vec![about_nobody(pointer)])) } else { Ok(()) }
}

fn about_nobody(pointer: &str) -> FieldError {
    FieldError::pointer(Code::InvalidValue, pointer, "would be about somebody whom the lead has forgotten (its erased_at); leave it out")
}

/// Makes the activities about these objects forget what was written in them, and what once stood there: their records before may tell it still.
///
/// # Errors
/// When the database fails.
pub(crate) async fn erase_notes(ctx: &Ctx, tx: &mut Tx<'_>, subject_type: &str, subjects: &[Uuid]) -> Result<(), Problem> {
    let about = Find::<Entity>::new().eq(Column::SubjectType, subject_type).among(Column::SubjectId, subjects.iter().copied());
    let telling = about.when("(note IS NOT NULL OR outcome IS NOT NULL OR version > 1)", Vec::new()).lock().all(tx).await?;
    let mut refs = tx.external_refs(&telling.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    for old in telling {
        let new = Model { note: None, outcome: None, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.forget_snapshots(old.id.uuid());
        tx.update(&old, &new);
        record(ctx, tx, "activity.erased", &new, refs.remove(&new.id.uuid()).unwrap_or_default())?;
    }
    Ok(())
}

async fn open(ctx: &Ctx, tx: &mut Tx<'_>, id: ActivityId, verb: &str) -> Result<Model, Problem> {
    let row = tx.lock::<Entity>(id).await?;
    must_read(ctx, &row)?;
    if row.status == ActivityStatus::Open {
        return Ok(row);
    }
    Err(Problem::new(Code::StateConflict, format!("The activity is {} already and cannot be {verb}. Create a new one.", row.status)))
}

/// Whether the caller may read objects of this kind.
fn may_read(ctx: &Ctx, kind: &str) -> bool {
    told_of(ctx).is_none_or(|kinds| kinds.contains(&kind))
}

/// What is about something that the caller may not read is as if it did not exist.
///
/// # Errors
/// `not_found`.
fn must_read(ctx: &Ctx, row: &Model) -> Result<(), Problem> {
    if may_read(ctx, &row.subject_type) { Ok(()) } else { Err(Problem::not_found()) }
}

/// What an activity is about.
struct Subject {
    kind: &'static str,
    id: Uuid,
    company_id: Option<CompanyId>,
    flow_id: Option<FlowId>,
    /// Whether it is a lead that has forgotten whom it was about.
    is_erased: bool,
}

async fn subject(tx: &mut Tx<'_>, text: &str) -> Result<Option<Subject>, Problem> {
    let Some((prefix, id)) = split_type_id(text) else { return Ok(None) };
    let mut is_erased = false;
    let mut id = id;
    let found = match prefix {
        Lead::PREFIX => tx.get::<leads::Entity>(id).await?.map(|row| {
            is_erased = row.erased_at.is_some();
            (Some(row.company_id), Some(row.flow_id))
        }),
        Opportunity::PREFIX => tx.get::<opportunities::Entity>(id).await?.map(|row| (Some(row.company_id), Some(row.flow_id))),
        Party::PREFIX => {
            let party = tx.get::<parties::Entity>(id).await?;
            // The id of a merged party leads to the one that took its place.
            if let Some(merged) = party.as_ref().filter(|party| !party.active)
                && let Some(into) = merged_into(tx, merged.id).await?
            {
                id = into.uuid();
            }
            party.map(|_| (None, None))
        }
        Quote::PREFIX => tx.get::<quotes::Entity>(id).await?.map(|row| (Some(row.company_id), Some(row.flow_id))),
        Order::PREFIX => tx.get::<orders::Entity>(id).await?.map(|row| (Some(row.company_id), Some(row.flow_id))),
        Invoice::PREFIX => tx.get::<invoices::Entity>(id).await?.map(|row| (Some(row.company_id), row.flow_id)),
        _ => None,
    };
    let kind = PREFIXES.iter().find(|(known, _)| *known == prefix).map(|(_, name)| *name);
    Ok(found.zip(kind).map(|((company_id, flow_id), kind)| Subject { kind, id, company_id, flow_id, is_erased }))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model, refs: Vec<(String, String)>) -> Result<Answer<Activity>, Problem> {
    let body = view(row, refs);
    let (company_id, flow_id) = (row.company_id, row.flow_id);
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(Answer::object(body, row.version))
}

fn view(row: &Model, refs: Vec<(String, String)>) -> Activity {
    let prefix = prefix_of(&row.subject_type).unwrap_or_default();
    Activity {
        id: row.id,
        object: OBJECT.to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        subject_type: row.subject_type.clone(),
        subject_id: type_id(prefix, row.subject_id),
        company_id: row.company_id,
        flow_id: row.flow_id,
        kind: row.kind,
        status: row.status,
        due_at: row.due_at,
        note: row.note.clone(),
        owner_id: row.owner_id,
        outcome: row.outcome.clone(),
        completed_at: row.completed_at,
        cancelled_at: row.cancelled_at,
        external_refs: refs::shown(refs),
    }
}
