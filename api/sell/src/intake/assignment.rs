//! The rules themselves: creating and changing them.

use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::sell::assignment_rules::{Entity, Model};
use causeway_entity::sell::teams;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::check::{assignees, each_once, finish, not_blank};
use causeway_openapi::intake as wire;
use causeway_value::{AssignmentRuleId, Json, TeamId, UserId, is_country};

/// Creates a rule.
///
/// # Errors
/// `validation_failed` naming each wrong field; `already_exists` for a name that is taken.
pub(super) async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateAssignmentRule) -> Result<wire::AssignmentRule, Problem> {
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: AssignmentRuleId::new(),
        name: body.name.clone(),
        position: body.position.into(),
        company_id: body.company_id,
        sources: Json(body.sources.clone()),
        countries: Json(body.countries.clone()),
        min_employees: body.min_employees,
        max_employees: body.max_employees,
        team_id: body.team_id,
        owner_ids: Json(body.owner_ids.clone()),
        turns: 0,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let mut errors = Vec::new();
    tx.named::<companies::Entity, _>(row.company_id, "/company_id", &mut errors).await?;
    check(tx, &row, row.team_id, &[], errors).await?;
    tx.insert(row.clone());
    record(ctx, tx, "assignment_rule.created", &row)
}

/// Changes a rule.
///
/// # Errors
/// As [`create`]; `not_found`.
pub(super) async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: AssignmentRuleId, body: &wire::UpdateAssignmentRule) -> Result<wire::AssignmentRule, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let new = Model {
        name: body.name.clone().over_required(old.name.clone()),
        position: body.position.clone().over_required(i32::try_from(old.position).unwrap_or(i32::MAX)).into(),
        sources: Json(body.sources.clone().over_required(old.sources.0.clone())),
        countries: Json(body.countries.clone().over_required(old.countries.0.clone())),
        min_employees: body.min_employees.clone().over(old.min_employees),
        max_employees: body.max_employees.clone().over(old.max_employees),
        team_id: body.team_id.clone().over(old.team_id),
        owner_ids: Json(body.owner_ids.clone().over_required(old.owner_ids.0.clone())),
        active: body.active.clone().over_required(old.active),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    check(tx, &new, new.team_id.filter(|_| new.team_id != old.team_id), &old.owner_ids.0, Vec::new()).await?;
    tx.update(&old, &new);
    record(ctx, tx, "assignment_rule.updated", &new)
}

/// The row must make sense; the team and the people that are named anew must be there, and the people not have left. Who stands in it may stay.
async fn check(tx: &mut Tx<'_>, row: &Model, team_id: Option<TeamId>, standing: &[UserId], mut errors: Vec<FieldError>) -> Result<(), Problem> {
    not_blank(&row.name, "/name", &mut errors);
    if row.team_id.is_none() && row.owner_ids.0.is_empty() {
        errors.push(FieldError::pointer(Code::Required, "/owner_ids", "is required without a team: somebody must get the leads"));
    }
    if row.min_employees.zip(row.max_employees).is_some_and(|(least, most)| least > most) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/max_employees", "must not be less than min_employees"));
    }
    for (index, country) in row.countries.0.iter().enumerate() {
        if !is_country(country) {
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/countries/{index}"), "must be an ISO 3166-1 alpha-2 code such as DE"));
        }
    }
    tx.named::<teams::Entity, _>(team_id, "/team_id", &mut errors).await?;
    let people = row.owner_ids.0.as_slice();
    each_once(people, "/owner_ids", &mut errors);
    let anew = people.iter().enumerate().filter(|(_, id)| !standing.contains(id));
    let wanted: Vec<(UserId, String)> = anew.map(|(index, id)| (*id, format!("/owner_ids/{index}"))).collect();
    assignees(tx, &wanted, &mut errors).await?;
    finish(errors)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::AssignmentRule, Problem> {
    let body = view(row);
    let company_id = row.company_id;
    tx.record(ctx, &Change { event, object: "assignment_rule", id: row.id.uuid(), version: row.version, company_id, flow_id: None, body: &body })?;
    Ok(body)
}

/// A rule as the API shows it.
pub(super) fn view(row: &Model) -> wire::AssignmentRule {
    wire::AssignmentRule {
        id: row.id,
        object: "assignment_rule".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        position: i32::try_from(row.position).unwrap_or(i32::MAX),
        company_id: row.company_id,
        sources: row.sources.0.clone(),
        countries: row.countries.0.clone(),
        min_employees: row.min_employees,
        max_employees: row.max_employees,
        team_id: row.team_id,
        owner_ids: row.owner_ids.0.clone(),
        active: row.active,
    }
}
