//! The verbs of a lead, but for qualifying.

use super::view::view;
use crate::check::{History, happened};
use causeway_contract::{Bulk, BulkResult, Code, FieldError, Patch, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::sell::leads::{Entity, Model};
use causeway_kernel::bulk::{TakenRefs, create_each};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_master::refs;
use causeway_openapi::crm as wire;
use causeway_value::{CompanyId, FlowId, Json, LeadId, LeadStatus, UserId};
use std::collections::BTreeSet;

const OBJECT: &str = "lead";

/// The rows that new leads name.
pub struct Known {
    companies: BTreeSet<CompanyId>,
    users: BTreeSet<UserId>,
}

impl Known {
    /// Looks up what these bodies name, in one query a kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<'b>(tx: &mut Tx<'_>, bodies: impl Iterator<Item = &'b wire::CreateLead> + Clone) -> Result<Self, Problem> {
        let companies: BTreeSet<CompanyId> = bodies.clone().map(|body| body.company_id).collect();
        let users: BTreeSet<UserId> = bodies.filter_map(|body| body.owner_id).collect();
        let companies = Find::<companies::Entity>::new().among(companies::Column::Id, companies).all(tx).await?;
        let users = if users.is_empty() { Vec::new() } else { Find::<users::Entity>::new().among(users::Column::Id, users).all(tx).await? };
        Ok(Self { companies: companies.into_iter().map(|row| row.id).collect(), users: users.into_iter().map(|row| row.id).collect() })
    }
}

/// Creates a lead.
///
/// # Errors
/// `validation_failed` naming each wrong field.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateLead) -> Result<wire::Lead, Problem> {
    let known = Known::load(tx, std::iter::once(body)).await?;
    create_known(ctx, tx, &known, body, History::of(ctx))
}

/// Creates many.
///
/// # Errors
/// As `create_each`.
pub async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<wire::CreateLead>) -> Result<BulkResult<wire::Lead>, Problem> {
    let known = Known::load(tx, bulk.items.iter()).await?;
    let asked = bulk.items.iter().flat_map(|body| refs::pairs(&body.external_refs));
    let taken = std::cell::RefCell::new(TakenRefs::load(tx, OBJECT, asked).await?);
    create_each(tx, bulk, async |tx, _, body| {
        let lead = create_known(ctx, tx, &known, body, History::of(ctx))?;
        taken.borrow_mut().take(&refs::pairs(&body.external_refs))?;
        Ok(lead)
    })
    .await
}

/// Creates a lead from what is known already.
///
/// # Errors
/// As [`create`].
pub fn create_known(ctx: &Ctx, tx: &mut Tx<'_>, known: &Known, body: &wire::CreateLead, history: History) -> Result<wire::Lead, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.title, "/title", &mut errors);
    if !known.companies.contains(&body.company_id) {
        errors.push(check::unknown::<causeway_value::Company>("/company_id", "tenant"));
    }
    if body.owner_id.is_some_and(|owner| !known.users.contains(&owner)) {
        errors.push(check::unknown::<causeway_value::User>("/owner_id", "tenant"));
    }
    let created_at = happened(ctx, history, body.created_at, "/created_at", &mut errors);
    finish(errors)?;
    let row = Model {
        tenant_id: ctx.tenant,
        id: LeadId::new(),
        company_id: body.company_id,
        title: body.title.clone(),
        contact_name: body.contact_name.clone(),
        organization_name: body.organization_name.clone(),
        email: body.email.clone(),
        phone: body.phone.clone(),
        source: body.source.clone(),
        description: body.description.clone(),
        owner_id: body.owner_id,
        status: LeadStatus::New,
        score: None,
        reason: None,
        party_id: None,
        opportunity_id: None,
        flow_id: FlowId::new(),
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at,
        updated_at: ctx.now(),
    };
    tx.insert(row.clone());
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    tx.index_words(OBJECT, row.id.uuid(), &words(&row), true);
    record(ctx, tx, "lead.created", &row, refs)
}

/// Changes a lead that has not ended.
///
/// # Errors
/// `not_found`, `state_conflict` when it has ended, or `validation_failed` naming each wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: LeadId, body: &wire::UpdateLead) -> Result<wire::Lead, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    must_be_open(&old, "changed")?;
    let mut errors = Vec::new();
    if let Patch::Value(owner) = body.owner_id {
        tx.named::<users::Entity, _>(Some(owner), "/owner_id", &mut errors).await?;
    }
    if matches!(body.status, Patch::Value(LeadStatus::Qualified | LeadStatus::Disqualified)) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/status", "must be new or working; a lead ends by qualify or disqualify"));
    }
    let new = Model {
        status: body.status.clone().over_required(old.status),
        title: body.title.clone().over_required(old.title.clone()),
        contact_name: body.contact_name.clone().over(old.contact_name.clone()),
        organization_name: body.organization_name.clone().over(old.organization_name.clone()),
        email: body.email.clone().over(old.email.clone()),
        phone: body.phone.clone().over(old.phone.clone()),
        source: body.source.clone().over(old.source.clone()),
        description: body.description.clone().over(old.description.clone()),
        owner_id: body.owner_id.clone().over(old.owner_id),
        metadata: Json(check::metadata(old.metadata.0.clone(), &body.metadata, &mut errors)),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    not_blank(&new.title, "/title", &mut errors);
    finish(errors)?;
    if words(&old) != words(&new) {
        tx.index_words(OBJECT, id.uuid(), &words(&new), false);
    }
    let refs = refs::patched(tx, OBJECT, id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    record(ctx, tx, "lead.updated", &new, refs)
}

/// Gives a lead up.
///
/// # Errors
/// `not_found`, or `state_conflict` when it has ended.
pub async fn disqualify(ctx: &Ctx, tx: &mut Tx<'_>, id: LeadId, body: &wire::DisqualifyLead) -> Result<wire::Lead, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    must_be_open(&old, "disqualified")?;
    let new = Model { status: LeadStatus::Disqualified, reason: body.reason.clone(), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    end(ctx, tx, "lead.disqualified", &old, &new).await
}

/// Writes the end of a lead.
///
/// # Errors
/// When the database fails.
pub async fn end(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &Model, new: &Model) -> Result<wire::Lead, Problem> {
    tx.update(old, new);
    let refs = tx.external_refs(&[new.id.uuid()]).await?.remove(&new.id.uuid()).unwrap_or_default();
    record(ctx, tx, event, new, refs)
}

/// Refuses a verb for leads that have not ended on one that has.
///
/// # Errors
/// `state_conflict`.
pub fn must_be_open(row: &Model, verb: &str) -> Result<(), Problem> {
    match row.status {
        LeadStatus::New | LeadStatus::Working => Ok(()),
        LeadStatus::Qualified => {
            Err(Problem::new(Code::StateConflict, format!("The lead is qualified already and cannot be {verb}. Go on with its opportunity.")))
        }
        LeadStatus::Disqualified => {
            Err(Problem::new(Code::StateConflict, format!("The lead is disqualified and cannot be {verb}. Create a new one if the interest is back.")))
        }
    }
}

fn words(row: &Model) -> [Option<&str>; 4] {
    [Some(&row.title), row.contact_name.as_deref(), row.organization_name.as_deref(), row.email.as_deref()]
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model, refs: Vec<(String, String)>) -> Result<wire::Lead, Problem> {
    let body = view(row, refs);
    let (company_id, flow_id) = (Some(row.company_id), Some(row.flow_id));
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(body)
}
