//! Qualifying a lead: party, contact and opportunity in one transaction (CRM-03 to CRM-05).

use super::rules::missing;
use super::{party, service};
use crate::opportunity::rules::check_required;
use crate::opportunity::service as opportunity;
use crate::stage::{rules, service::of_company};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::sell::{leads, opportunities, stages};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish};
use causeway_openapi::crm as wire;
use causeway_openapi::party::{Party, PartyContact};
use causeway_value::{Amount, Currency, LeadId, LeadStatus, OpportunityId, OpportunityStatus};

/// Makes party, contact and opportunity of a lead, or links a party that exists.
///
/// # Errors
/// `not_found`, `state_conflict` when the lead has ended, `already_exists` for a likely duplicate when the body asks for that, or `validation_failed` naming each
/// wrong field.
pub async fn qualify(ctx: &Ctx, tx: &mut Tx<'_>, id: LeadId, body: &wire::QualifyLead) -> Result<wire::QualifiedLead, Problem> {
    let old = tx.lock::<leads::Entity>(id).await?;
    service::must_be_open(&old, "qualified")?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let mut errors = Vec::new();
    let currency = body.currency.or(old.currency).unwrap_or(company.currency);
    let complete = completed(&old, body, currency, &mut errors);
    errors.extend(company.lead_rules.as_ref().map(|asked| missing(&asked.0, &complete)).unwrap_or_default());
    let value = match (&body.expected_value, complete.budget) {
        (None, Some(budget)) if complete.currency == Some(currency) => budget,
        // An amount in euros is none in dollars.
        (None, Some(budget)) if !budget.is_zero() => {
            errors.push(FieldError::pointer(Code::Required, "/expected_value", "is required together with another currency than that of the budget"));
            Amount::ZERO
        }
        (given, _) => opportunity::expected(given.as_ref(), currency, &mut errors),
    };
    body.expected_close_date.iter().for_each(|day| check::day(*day, "/expected_close_date", &mut errors));
    let stages = of_company(tx, Some(old.company_id)).await?;
    let checked = rules::check_customers(&stages);
    let customer = party::of_lead(ctx, tx, (&complete, checked), body, &mut errors).await?;
    finish(errors)?;
    let party::Customer { party, contact, candidates } = customer.ok_or_else(Problem::not_found)?;
    let stage = rules::qualified(&stages)?;
    let mut row = opportunity_of(ctx, &complete, (&party, contact.as_ref()), stage, (value, currency), body);
    // As a deal that is entered by hand: it is with the team of whoever works on it, unless the lead says with which (CRM-06).
    if let (Some(owner), None) = (row.owner_id, row.team_id) {
        row.team_id = opportunity::team_of(tx, owner, None).await?;
    }
    let mut errors = Vec::new();
    check_required(&row, stage, &mut errors);
    finish(errors)?;
    let opportunity = opportunity::insert(ctx, tx, row, &stage.name, Vec::new())?;
    let new = leads::Model {
        status: LeadStatus::Qualified,
        party_id: Some(party.id),
        opportunity_id: Some(opportunity.id),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..complete
    };
    let lead = service::end(ctx, tx, "lead.qualified", &old, &new).await?;
    Ok(wire::QualifiedLead { lead, party, contact, opportunity, candidates })
}

/// The lead with what the body adds to it.
fn completed(lead: &leads::Model, body: &wire::QualifyLead, currency: Currency, errors: &mut Vec<FieldError>) -> leads::Model {
    body.needed_by.iter().for_each(|day| check::day(*day, "/needed_by", errors));
    let budget = service::budget(body.budget.as_ref(), currency, errors);
    leads::Model {
        budget: budget.or(lead.budget),
        currency: if budget.is_some() { Some(currency) } else { lead.currency },
        authority: body.authority.clone().or_else(|| lead.authority.clone()),
        need: body.need.clone().or_else(|| lead.need.clone()),
        needed_by: body.needed_by.or(lead.needed_by),
        ..lead.clone()
    }
}

fn opportunity_of(
    ctx: &Ctx,
    lead: &leads::Model,
    (party, contact): (&Party, Option<&PartyContact>),
    stage: &stages::Model,
    (expected_value, currency): (Amount, Currency),
    body: &wire::QualifyLead,
) -> opportunities::Model {
    opportunities::Model {
        tenant_id: lead.tenant_id,
        id: OpportunityId::new(),
        company_id: lead.company_id,
        party_id: Some(party.id),
        contact_id: contact.map(|contact| contact.id),
        lead_id: Some(lead.id),
        title: lead.title.clone(),
        expected_value,
        currency,
        expected_close_date: body.expected_close_date.or(lead.needed_by),
        owner_id: lead.owner_id.or_else(|| ctx.signed_in()),
        stage_id: stage.id,
        probability: stage.probability,
        status: OpportunityStatus::Open,
        closed_at: None,
        lost_reason: None,
        flow_id: lead.flow_id,
        metadata: lead.metadata.clone(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        product_id: None,
        team_id: lead.team_id,
        stage_since: Some(ctx.now()),
        source: lead.source.clone(),
        description: lead.description.clone(),
        need: lead.need.clone(),
        stalled_reason: None,
    }
}
