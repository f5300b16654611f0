//! Teams: people who sell together (CRM-06). An opportunity of an owner who is in one team only is that team's; reports and lists go by it.

use causeway_contract::{Page, Patch, Problem};
use causeway_entity::sell::team_members;
use causeway_entity::sell::teams::{Entity, Model};
use causeway_kernel::{Answer, Call, Change, Ctx, Find, Routes, Tx, list};
use causeway_master::check::{assignee, assignees, each_once, finish, not_blank};
use causeway_master::refs;
use causeway_openapi::team::{TEAMS, Team, op};
use causeway_value::{TeamId, UserId};
use std::collections::BTreeMap;

/// Serves its operations.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListTeams, _>(list_teams);
    routes.on::<op::CreateTeam, _>(create);
    routes.on::<op::GetTeam, _>(get);
    routes.on::<op::UpdateTeam, _>(update);
}

async fn list_teams(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListTeams>) -> Result<Answer<Page<Team>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &TEAMS, "team", &call.query).await?;
    let mut members = members(tx, rows.rows.iter().map(|row| row.id)).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| view(row, members.remove(&row.id).unwrap_or_default(), refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateTeam>) -> Result<Answer<Team>, Problem> {
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: TeamId::new(),
        name: call.body.name.clone(),
        lead_id: call.body.lead_id,
        active: true,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check(tx, &row, call.body.lead_id, Some(&call.body.member_ids), &[]).await?;
    tx.insert(row.clone());
    replace_members(tx, row.id, &[], &call.body.member_ids);
    let refs = refs::pairs(&call.body.external_refs);
    tx.set_external_refs("team", row.id.uuid(), &refs, true);
    tx.index_words("team", row.id.uuid(), &[Some(&row.name)], true);
    record(ctx, tx, "team.created", &row, call.body.member_ids.clone(), refs)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTeam>) -> Result<Answer<Team>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    let members = members(tx, [row.id]).await?.remove(&row.id).unwrap_or_default();
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    Ok(Answer::object(view(&row, members, refs), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateTeam>) -> Result<Answer<Team>, Problem> {
    let old = tx.lock::<Entity>(call.path).await?;
    let body = &call.body;
    let new = Model {
        name: body.name.clone().over_required(old.name.clone()),
        lead_id: body.lead_id.clone().over(old.lead_id),
        active: body.active.clone().over_required(old.active),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let given = match &body.member_ids {
        Patch::Value(given) => Some(given),
        Patch::Absent | Patch::Null => None,
    };
    let standing = members(tx, [old.id]).await?.remove(&old.id).unwrap_or_default();
    check(tx, &new, new.lead_id.filter(|_| new.lead_id != old.lead_id), given, &standing).await?;
    if let Some(given) = given {
        replace_members(tx, old.id, &standing, given);
    }
    let refs = refs::patched(tx, "team", old.id.uuid(), &body.external_refs).await?;
    tx.update(&old, &new);
    if new.name != old.name {
        tx.index_words("team", new.id.uuid(), &[Some(&new.name)], false);
    }
    record(ctx, tx, "team.updated", &new, given.cloned().unwrap_or(standing), refs)
}

/// The team must make sense, and who comes to it must be there and not have left; who is in it may stay.
async fn check(tx: &mut Tx<'_>, row: &Model, lead_id: Option<UserId>, given: Option<&Vec<UserId>>, standing: &[UserId]) -> Result<(), Problem> {
    let mut errors = Vec::new();
    not_blank(&row.name, "/name", &mut errors);
    assignee(tx, lead_id, None, "/lead_id", &mut errors).await?;
    let given = given.map(Vec::as_slice).unwrap_or_default();
    each_once(given, "/member_ids", &mut errors);
    let wanted: Vec<(UserId, String)> =
        given.iter().enumerate().filter(|(_, id)| !standing.contains(id)).map(|(index, id)| (*id, format!("/member_ids/{index}"))).collect();
    assignees(tx, &wanted, &mut errors).await?;
    finish(errors)
}

fn replace_members(tx: &mut Tx<'_>, team_id: TeamId, standing: &[UserId], given: &[UserId]) {
    let row = |tx: &Tx<'_>, user_id: UserId| team_members::Model { tenant_id: tx.tenant(), team_id, user_id };
    for gone in standing.iter().filter(|user| !given.contains(user)) {
        let row = row(tx, *gone);
        tx.delete(&row);
    }
    for new in given.iter().filter(|user| !standing.contains(user)) {
        let row = row(tx, *new);
        tx.insert(row);
    }
}

/// Who is in these teams, in one query.
///
/// # Errors
/// When the database fails.
pub async fn members(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = TeamId>) -> Result<BTreeMap<TeamId, Vec<UserId>>, Problem> {
    let mut members: BTreeMap<TeamId, Vec<UserId>> = BTreeMap::new();
    let find = Find::<team_members::Entity>::new().among(team_members::Column::TeamId, ids).order_by(team_members::Column::UserId);
    for member in find.all(tx).await? {
        members.entry(member.team_id).or_default().push(member.user_id);
    }
    Ok(members)
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    row: &Model,
    mut member_ids: Vec<UserId>,
    refs: Vec<(String, String)>,
) -> Result<Answer<Team>, Problem> {
    member_ids.sort();
    let body = view(row, member_ids, refs);
    tx.record(ctx, &Change { event, object: "team", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(Answer::object(body, row.version))
}

fn view(row: &Model, member_ids: Vec<UserId>, refs: Vec<(String, String)>) -> Team {
    Team {
        id: row.id,
        object: "team".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        lead_id: row.lead_id,
        member_ids,
        active: row.active,
        external_refs: refs::shown(refs),
    }
}
