//! Giving leads to people and teams.

use super::rules::{Facts, fits, turn};
use crate::team;
use causeway_contract::Problem;
use causeway_entity::govern::users;
use causeway_entity::sell::assignment_rules::{Column, Entity, Model};
use causeway_kernel::{Find, Tx};
use causeway_master::check::works_for;
use causeway_value::{AssignmentRuleId, TeamId, UserId};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

/// Active rules that are asked, at most.
const RULES: u64 = 500;

/// The rules that may fit some leads, with their people and whose turn it is.
#[derive(Default)]
pub struct Desk {
    rules: Vec<Ready>,
}

struct Ready {
    row: Model,
    /// Active ones only.
    people: Vec<users::Model>,
    turns: Cell<i64>,
}

/// Whom a lead is given to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The person.
    pub owner_id: Option<UserId>,
    /// The team.
    pub team_id: Option<TeamId>,
    /// The rule.
    pub rule_id: AssignmentRuleId,
    /// In words.
    pub because: String,
}

impl Desk {
    /// Looks up the rules that fit these leads and keeps others from taking the same turns.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(tx: &mut Tx<'_>, leads: impl Iterator<Item = Facts<'_>>) -> Result<Self, Problem> {
        let leads: Vec<Facts<'_>> = leads.collect();
        if leads.is_empty() {
            return Ok(Self::default());
        }
        let mut rows = Find::<Entity>::new().eq(Column::Active, true).order_by(Column::Position).order_by(Column::Id).limit(RULES).all(tx).await?;
        rows.retain(|row| leads.iter().any(|lead| fits(row, lead).is_some()));
        let members = team::members(tx, rows.iter().filter_map(|row| row.team_id)).await?;
        let named: BTreeSet<UserId> = rows.iter().flat_map(|row| row.owner_ids.0.iter().copied()).chain(members.values().flatten().copied()).collect();
        let active = if named.is_empty() { Vec::new() } else { Find::<users::Entity>::new().among(users::Column::Id, named).all(tx).await? };
        let active: BTreeMap<UserId, users::Model> = active.into_iter().filter(|user| user.active).map(|user| (user.id, user)).collect();
        let turns = turns(tx, &rows).await?;
        let ready = |row: Model| {
            let of_team = || row.team_id.and_then(|team| members.get(&team)).map(Vec::as_slice).unwrap_or_default();
            let people = if row.owner_ids.0.is_empty() { of_team() } else { row.owner_ids.0.as_slice() };
            let people = people.iter().filter_map(|person| active.get(person)).cloned().collect();
            Ready { people, turns: Cell::new(turns.get(&row.id).copied().unwrap_or_default()), row }
        };
        Ok(Self { rules: rows.into_iter().map(ready).collect() })
    }

    /// Whom a lead is given to: by the first rule that fits and has a team or somebody active who sees the lead's company. None when there is no such rule.
    pub fn give(&self, tx: &mut Tx<'_>, lead: &Facts<'_>) -> Option<Given> {
        let (ready, able, why) = self.rules.iter().find_map(|ready| {
            let why = fits(&ready.row, lead)?;
            let able = ready.able(lead);
            (ready.row.team_id.is_some() || !able.is_empty()).then_some((ready, able, why))
        })?;
        let row = &ready.row;
        let chosen = turn(&able, ready.turns.get());
        ready.turns.set(ready.turns.get().saturating_add(1));
        // The count is added to, not set: it is whole whatever else of this request is taken back.
        tx.plain("UPDATE assignment_rules SET turns = turns + 1 WHERE tenant_id = $1 AND id = $2", vec![row.tenant_id.into(), row.id.into()]);
        let whose = match chosen {
            Some((place, _)) => format!("number {place} of {} in turn", able.len()),
            None if ready.people.is_empty() => "the team has nobody active, so it waits there".to_owned(),
            None => "the team has nobody who may see the company, so it waits there".to_owned(),
        };
        let passed = match ready.people.len().saturating_sub(able.len()) {
            0 => String::new(),
            over => format!("; {over} passed over who may not see the company"),
        };
        let because = format!("{}: {why}; {whose}{passed}", row.name);
        Some(Given { owner_id: chosen.map(|(_, person)| person), team_id: row.team_id, rule_id: row.id, because })
    }
}

impl Ready {
    /// Who can be given a lead: whoever does not see its company would never find it.
    fn able(&self, lead: &Facts<'_>) -> Vec<UserId> {
        self.people.iter().filter(|person| works_for(person, lead.company_id)).map(|person| person.id).collect()
    }
}

/// How often each rule was used so far, nobody else using it until the end.
async fn turns(tx: &mut Tx<'_>, rules: &[Model]) -> Result<BTreeMap<AssignmentRuleId, i64>, Problem> {
    if rules.is_empty() {
        return Ok(BTreeMap::new());
    }
    let held = Find::<Entity>::new().among(Column::Id, rules.iter().map(|row| row.id)).order_by(Column::Id).lock().all(tx).await?;
    Ok(held.into_iter().map(|row| (row.id, row.turns)).collect())
}
