//! The operations of the intake.

use super::{assignment, duplicates};
use crate::lead::service as lead;
use causeway_contract::{Page, Problem};
use causeway_entity::sell::assignment_rules::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::crm::Lead;
use causeway_openapi::intake::{ASSIGNMENT_RULES, AssignmentRule, LeadDuplicates, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::FindLeadDuplicates, _>(find_duplicates);
    routes.on::<op::AssignLead, _>(assign);
    routes.on::<op::ListAssignmentRules, _>(list_rules);
    routes.on::<op::CreateAssignmentRule, _>(create);
    routes.on::<op::GetAssignmentRule, _>(get);
    routes.on::<op::UpdateAssignmentRule, _>(update);
}

async fn find_duplicates(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::FindLeadDuplicates>) -> Result<Answer<LeadDuplicates>, Problem> {
    duplicates::of_lead(ctx, tx, call.path).await.map(Answer::of)
}

async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AssignLead>) -> Result<Answer<Lead>, Problem> {
    let lead = lead::assign(ctx, tx, call.path, &call.body).await?;
    let version = lead.version;
    Ok(Answer::object(lead, version))
}

async fn list_rules(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListAssignmentRules>) -> Result<Answer<Page<AssignmentRule>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &ASSIGNMENT_RULES, "assignment_rule", &call.query).await?;
    let data = rows.rows.iter().map(assignment::view).collect();
    Ok(Answer::of(rows.page(data)))
}

fn answer(rule: AssignmentRule) -> Answer<AssignmentRule> {
    let version = rule.version;
    Answer::object(rule, version)
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateAssignmentRule>) -> Result<Answer<AssignmentRule>, Problem> {
    assignment::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetAssignmentRule>) -> Result<Answer<AssignmentRule>, Problem> {
    tx.must::<Entity>(call.path).await.map(|row| answer(assignment::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateAssignmentRule>) -> Result<Answer<AssignmentRule>, Problem> {
    assignment::update(ctx, tx, call.path, &call.body).await.map(answer)
}
