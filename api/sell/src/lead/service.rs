//! The verbs of a lead, but for qualifying.

use super::view::{view, views};
use crate::check::{History, happened};
use crate::intake::desk::Desk;
use crate::intake::duplicates::{self, Beside};
use crate::intake::rules::Facts;
use causeway_contract::{Bulk, BulkResult, Code, FieldError, Patch, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::sell::leads::{Column, Entity, Model};
use causeway_entity::sell::teams;
use causeway_kernel::bulk::{Kind, create_each};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_master::party::duplicate::rules::phone_key;
use causeway_master::{money, refs};
use causeway_openapi::crm as wire;
use causeway_openapi::intake::AssignLead;
use causeway_value::{Amount, AmountText, CompanyId, Currency, FlowId, Json, LeadId, LeadStatus, TeamId, UserId};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const OBJECT: &str = "lead";

/// The rows that new leads name, and the rules that give them away.
pub struct Known {
    /// With their currencies.
    companies: BTreeMap<CompanyId, Currency>,
    users: BTreeMap<UserId, users::Model>,
    teams: BTreeSet<TeamId>,
    desk: Desk,
}

impl Known {
    /// Looks up what these bodies name, in one query a kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load<'b>(tx: &mut Tx<'_>, bodies: impl Iterator<Item = &'b wire::CreateLead> + Clone) -> Result<Self, Problem> {
        let companies: BTreeSet<CompanyId> = bodies.clone().map(|body| body.company_id).collect();
        let users: BTreeSet<UserId> = bodies.clone().filter_map(|body| body.owner_id).collect();
        let teams: BTreeSet<TeamId> = bodies.clone().filter_map(|body| body.team_id).collect();
        let desk = Desk::load(tx, bodies.filter(|body| is_nobodys(body)).map(facts)).await?;
        let companies = Find::<companies::Entity>::new().among(companies::Column::Id, companies).all(tx).await?;
        let users = if users.is_empty() { Vec::new() } else { Find::<users::Entity>::new().among(users::Column::Id, users).all(tx).await? };
        let teams = if teams.is_empty() { Vec::new() } else { Find::<teams::Entity>::new().among(teams::Column::Id, teams).all(tx).await? };
        Ok(Self {
            companies: companies.into_iter().map(|row| (row.id, row.currency)).collect(),
            users: users.into_iter().map(|row| (row.id, row)).collect(),
            teams: teams.into_iter().map(|row| row.id).collect(),
            desk,
        })
    }
}

/// Whether the rules decide who gets a new lead.
fn is_nobodys(body: &wire::CreateLead) -> bool {
    body.owner_id.is_none() && body.team_id.is_none()
}

fn facts(body: &wire::CreateLead) -> Facts<'_> {
    Facts { company_id: body.company_id, source: body.source.as_deref(), country: body.country.as_deref(), employees: body.employee_count }
}

/// Creates a lead.
///
/// # Errors
/// `validation_failed` naming each wrong field; `already_exists` for a likely duplicate when the body asks for that.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateLead) -> Result<wire::Lead, Problem> {
    let known = Known::load(tx, std::iter::once(body)).await?;
    create_alone(ctx, tx, &known, (body, &[])).await
}

/// Creates many.
///
/// # Errors
/// As `create_each`.
pub async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<wire::CreateLead>) -> Result<BulkResult<wire::Lead>, Problem> {
    let known = Known::load(tx, bulk.items.iter()).await?;
    let kind = Kind { object: OBJECT, refs: |body: &wire::CreateLead| refs::named(&body.external_refs), read };
    let before = RefCell::new(Vec::new());
    create_each(ctx, tx, bulk, kind, async |tx, place, body| {
        let mut earlier: Vec<Beside<'_>> = before.take();
        let made = create_alone(ctx, tx, &known, (body, &earlier)).await;
        if let (Ok(lead), Some(item)) = (&made, bulk.items.get(place)) {
            earlier.push(Beside::of(lead.id, item));
        }
        before.replace(earlier);
        made
    })
    .await
}

/// Creates a lead, unless it is likely there already, or among those that came before it in one request, and the body asks to be told.
async fn create_alone(ctx: &Ctx, tx: &mut Tx<'_>, known: &Known, (body, earlier): (&wire::CreateLead, &[Beside<'_>])) -> Result<wire::Lead, Problem> {
    if body.refuse_duplicates == Some(true) {
        duplicates::refuse(ctx, tx, body, earlier).await?;
    }
    create_known(ctx, tx, known, body, History::of(ctx))
}

/// The leads of these ids.
async fn read(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<BTreeMap<Uuid, wire::Lead>, Problem> {
    let rows = Find::<Entity>::new().among(Column::Id, ids.iter().copied()).all(tx).await?;
    Ok(views(tx, &rows).await?.into_iter().map(|lead| (lead.id.uuid(), lead)).collect())
}

/// Creates a lead from what is known already.
///
/// # Errors
/// As [`create`].
pub fn create_known(ctx: &Ctx, tx: &mut Tx<'_>, known: &Known, body: &wire::CreateLead, history: History) -> Result<wire::Lead, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.title, "/title", &mut errors);
    let own_currency = known.companies.get(&body.company_id).copied();
    if own_currency.is_none() {
        errors.push(check::unknown::<causeway_value::Company>("/company_id", "tenant"));
    }
    if let Some(owner) = body.owner_id {
        match known.users.get(&owner) {
            None => errors.push(check::unknown::<causeway_value::User>("/owner_id", "tenant")),
            Some(user) => errors.extend(check::cannot_take(user, Some(body.company_id), "/owner_id")),
        }
    }
    if body.team_id.is_some_and(|team| !known.teams.contains(&team)) {
        errors.push(check::unknown::<causeway_value::Team>("/team_id", "tenant"));
    }
    body.needed_by.iter().for_each(|day| check::day(*day, "/needed_by", &mut errors));
    let currency = body.currency.or(own_currency.filter(|_| body.budget.is_some()));
    let budget = currency.and_then(|currency| budget(body.budget.as_ref(), currency, &mut errors));
    let created_at = happened(ctx, history, body.created_at, "/created_at", &mut errors);
    finish(errors)?;
    let given = is_nobodys(body).then(|| known.desk.give(tx, &facts(body))).flatten();
    // What no rule gives away is whose who enters it, unless a team is to have it.
    let own = ctx.signed_in().filter(|_| is_nobodys(body) && given.is_none());
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
        owner_id: body.owner_id.or(given.as_ref().and_then(|given| given.owner_id)).or(own),
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
        country: body.country.clone(),
        employee_count: body.employee_count,
        team_id: body.team_id.or(given.as_ref().and_then(|given| given.team_id)),
        budget,
        currency,
        authority: body.authority.clone(),
        need: body.need.clone(),
        needed_by: body.needed_by,
        assignment_rule_id: given.as_ref().map(|given| given.rule_id),
        assignment_reason: given.map(|given| given.because),
        erased_at: None,
    };
    tx.insert(row.clone());
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    index(tx, &row, true);
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
        check::assignee(tx, Some(owner).filter(|_| old.owner_id != Some(owner)), Some(old.company_id), "/owner_id", &mut errors).await?;
    }
    if matches!(body.status, Patch::Value(LeadStatus::Qualified | LeadStatus::Disqualified)) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/status", "must be new or working; a lead ends by qualify or disqualify"));
    }
    if let Patch::Value(team) = body.team_id {
        tx.named::<teams::Entity, _>(Some(team), "/team_id", &mut errors).await?;
    }
    if let Patch::Value(day) = body.needed_by {
        check::day(day, "/needed_by", &mut errors);
    }
    let by_hand = !body.owner_id.is_absent() || !body.team_id.is_absent();
    let (budget, currency) = changed_budget(tx, &old, body, &mut errors).await?;
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
        country: body.country.clone().over(old.country.clone()),
        employee_count: body.employee_count.clone().over(old.employee_count),
        team_id: body.team_id.clone().over(old.team_id),
        budget,
        currency,
        authority: body.authority.clone().over(old.authority.clone()),
        need: body.need.clone().over(old.need.clone()),
        needed_by: body.needed_by.clone().over(old.needed_by),
        assignment_rule_id: old.assignment_rule_id.filter(|_| !by_hand),
        assignment_reason: old.assignment_reason.clone().filter(|_| !by_hand),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    not_blank(&new.title, "/title", &mut errors);
    finish(errors)?;
    if words(&old) != words(&new) {
        index(tx, &new, false);
    }
    let refs = refs::patched(tx, OBJECT, id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    record(ctx, tx, "lead.updated", &new, refs)
}

/// Gives a lead to whom the body names, else by the assignment rules. A team that is named alone has it without a person; a person that is named alone has it
/// in the team that it was in.
///
/// # Errors
/// `not_found`, `state_conflict` when it has ended or no rule fits, or `validation_failed` naming each wrong field.
pub async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, id: LeadId, body: &AssignLead) -> Result<wire::Lead, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    must_be_open(&old, "assigned")?;
    let mut errors = Vec::new();
    check::assignee(tx, body.owner_id, Some(old.company_id), "/owner_id", &mut errors).await?;
    tx.named::<teams::Entity, _>(body.team_id, "/team_id", &mut errors).await?;
    finish(errors)?;
    let mut new = Model { version: old.version + 1, updated_at: ctx.now(), assignment_rule_id: None, assignment_reason: None, ..old.clone() };
    if body.owner_id.is_some() || body.team_id.is_some() {
        new.owner_id = body.owner_id;
        new.team_id = body.team_id.or(old.team_id);
    } else {
        let facts = Facts { company_id: old.company_id, source: old.source.as_deref(), country: old.country.as_deref(), employees: old.employee_count };
        let given = Desk::load(tx, std::iter::once(facts)).await?.give(tx, &facts);
        let Some(given) = given else {
            let detail = "No active assignment rule fits this lead. Name an owner or a team, or change the rules (GET /v1/assignment-rules).";
            return Err(Problem::new(Code::StateConflict, detail));
        };
        (new.owner_id, new.team_id) = (given.owner_id, given.team_id);
        (new.assignment_rule_id, new.assignment_reason) = (Some(given.rule_id), Some(given.because));
    }
    end(ctx, tx, "lead.assigned", &old, &new).await
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

/// Writes a change of a lead that leaves its references as they are.
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

fn words(row: &Model) -> [Option<&str>; 5] {
    [Some(&row.title), row.contact_name.as_deref(), row.organization_name.as_deref(), row.email.as_deref(), row.phone.as_deref()]
}

/// Makes a lead findable: by its words, and by the part of its telephone number that is the same however it is dialled.
fn index(tx: &mut Tx<'_>, row: &Model, fresh: bool) {
    let phone = row.phone.as_deref().and_then(phone_key);
    let [title, contact, organization, email, _] = words(row);
    tx.index_words(OBJECT, row.id.uuid(), &[title, contact, organization, email, phone.as_deref()], fresh);
}

/// What may be spent.
pub(super) fn budget(text: Option<&AmountText>, currency: Currency, errors: &mut Vec<FieldError>) -> Option<Amount> {
    let amount = money::amount(text?, currency, "/budget", errors)?;
    check::not_negative(amount.0, "/budget", errors);
    Some(amount)
}

/// The budget of a change, and its currency: the one that is given, else the one that it has, else the company's.
async fn changed_budget(
    tx: &mut Tx<'_>,
    old: &Model,
    body: &wire::UpdateLead,
    errors: &mut Vec<FieldError>,
) -> Result<(Option<Amount>, Option<Currency>), Problem> {
    let currency = body.currency.clone().over(old.currency);
    match &body.budget {
        Patch::Null => Ok((None, currency)),
        Patch::Value(text) => {
            let currency = match currency {
                Some(currency) => currency,
                None => tx.must::<companies::Entity>(old.company_id).await?.currency,
            };
            Ok((budget(Some(text), currency, errors), Some(currency)))
        }
        Patch::Absent => {
            if old.budget.is_some() && currency != old.currency {
                errors.push(FieldError::pointer(Code::Required, "/budget", "is required together with another currency"));
            }
            Ok((old.budget, currency))
        }
    }
}

pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model, refs: Vec<(String, String)>) -> Result<wire::Lead, Problem> {
    let body = view(row, refs);
    let (company_id, flow_id) = (Some(row.company_id), Some(row.flow_id));
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(body)
}
