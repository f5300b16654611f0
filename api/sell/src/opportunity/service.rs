//! The verbs of an opportunity.

use super::{rules, view::view};
use crate::check::{happened, share};
use crate::stage::rules as stage_rules;
use crate::stage::service::of_company;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::govern::{companies, users};
use causeway_entity::kernel::snapshots;
use causeway_entity::master::{contacts, parties};
use causeway_entity::sell::opportunities::{Entity, Model};
use causeway_entity::sell::stages;
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_master::party::store as party;
use causeway_master::{money, refs};
use causeway_openapi::crm as wire;
use causeway_value::{Amount, AmountText, ContactId, Currency, FlowId, Instant, Json, OpportunityId, OpportunityStatus, PartyId, StageId};

const OBJECT: &str = "opportunity";

/// Creates an opportunity without a lead. Back-dated history may come with its end.
///
/// # Errors
/// `validation_failed` naming each wrong field.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateOpportunity) -> Result<wire::Opportunity, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.title, "/title", &mut errors);
    let company = tx.named::<companies::Entity, _>(Some(body.company_id), "/company_id", &mut errors).await?;
    let customer = party::named(tx, Some(body.party_id), "/party_id", &mut errors).await?;
    tx.named::<users::Entity, _>(body.owner_id, "/owner_id", &mut errors).await?;
    check_contact(tx, body.contact_id, body.party_id, &mut errors).await?;
    let created_at = happened(ctx, body.created_at, "/created_at", &mut errors);
    let (Some(company), Some(customer)) = (company, customer) else { return Err(Problem::of(errors)) };
    let currency = body.currency.unwrap_or(company.currency);
    body.expected_close_date.iter().for_each(|day| check::day(*day, "/expected_close_date", &mut errors));
    let expected_value = expected(body.expected_value.as_ref(), currency, &mut errors);
    let stages = of_company(tx, company.id).await?;
    let stage = first_stage(&stages, body, &mut errors);
    let closed_at = check_end(ctx, body, stage.as_ref().ok().copied(), created_at, &mut errors);
    finish(errors)?;
    let stage = stage?;
    let row = Model {
        tenant_id: ctx.tenant,
        id: OpportunityId::new(),
        company_id: body.company_id,
        party_id: body.party_id,
        contact_id: body.contact_id,
        lead_id: None,
        title: body.title.clone(),
        expected_value,
        currency,
        expected_close_date: body.expected_close_date,
        owner_id: body.owner_id,
        stage_id: stage.id,
        probability: rules::probability(stage),
        status: stage_rules::status(stage),
        closed_at,
        lost_reason: body.lost_reason.clone(),
        flow_id: FlowId::new(),
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at,
        updated_at: ctx.now(),
    };
    insert(ctx, tx, row, &stage.name, &customer.name, refs::pairs(&body.external_refs))
}

/// Adds an opportunity that is complete: from a body or from a lead.
///
/// # Errors
/// When it cannot be recorded.
pub fn insert(ctx: &Ctx, tx: &mut Tx<'_>, row: Model, stage_name: &str, party_name: &str, refs: Vec<(String, String)>) -> Result<wire::Opportunity, Problem> {
    tx.insert(row.clone());
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    tx.index_words(OBJECT, row.id.uuid(), &[Some(&row.title), Some(party_name)], true);
    record(ctx, tx, "opportunity.created", &row, stage_name, refs)
}

/// Changes an open opportunity.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, or `validation_failed` naming each wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::UpdateOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "changed")?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.title = body.title.clone().over_required(new.title);
    new.contact_id = body.contact_id.clone().over(new.contact_id);
    new.currency = body.currency.clone().over_required(new.currency);
    new.expected_value = changed_value(&old, body, new.currency, &mut errors);
    new.expected_close_date = body.expected_close_date.clone().over(new.expected_close_date);
    new.probability = body.probability.clone().over_required(new.probability);
    share(new.probability, "/probability", &mut errors);
    new.owner_id = body.owner_id.clone().over(new.owner_id);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    not_blank(&new.title, "/title", &mut errors);
    new.expected_close_date.iter().for_each(|day| check::day(*day, "/expected_close_date", &mut errors));
    if let Patch::Value(owner) = body.owner_id {
        tx.named::<users::Entity, _>(Some(owner), "/owner_id", &mut errors).await?;
    }
    if let Patch::Value(contact) = body.contact_id {
        check_contact(tx, Some(contact), old.party_id, &mut errors).await?;
    }
    finish(errors)?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    if new.title != old.title {
        let party = tx.must::<parties::Entity>(old.party_id).await?;
        tx.index_words(OBJECT, id.uuid(), &[Some(&new.title), Some(&party.name)], false);
    }
    let refs = refs::patched(tx, OBJECT, id.uuid(), &body.external_refs).await?;
    let stage = tx.must::<stages::Entity>(new.stage_id).await?;
    record(ctx, tx, "opportunity.updated", &new, &stage.name, refs)
}

/// Moves an open opportunity to another open stage, forward or back. The stage that it is in already changes nothing.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, `invalid_value` for the stage of an end.
pub async fn advance(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, stage_id: StageId) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "advanced")?;
    let stage = open_stage(tx, &old, stage_id).await?;
    if stage.id == old.stage_id {
        let refs = refs_of(tx, id).await?;
        return Ok(view(&old, &stage.name, refs));
    }
    let new = rules::moved(&old, &stage, ctx.now());
    change(ctx, tx, "opportunity.advanced", (&old, &new), &stage.name).await
}

/// Wins an open opportunity.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, `invalid_value` for a `closed_at` that is not allowed.
pub async fn win(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::WinOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "won")?;
    close(ctx, tx, &old, OpportunityStatus::Won, body.closed_at, None).await
}

/// Loses an open opportunity.
///
/// # Errors
/// As [`win`].
pub async fn lose(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::LoseOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "lost")?;
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    close(ctx, tx, &old, OpportunityStatus::Lost, body.closed_at, Some(body.reason.clone())).await
}

/// Wins the opportunity of an accepted quote, whatever was thought of it before; one that is won already stays as it is.
///
/// # Errors
/// `not_found`, or `state_conflict` when the pipeline has no stage for won deals.
pub async fn win_by_quote(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId) -> Result<(), Problem> {
    let old = tx.lock::<Entity>(id).await?;
    if old.status != OpportunityStatus::Won {
        close(ctx, tx, &old, OpportunityStatus::Won, None, None).await?;
    }
    Ok(())
}

/// Reopens a won or lost opportunity, in the stage that it had before unless another is named.
///
/// # Errors
/// `not_found`, `state_conflict` when it is open, `invalid_value` for the stage of an end.
pub async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::ReopenOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    if old.status == OpportunityStatus::Open {
        return Err(Problem::new(Code::StateConflict, "The opportunity is open already. Use advance to move it to another stage."));
    }
    let stage = match body.stage_id {
        Some(stage_id) => open_stage(tx, &old, stage_id).await?,
        None => stage_before(tx, &old).await?,
    };
    let new = rules::moved(&old, &stage, ctx.now());
    change(ctx, tx, "opportunity.reopened", (&old, &new), &stage.name).await
}

async fn close(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    old: &Model,
    end: OpportunityStatus,
    closed_at: Option<Instant>,
    lost_reason: Option<String>,
) -> Result<wire::Opportunity, Problem> {
    let mut errors = Vec::new();
    let closed_at = happened(ctx, closed_at, "/closed_at", &mut errors);
    check_order(old.created_at, closed_at, &mut errors);
    finish(errors)?;
    let stages = of_company(tx, old.company_id).await?;
    let stage = stage_rules::ending(&stages, end)?;
    let new = rules::closed(old, stage, closed_at, lost_reason, ctx.now());
    let event = if end == OpportunityStatus::Won { "opportunity.won" } else { "opportunity.lost" };
    change(ctx, tx, event, (old, &new), &stage.name).await
}

async fn change(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, (old, new): (&Model, &Model), stage_name: &str) -> Result<wire::Opportunity, Problem> {
    tx.update(old, new);
    let refs = refs_of(tx, new.id).await?;
    record(ctx, tx, event, new, stage_name, refs)
}

async fn refs_of(tx: &mut Tx<'_>, id: OpportunityId) -> Result<Vec<(String, String)>, Problem> {
    Ok(tx.external_refs(&[id.uuid()]).await?.remove(&id.uuid()).unwrap_or_default())
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model, stage_name: &str, refs: Vec<(String, String)>) -> Result<wire::Opportunity, Problem> {
    let body = view(row, stage_name, refs);
    let (company_id, flow_id) = (Some(row.company_id), Some(row.flow_id));
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(body)
}

/// The open stage that a body names.
async fn open_stage(tx: &mut Tx<'_>, row: &Model, stage_id: StageId) -> Result<stages::Model, Problem> {
    let mut errors = Vec::new();
    let stage = tx.named::<stages::Entity, _>(Some(stage_id), "/stage_id", &mut errors).await?;
    if let Some(stage) = &stage {
        rules::check_open_stage(row, stage, &mut errors);
    }
    finish(errors)?;
    stage.ok_or_else(Problem::not_found)
}

/// The stage before it was closed. Nothing changes a closed opportunity, so the version before this one shows it; history that was created closed has none.
async fn stage_before(tx: &mut Tx<'_>, row: &Model) -> Result<stages::Model, Problem> {
    let stages = of_company(tx, row.company_id).await?;
    let snapshot =
        Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, row.id.uuid()).eq(snapshots::Column::Version, row.version - 1).one(tx).await?;
    let before = snapshot.and_then(|snapshot| snapshot.body).and_then(|body| serde_json::from_str::<wire::Opportunity>(&body).ok());
    let open = |stage: &&stages::Model| before.as_ref().is_some_and(|before| before.stage.id == stage.id) && stage.outcome.is_none();
    stages.iter().find(open).map_or_else(|| stage_rules::first_open(&stages), Ok).cloned()
}

/// The stage of a new opportunity: the one that is named, else the first one of its status.
fn first_stage<'a>(stages: &'a [stages::Model], body: &wire::CreateOpportunity, errors: &mut Vec<FieldError>) -> Result<&'a stages::Model, Problem> {
    let Some(stage_id) = body.stage_id else {
        return match body.status {
            None | Some(OpportunityStatus::Open) => stage_rules::first_open(stages),
            Some(end) => stage_rules::ending(stages, end),
        };
    };
    let Some(stage) = stages.iter().find(|stage| stage.id == stage_id) else {
        let error = FieldError::pointer(Code::NotFound, "/stage_id", "names no stage of this company's pipeline");
        errors.push(error.clone());
        return Err(Problem::of(vec![error]));
    };
    if body.status.is_some_and(|status| status != stage_rules::status(stage)) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/stage_id", format!("is a stage of deals that are {}", stage_rules::status(stage))));
    }
    Ok(stage)
}

/// When a new opportunity ended, if its history says that it did.
fn check_end(ctx: &Ctx, body: &wire::CreateOpportunity, stage: Option<&stages::Model>, created_at: Instant, errors: &mut Vec<FieldError>) -> Option<Instant> {
    let status = stage.map_or(OpportunityStatus::Open, stage_rules::status);
    if status != OpportunityStatus::Lost && body.lost_reason.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/lost_reason", "belongs to a lost opportunity only"));
    }
    if status == OpportunityStatus::Open {
        if body.closed_at.is_some() {
            errors.push(FieldError::pointer(Code::InvalidValue, "/closed_at", "belongs to a won or lost opportunity only; give its `status`, too"));
        }
        return None;
    }
    let closed_at = happened(ctx, body.closed_at, "/closed_at", errors);
    check_order(created_at, closed_at, errors);
    Some(closed_at)
}

fn check_order(created_at: Instant, closed_at: Instant, errors: &mut Vec<FieldError>) {
    if closed_at < created_at {
        errors.push(FieldError::pointer(Code::InvalidValue, "/closed_at", format!("must not be before the opportunity came up, {created_at}")));
    }
}

/// What a body expects the deal to be worth.
pub fn expected(text: Option<&AmountText>, currency: Currency, errors: &mut Vec<FieldError>) -> Amount {
    let Some(amount) = text.and_then(|text| money::amount(text, currency, "/expected_value", errors)) else { return Amount::ZERO };
    if amount < Amount::ZERO {
        errors.push(FieldError::pointer(Code::InvalidValue, "/expected_value", "must not be negative"));
    }
    amount
}

fn changed_value(old: &Model, body: &wire::UpdateOpportunity, currency: Currency, errors: &mut Vec<FieldError>) -> Amount {
    match &body.expected_value {
        Patch::Value(text) => expected(Some(text), currency, errors),
        Patch::Absent | Patch::Null => {
            if currency != old.currency && !old.expected_value.is_zero() {
                errors.push(FieldError::pointer(Code::Required, "/expected_value", "is required together with another currency"));
            }
            old.expected_value
        }
    }
}

async fn check_contact(tx: &mut Tx<'_>, contact_id: Option<ContactId>, party_id: PartyId, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let contact = tx.named::<contacts::Entity, _>(contact_id, "/contact_id", errors).await?;
    if contact.is_some_and(|contact| contact.party_id != party_id) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/contact_id", "is a contact of another party"));
    }
    Ok(())
}
