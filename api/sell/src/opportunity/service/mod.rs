//! The verbs of an opportunity.

mod agreed;
mod create;
mod known;
mod standing;

pub use agreed::{must_be_winnable, ordered, win_by};
pub use create::{create, create_known, create_many, expected, insert, replace};
pub use known::Known;
pub(crate) use known::team_of;

use super::rules::{self, Agreed};
use super::{customer, view::view};
use crate::check::{History, happened, own, share};
use crate::lost_reason;
use crate::stage::rules as stage_rules;
use crate::stage::service::of_company;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::{contacts, parties, products};
use causeway_entity::sell::opportunities::{Entity, Model};
use causeway_entity::sell::{stage_visits, stages, teams};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_master::contact::has_left;
use causeway_master::party::store as party;
use causeway_master::refs;
use causeway_openapi::crm as wire;
use causeway_openapi::object::HandOver;
use causeway_openapi::party::UpdateParty;
use causeway_value::{Amount, ContactId, Currency, Instant, Json, OpportunityId, OpportunityStatus, PartyId, PartyRole, StageId};

const OBJECT: &str = "opportunity";
/// The right to say who works on what.
const ASSIGN: &str = "teams:write";
/// Visits that are looked through for the last open stage, at most.
const VISITS: u64 = 100;

/// Changes an open opportunity.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, or `validation_failed` naming each wrong field; `required` for what its stage asks for and the change takes
/// away; `permission_denied` for giving away what is somebody else's.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::UpdateOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "changed")?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.title = body.title.clone().over_required(new.title);
    new.party_id = body.party_id.clone().over(new.party_id);
    let contact_id = old.contact_id.filter(|_| new.party_id == old.party_id);
    new.contact_id = body.contact_id.clone().over(contact_id);
    new.currency = body.currency.clone().over_required(new.currency);
    new.expected_value = changed_value(&old, body, new.currency, &mut errors);
    new.expected_close_date = body.expected_close_date.clone().over(new.expected_close_date);
    new.probability = body.probability.clone().over_required(new.probability);
    share(new.probability, "/probability", &mut errors);
    new.owner_id = body.owner_id.clone().over(new.owner_id);
    new.product_id = body.product_id.clone().over(new.product_id);
    new.team_id = body.team_id.clone().over(new.team_id);
    new.source = body.source.clone().over(new.source);
    new.description = body.description.clone().over(new.description);
    new.need = body.need.clone().over(new.need);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    not_blank(&new.title, "/title", &mut errors);
    new.expected_close_date.iter().for_each(|day| check::day(*day, "/expected_close_date", &mut errors));
    if new.owner_id != old.owner_id {
        own(ctx, old.owner_id, ASSIGN)?;
    }
    if let Patch::Value(owner) = body.owner_id {
        check::assignee(tx, Some(owner).filter(|_| old.owner_id != Some(owner)), Some(old.company_id), "/owner_id", &mut errors).await?;
    }
    if let Patch::Value(product) = body.product_id {
        tx.named::<products::Entity, _>(Some(product), "/product_id", &mut errors).await?;
    }
    if let Patch::Value(team) = body.team_id {
        tx.named::<teams::Entity, _>(Some(team), "/team_id", &mut errors).await?;
    }
    // Whoever works on it now takes it to the own team, unless somebody says to which (CRM-06).
    if let Some(owner) = new.owner_id.filter(|_| new.owner_id != old.owner_id && body.team_id.is_absent()) {
        new.team_id = team_of(tx, owner, old.team_id).await?;
    }
    if let Patch::Value(contact) = body.contact_id {
        let stands = old.contact_id == Some(contact);
        new.party_id = customer_with(tx, (contact, stands), (new.party_id, &body.party_id), &mut errors).await?;
    }
    if let Patch::Value(id) = body.party_id {
        party::named(tx, Some(id), "/party_id", &mut errors).await?;
    }
    let stage = tx.must::<stages::Entity>(new.stage_id).await?;
    rules::check_kept(&old, &new, &stage, &mut errors);
    finish(errors)?;
    // Another customer or person is checked as whoever came to the stage was.
    if stage.validates_customer == Some(true) && (new.party_id, new.contact_id) != (old.party_id, old.contact_id) {
        check_customer(ctx, tx, &new, Vec::new()).await?;
    }
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    // Deals of before may still be found by the name that their customer had then; not under another customer.
    if new.title != old.title || new.party_id != old.party_id {
        tx.index_words(OBJECT, id.uuid(), &[Some(&new.title)], false);
    }
    let refs = refs::patched(tx, OBJECT, id.uuid(), &body.external_refs).await?;
    record(ctx, tx, "opportunity.updated", &new, &stage.name, refs)
}

/// Moves an open opportunity to another open stage, forward or back. The stage that it is in already changes nothing.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, `invalid_value` for the stage of an end, `required` for each thing that the stage asks for.
pub async fn advance(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, stage_id: StageId) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "advanced")?;
    let stage = open_stage(tx, &old, stage_id).await?;
    if stage.id == old.stage_id {
        let refs = refs_of(tx, id).await?;
        return Ok(view(&old, &stage.name, refs));
    }
    check_entry(ctx, tx, &old, &stage).await?;
    let new = rules::moved(&old, &stage, ctx.now());
    change(ctx, tx, "opportunity.advanced", (&old, &new), &stage.name).await
}

/// Wins an open opportunity.
///
/// # Errors
/// `not_found`, `state_conflict` when it is closed, `invalid_value` for a `closed_at` that is not allowed, `required` for each thing that the stage asks for.
pub async fn win(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::WinOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "won")?;
    let stages = of_company(tx, Some(old.company_id)).await?;
    check_entry(ctx, tx, &old, stage_rules::ending(&stages, OpportunityStatus::Won)?).await?;
    close(ctx, tx, &old, &stages, End { closed_at: body.closed_at, ..End::WON }).await
}

/// Loses an open opportunity, for one of the tenant's reasons where there are some.
///
/// # Errors
/// As [`win`]; `required` for each thing that the stage of lost deals asks for; `invalid_value` for a reason that is none of them; `state_conflict` naming its orders while one stands.
pub async fn lose(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::LoseOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_open(&old, "lost")?;
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    errors.extend(lost_reason::error(tx, &body.reason, "/reason").await?);
    // Who is lost is not made a customer: of what the stage asks for only the fields count.
    let stages = of_company(tx, Some(old.company_id)).await?;
    rules::check_required(&old, stage_rules::ending(&stages, OpportunityStatus::Lost)?, &mut errors);
    finish(errors)?;
    standing::must_have_none(tx, &old, "lost").await?;
    close(ctx, tx, &old, &stages, End { status: OpportunityStatus::Lost, closed_at: body.closed_at, lost_reason: Some(body.reason.clone()), ..End::WON }).await
}

/// Reopens a won or lost opportunity, in the stage that it had before unless another is named.
///
/// # Errors
/// `not_found`, `permission_denied` when it is somebody else's, `state_conflict` when it is open, or is won and one of its orders stands; `invalid_value` for the stage of an end, `required` for each thing
/// that a named stage asks for.
pub async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &wire::ReopenOpportunity) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    if old.status == OpportunityStatus::Open {
        return Err(Problem::new(Code::StateConflict, "The opportunity is open already. Use advance to move it to another stage."));
    }
    own(ctx, old.owner_id, ASSIGN)?;
    // A deal that was lost may have an order that somebody made since: it was no reason to lose it.
    if old.status == OpportunityStatus::Won {
        standing::must_have_none(tx, &old, "reopened").await?;
    }
    let stage = match body.stage_id {
        Some(stage_id) => open_stage(tx, &old, stage_id).await?,
        None => stage_before(tx, &old).await?,
    };
    // Who names a stage moves the deal there; without one it goes back to where it was.
    if body.stage_id.is_some() {
        check_entry(ctx, tx, &old, &stage).await?;
    }
    let new = rules::moved(&old, &stage, ctx.now());
    change(ctx, tx, "opportunity.reopened", (&old, &new), &stage.name).await
}

/// Lets somebody else work on an opportunity, an ended one too, and takes it to the team of that person as [`update`] does (CRM-06). Whoever works on it
/// already goes on.
///
/// # Errors
/// `not_found`; `validation_failed` for an owner who is not there, left, or does not see the company; `required` for a team that its stage asks for.
pub async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId, body: &HandOver) -> Result<wire::Opportunity, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let stage = tx.must::<stages::Entity>(old.stage_id).await?;
    if old.owner_id == Some(body.owner_id) {
        let refs = refs_of(tx, id).await?;
        return Ok(view(&old, &stage.name, refs));
    }
    let mut errors = Vec::new();
    check::assignee(tx, Some(body.owner_id), Some(old.company_id), "/owner_id", &mut errors).await?;
    let team_id = team_of(tx, body.owner_id, old.team_id).await?;
    let new = Model { owner_id: Some(body.owner_id), team_id, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    rules::check_kept(&old, &new, &stage, &mut errors);
    finish(errors)?;
    change(ctx, tx, "opportunity.assigned", (&old, &new), &stage.name).await
}

/// How an opportunity ends.
struct End<'d> {
    status: OpportunityStatus,
    /// Now when not given.
    closed_at: Option<Instant>,
    lost_reason: Option<String>,
    /// What was agreed, when a document decides it.
    agreed: Option<Agreed<'d>>,
}

impl End<'_> {
    const WON: Self = Self { status: OpportunityStatus::Won, closed_at: None, lost_reason: None, agreed: None };
}

async fn close(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, stages: &[stages::Model], end: End<'_>) -> Result<wire::Opportunity, Problem> {
    let mut errors = Vec::new();
    let closed_at = happened(ctx, History::of(ctx), end.closed_at, "/closed_at", &mut errors);
    rules::check_order(old.created_at, closed_at, &mut errors);
    finish(errors)?;
    let stage = stage_rules::ending(stages, end.status)?;
    let closed = rules::closed(old, stage, closed_at, end.lost_reason, ctx.now());
    let new = if let Some(agreed) = &end.agreed { rules::completed(closed, agreed) } else { closed };
    if let Some(Agreed { customer, .. }) = end.agreed
        && stage_rules::check_customers(stages)
    {
        // Where customers are checked, who accepts an offer is one when nothing is missing; else the order waits until somebody adds it.
        let (party, children) = (tx.must::<parties::Entity>(customer).await?, party::children_of(tx, customer).await?);
        if customer::gaps(Some(&party), Some(&children), new.contact_id).is_empty() {
            make_customer(ctx, tx, &party).await?;
        }
    }
    let event = if end.status == OpportunityStatus::Won { "opportunity.won" } else { "opportunity.lost" };
    change(ctx, tx, event, (old, &new), &stage.name).await
}

pub(super) async fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    (old, new): (&Model, &Model),
    stage_name: &str,
) -> Result<wire::Opportunity, Problem> {
    tx.update(old, new);
    if new.stage_id != old.stage_id {
        leave_stage(tx, new);
        tx.insert(create::visit(new));
    }
    let refs = refs_of(tx, new.id).await?;
    record(ctx, tx, event, new, stage_name, refs)
}

/// Ends the time in the stage before. Back-dated ends do not make it negative.
fn leave_stage(tx: &mut Tx<'_>, new: &Model) {
    let at = new.stage_since.unwrap_or(new.updated_at);
    let sql = "UPDATE stage_visits SET left_at = CASE WHEN entered_at > $1 THEN entered_at ELSE $1 END \
        WHERE tenant_id = $2 AND opportunity_id = $3 AND left_at IS NULL";
    tx.plain(sql, vec![at.into(), new.tenant_id.into(), new.id.into()]);
}

/// What the stage asks for must be there. A party that passes the check of customers is one from now on, which other systems hear of (CRM-11).
async fn check_entry(ctx: &Ctx, tx: &mut Tx<'_>, row: &Model, stage: &stages::Model) -> Result<(), Problem> {
    let mut errors = Vec::new();
    rules::check_required(row, stage, &mut errors);
    if stage.validates_customer == Some(true) { check_customer(ctx, tx, row, errors).await } else { finish(errors) }
}

async fn check_customer(ctx: &Ctx, tx: &mut Tx<'_>, row: &Model, mut errors: Vec<FieldError>) -> Result<(), Problem> {
    let customer = match row.party_id {
        Some(id) => Some((tx.must::<parties::Entity>(id).await?, party::children_of(tx, id).await?)),
        None => None,
    };
    let (party, children) = (customer.as_ref().map(|(party, _)| party), customer.as_ref().map(|(_, children)| children));
    errors.extend(customer::gaps(party, children, row.contact_id).into_iter().map(customer::Gap::error));
    finish(errors)?;
    match customer {
        Some((party, _)) => make_customer(ctx, tx, &party).await,
        None => Ok(()),
    }
}

async fn make_customer(ctx: &Ctx, tx: &mut Tx<'_>, customer: &parties::Model) -> Result<(), Problem> {
    if !customer.is_customer {
        let roles = if customer.is_supplier { vec![PartyRole::Customer, PartyRole::Supplier] } else { vec![PartyRole::Customer] };
        let change = UpdateParty { roles: Patch::Value(roles), ..UpdateParty::default() };
        causeway_master::party::service::update(ctx, tx, customer.id, &change).await?;
    }
    Ok(())
}

/// The stages in which an opportunity stood, oldest first.
///
/// # Errors
/// `not_found`.
pub async fn stage_history(ctx: &Ctx, tx: &mut Tx<'_>, id: OpportunityId) -> Result<wire::StageHistory, Problem> {
    let row = tx.must::<Entity>(id).await?;
    let visits = Find::<stage_visits::Entity>::new().eq(stage_visits::Column::OpportunityId, row.id).order_by(stage_visits::Column::Version).all(tx).await?;
    let stages = of_company(tx, Some(row.company_id)).await?;
    let name = |id: StageId| stages.iter().find(|stage| stage.id == id).map(|stage| stage.name.clone()).unwrap_or_default();
    let shown = visits.into_iter().map(|visit| wire::StageVisit {
        stage: wire::StageRef { id: visit.stage_id, name: name(visit.stage_id) },
        entered_at: visit.entered_at,
        left_at: visit.left_at,
        seconds: visit.left_at.unwrap_or_else(|| ctx.now()).seconds_since(visit.entered_at).max(0),
    });
    Ok(wire::StageHistory { object: "stage_history".to_owned(), opportunity_id: id, visits: shown.collect() })
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

/// The stage before it was closed: the last open one that it was in. History that was created closed has none.
async fn stage_before(tx: &mut Tx<'_>, row: &Model) -> Result<stages::Model, Problem> {
    let stages = of_company(tx, Some(row.company_id)).await?;
    let visits = Find::<stage_visits::Entity>::new().eq(stage_visits::Column::OpportunityId, row.id).order_by_desc(stage_visits::Column::Version);
    let visits = visits.limit(VISITS).all(tx).await?;
    let open = |id: StageId| stages.iter().find(|stage| stage.id == id && stage.outcome.is_none() && stage_rules::is_active(stage));
    let before = visits.iter().find_map(|visit| open(visit.stage_id));
    before.map_or_else(|| stage_rules::first_open(&stages), Ok).cloned()
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

/// The customer together with a contact, which may have left since where it `stands` there: the one that is known, whose contact it must be; else, when the body does not speak of it, the contact's.
async fn customer_with(
    tx: &mut Tx<'_>,
    (contact_id, stands): (ContactId, bool),
    (party_id, said): (Option<PartyId>, &Patch<PartyId>),
    errors: &mut Vec<FieldError>,
) -> Result<Option<PartyId>, Problem> {
    let Some(contact) = tx.named::<contacts::Entity, _>(Some(contact_id), "/contact_id", errors).await? else { return Ok(party_id) };
    errors.extend(has_left(&contact).filter(|_| !stands));
    if party_id.is_none() && said.is_absent() {
        return Ok(Some(contact.party_id));
    }
    if party_id != Some(contact.party_id) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/contact_id", "is a contact of another party"));
    }
    Ok(party_id)
}
