//! Creating opportunities: one, or many at once.

use super::{Known, OBJECT, leave_stage, record};
use crate::check::{History, happened, share};
use crate::opportunity::{customer, rules, view};
use crate::stage::rules as stage_rules;
use causeway_contract::{Bulk, BulkResult, Code, FieldError, Problem};
use causeway_entity::sell::opportunities::{Column, Entity, Model};
use causeway_entity::sell::{stage_visits, stages};
use causeway_kernel::bulk::{Kind, create_each};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_master::{money, refs};
use causeway_openapi::crm as wire;
use causeway_value::{Amount, AmountText, Currency, FlowId, Instant, Json, OpportunityId, OpportunityStatus, Percent, StageId};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Creates an opportunity without a lead. Back-dated history may come with its end.
///
/// # Errors
/// `validation_failed` naming each wrong field.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateOpportunity) -> Result<wire::Opportunity, Problem> {
    let body = &owned(ctx, body);
    let known = Known::load(tx, std::iter::once(body)).await?;
    create_known(ctx, tx, &known, body, History::of(ctx))
}

/// Creates many.
///
/// # Errors
/// As `create_each`.
pub async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<wire::CreateOpportunity>) -> Result<BulkResult<wire::Opportunity>, Problem> {
    let bulk = &Bulk { mode: bulk.mode, items: bulk.items.iter().map(|body| owned(ctx, body)).collect() };
    let known = Known::load(tx, bulk.items.iter()).await?;
    let kind = Kind { object: OBJECT, refs: |body: &wire::CreateOpportunity| refs::named(&body.external_refs), read };
    create_each(ctx, tx, bulk, kind, async |tx, _, body| create_known(ctx, tx, &known, body, History::of(ctx))).await
}

/// What nobody is to own is whose who is signed in and enters it (CRM-06).
fn owned(ctx: &Ctx, body: &wire::CreateOpportunity) -> wire::CreateOpportunity {
    let nobodys = body.owner_id.is_none() && body.team_id.is_none();
    wire::CreateOpportunity { owner_id: body.owner_id.or_else(|| ctx.signed_in().filter(|_| nobodys)), ..body.clone() }
}

/// The opportunities of these ids.
async fn read(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<BTreeMap<Uuid, wire::Opportunity>, Problem> {
    let rows = Find::<Entity>::new().among(Column::Id, ids.iter().copied()).all(tx).await?;
    Ok(view::views(tx, &rows).await?.into_iter().map(|opportunity| (opportunity.id.uuid(), opportunity)).collect())
}

/// Creates an opportunity from what is known already.
///
/// # Errors
/// As [`create`].
pub fn create_known(ctx: &Ctx, tx: &mut Tx<'_>, known: &Known, body: &wire::CreateOpportunity, history: History) -> Result<wire::Opportunity, Problem> {
    let row = draft(ctx, known, body, history, None)?;
    insert_draft(ctx, tx, row, body)
}

/// A new opportunity with the name of its stage.
struct Draft {
    row: Model,
    stage_name: String,
}

fn insert_draft(ctx: &Ctx, tx: &mut Tx<'_>, draft: Draft, body: &wire::CreateOpportunity) -> Result<wire::Opportunity, Problem> {
    insert(ctx, tx, draft.row, &draft.stage_name, refs::pairs(&body.external_refs))
}

/// The opportunity that a body asks for; `standing` is the stage of one that is known.
///
/// # Errors
/// `validation_failed` naming each wrong field; `state_conflict` when the pipeline has no stage for it.
fn draft(ctx: &Ctx, known: &Known, body: &wire::CreateOpportunity, history: History, standing: Option<StageId>) -> Result<Draft, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.title, "/title", &mut errors);
    let created_at = match body.closed_at {
        // Of some old deals only the end is known: they had come up by then.
        Some(closed_at) if body.created_at.is_none() => closed_at.min(ctx.now()),
        _ => happened(ctx, history, body.created_at, "/created_at", &mut errors),
    };
    // Whoever has a deal that is there already keeps it.
    if standing.is_none() {
        known.check_here(body, &mut errors);
    }
    let company = known.check(body, &mut errors);
    let party = known.customer(body);
    let currency = body.currency.or(company.map(|company| company.currency));
    body.expected_close_date.iter().for_each(|day| check::day(*day, "/expected_close_date", &mut errors));
    let expected_value = currency.map(|currency| expected(body.expected_value.as_ref(), currency, &mut errors)).unwrap_or_default();
    // The pipeline is that of the company.
    let stage = if company.is_some() { known.stage(body, standing, &mut errors)? } else { None };
    let (Some(currency), Some(stage)) = (currency, stage) else {
        body.probability.iter().for_each(|said| share(*said, "/probability", &mut errors));
        return Err(Problem::of(errors));
    };
    // What ended in a stage was there while deals came to it.
    if stage_rules::status(stage) == OpportunityStatus::Open && standing != Some(stage.id) {
        rules::check_active(stage, &mut errors);
    }
    let closed_at = check_end(ctx, history, body, stage, created_at, &mut errors);
    let probability = how_likely(body, stage, &mut errors);
    let row = Model {
        tenant_id: ctx.tenant,
        id: OpportunityId::new(),
        company_id: body.company_id,
        party_id: party.map(|party| party.id),
        contact_id: body.contact_id,
        lead_id: None,
        title: body.title.clone(),
        expected_value,
        currency,
        expected_close_date: body.expected_close_date,
        owner_id: body.owner_id,
        stage_id: stage.id,
        probability,
        status: stage_rules::status(stage),
        closed_at,
        lost_reason: body.lost_reason.clone(),
        flow_id: FlowId::new(),
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at,
        updated_at: ctx.now(),
        product_id: body.product_id,
        team_id: known.team(body),
        stage_since: Some(closed_at.unwrap_or(created_at)),
        source: body.source.clone(),
        description: body.description.clone(),
        need: body.need.clone(),
        stalled_reason: None,
    };
    // History that has ended is taken as it was.
    if row.status == OpportunityStatus::Open {
        rules::check_required(&row, stage, &mut errors);
        if stage.validates_customer == Some(true) {
            let children = row.party_id.and_then(|id| known.children.get(&id));
            errors.extend(customer::gaps(party, children, row.contact_id).into_iter().map(customer::Gap::error));
        }
    }
    finish(errors)?;
    Ok(Draft { row, stage_name: stage.name.clone() })
}

/// Adds an opportunity that is complete: from a body or from a lead. It is found by the words of its title; those of its customer stand with the customer,
/// who may be called otherwise later.
///
/// # Errors
/// When it cannot be recorded.
pub fn insert(ctx: &Ctx, tx: &mut Tx<'_>, row: Model, stage_name: &str, refs: Vec<(String, String)>) -> Result<wire::Opportunity, Problem> {
    tx.insert(row.clone());
    tx.insert(visit(&row));
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    tx.index_words(OBJECT, row.id.uuid(), &[Some(&row.title)], true);
    record(ctx, tx, "opportunity.created", &row, stage_name, refs)
}

/// The beginning of the time in the stage that the opportunity is in now.
pub(super) fn visit(row: &Model) -> stage_visits::Model {
    stage_visits::Model {
        tenant_id: row.tenant_id,
        opportunity_id: row.id,
        version: row.version,
        stage_id: row.stage_id,
        entered_at: row.stage_since.unwrap_or(row.created_at),
        left_at: None,
    }
}

/// When a new opportunity ended, if its history says that it did.
fn check_end(
    ctx: &Ctx,
    history: History,
    body: &wire::CreateOpportunity,
    stage: &stages::Model,
    created_at: Instant,
    errors: &mut Vec<FieldError>,
) -> Option<Instant> {
    let status = stage_rules::status(stage);
    if status != OpportunityStatus::Open && history == History::Lived {
        let (pointer, verb) = (if body.status.is_some() { "/status" } else { "/stage_id" }, if status == OpportunityStatus::Won { "win" } else { "lose" });
        let detail = format!(
            "would end the deal as it begins, which only back-dated history does (an import, or a sandbox); create it open, then POST /v1/opportunities/{{id}}/{verb}"
        );
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
        return body.closed_at;
    }
    if status != OpportunityStatus::Lost && body.lost_reason.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/lost_reason", "belongs to a lost opportunity only"));
    }
    if status == OpportunityStatus::Open {
        if body.closed_at.is_some() {
            errors.push(FieldError::pointer(Code::InvalidValue, "/closed_at", "belongs to a won or lost opportunity only; give its `status`, too"));
        }
        return None;
    }
    let closed_at = happened(ctx, history, body.closed_at, "/closed_at", errors);
    rules::check_order(created_at, closed_at, errors);
    Some(closed_at)
}

/// How likely a new opportunity is won: as its body says, else as its stage does. An end is certain.
fn how_likely(body: &wire::CreateOpportunity, stage: &stages::Model, errors: &mut Vec<FieldError>) -> Percent {
    let usual = rules::probability(stage);
    let Some(said) = body.probability else { return usual };
    share(said, "/probability", errors);
    let status = stage_rules::status(stage);
    if status != OpportunityStatus::Open && said != usual {
        errors.push(FieldError::pointer(Code::InvalidValue, "/probability", format!("is {usual} for a deal that is {status}; leave it out")));
    }
    said
}

/// What a body expects the deal to be worth.
pub fn expected(text: Option<&AmountText>, currency: Currency, errors: &mut Vec<FieldError>) -> Amount {
    let Some(amount) = text.and_then(|text| money::amount(text, currency, "/expected_value", errors)) else { return Amount::ZERO };
    if amount < Amount::ZERO {
        errors.push(FieldError::pointer(Code::InvalidValue, "/expected_value", "must not be negative"));
    }
    amount
}

/// A deal of which an order stands is neither lost nor opened again, whatever the other system says of it, and one that is won keeps its customer.
fn check_ordered((old, new): (&Model, &Model), number: &str, pointer: &str, errors: &mut Vec<FieldError>) {
    let ended = new.status == OpportunityStatus::Lost && new.status != old.status;
    if ended || (old.status == OpportunityStatus::Won && new.status != OpportunityStatus::Won) {
        let detail = format!("would make the opportunity {} while its order {number} stands; cancel its orders first", new.status);
        errors.push(FieldError::pointer(Code::StateConflict, pointer, detail));
    }
    if old.status == OpportunityStatus::Won && old.party_id.is_some() && new.party_id != old.party_id {
        let detail = format!("is another customer than that of the order {number}, by which the opportunity is won");
        errors.push(FieldError::pointer(Code::StateConflict, "/party_id", detail));
    }
}

/// Since when a deal stands in its stage, after the days of its history were corrected: that it came up, or ended.
fn since_corrected(old: &Model, new: &Model) -> Option<Instant> {
    match (old.stage_since, old.closed_at) {
        (Some(since), Some(closed)) if since == closed => new.closed_at,
        (Some(since), None) if since == old.created_at => Some(new.created_at),
        (since, _) => since,
    }
}

/// Lets the stages in which a deal stood begin when it came up, and end when it ended, after those were corrected. What happened between them stays.
fn correct_visits(tx: &mut Tx<'_>, old: &Model, new: &Model) {
    let mut correct =
        |sql: &str, to: Instant, was: Instant| tx.plain(sql, vec![to.into(), old.tenant_id.into(), old.id.into(), was.into(), old.stage_id.into()]);
    if new.created_at != old.created_at {
        // The end of a deal is no beginning, even where only its end is known.
        let begun = if old.closed_at.is_some() { "stage_id <> $5 AND left_at >= $1" } else { "(stage_id <> $5 AND left_at >= $1 OR left_at IS NULL)" };
        let sql = format!("UPDATE stage_visits SET entered_at = $1 WHERE tenant_id = $2 AND opportunity_id = $3 AND entered_at = $4 AND {begun}");
        correct(&sql, new.created_at, old.created_at);
    }
    if let (Some(was), Some(closed)) = (old.closed_at, new.closed_at)
        && was != closed
    {
        correct("UPDATE stage_visits SET entered_at = $1 WHERE tenant_id = $2 AND opportunity_id = $3 AND entered_at = $4 AND stage_id = $5", closed, was);
        correct(
            "UPDATE stage_visits SET left_at = CASE WHEN entered_at > $1 THEN entered_at ELSE $1 END \
             WHERE tenant_id = $2 AND opportunity_id = $3 AND left_at = $4 AND stage_id <> $5",
            closed,
            was,
        );
    }
}

/// Makes a known opportunity what a body says, as another system that leads it knows it; what the body leaves out stays, but for the customer: the caller
/// puts the standing one into a body without one. Answers whether anything changed.
///
/// # Errors
/// As [`create`].
pub fn replace(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    known: &Known,
    (old, refs): (&Model, Vec<(String, String)>),
    body: &wire::CreateOpportunity,
) -> Result<bool, Problem> {
    let draft = draft(ctx, known, body, History::Told, Some(old.stage_id))?;
    let said = draft.row;
    let moved = said.stage_id != old.stage_id;
    let new = Model {
        id: old.id,
        contact_id: said.contact_id.or(old.contact_id.filter(|_| said.party_id == old.party_id)),
        lead_id: old.lead_id,
        expected_value: if body.expected_value.is_some() { said.expected_value } else { old.expected_value },
        expected_close_date: said.expected_close_date.or(old.expected_close_date),
        owner_id: said.owner_id.or(old.owner_id),
        product_id: said.product_id.or(old.product_id),
        team_id: said.team_id.or(old.team_id),
        source: said.source.or_else(|| old.source.clone()),
        description: said.description.or_else(|| old.description.clone()),
        need: said.need.or_else(|| old.need.clone()),
        stalled_reason: old.stalled_reason.clone().filter(|_| !moved),
        flow_id: old.flow_id,
        metadata: if body.metadata.is_empty() { old.metadata.clone() } else { said.metadata },
        created_at: if body.created_at.is_some() { said.created_at } else { old.created_at },
        closed_at: if moved || body.closed_at.is_some() { said.closed_at } else { old.closed_at },
        lost_reason: said.lost_reason.or_else(|| old.lost_reason.clone().filter(|_| !moved)),
        probability: if moved || body.probability.is_some() { said.probability } else { old.probability },
        version: old.version,
        updated_at: old.updated_at,
        ..said
    };
    let stage_since = if moved { Some(new.closed_at.unwrap_or_else(|| ctx.now())) } else { since_corrected(old, &new) };
    let new = Model { stage_since, ..new };
    if new == *old {
        return Ok(false);
    }
    let mut errors = Vec::new();
    new.closed_at.iter().for_each(|closed_at| rules::check_order(new.created_at, *closed_at, &mut errors));
    if let Some(number) = known.ordered.get(&old.id) {
        check_ordered((old, &new), number, if body.stage_id.is_some() { "/stage_id" } else { "/status" }, &mut errors);
    }
    finish(errors)?;
    let new = Model { version: old.version + 1, updated_at: ctx.now(), ..new };
    tx.update(old, &new);
    correct_visits(tx, old, &new);
    if moved {
        leave_stage(tx, &new);
        tx.insert(visit(&new));
    }
    if new.title != old.title || new.party_id != old.party_id {
        tx.index_words(OBJECT, new.id.uuid(), &[Some(&new.title)], false);
    }
    let event = match new.status {
        OpportunityStatus::Won if moved => "opportunity.won",
        OpportunityStatus::Lost if moved => "opportunity.lost",
        OpportunityStatus::Open if moved => "opportunity.advanced",
        _ => "opportunity.updated",
    };
    record(ctx, tx, event, &new, &draft.stage_name, refs)?;
    Ok(true)
}
