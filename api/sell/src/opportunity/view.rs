//! Opportunities as the API shows them.

use causeway_contract::Problem;
use causeway_entity::sell::{opportunities, stages};
use causeway_kernel::{Find, Tx};
use causeway_master::refs;
use causeway_openapi::crm as wire;
use causeway_value::StageId;
use std::collections::{BTreeMap, BTreeSet};

/// An opportunity with the stage it is in and its external references.
#[must_use]
pub fn view(row: &opportunities::Model, stage_name: &str, refs: Vec<(String, String)>) -> wire::Opportunity {
    wire::Opportunity {
        id: row.id,
        object: "opportunity".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        contact_id: row.contact_id,
        lead_id: row.lead_id,
        title: row.title.clone(),
        status: row.status,
        stage: wire::StageRef { id: row.stage_id, name: stage_name.to_owned() },
        stage_since: row.stage_since.unwrap_or(row.created_at),
        probability: row.probability,
        expected_value: row.expected_value.text(row.currency),
        currency: row.currency,
        expected_close_date: row.expected_close_date,
        closed_at: row.closed_at,
        lost_reason: row.lost_reason.clone(),
        stalled_reason: row.stalled_reason.clone(),
        source: row.source.clone(),
        description: row.description.clone(),
        need: row.need.clone(),
        product_id: row.product_id,
        owner_id: row.owner_id,
        team_id: row.team_id,
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}

/// All of a page, with one query for their stages and one for their references.
///
/// # Errors
/// When the database fails.
pub async fn views(tx: &mut Tx<'_>, rows: &[opportunities::Model]) -> Result<Vec<wire::Opportunity>, Problem> {
    let stages = stage_names(tx, rows).await?;
    let mut refs = tx.external_refs(&rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let name = |id| stages.get(&id).map(String::as_str).unwrap_or_default();
    Ok(rows.iter().map(|row| view(row, name(row.stage_id), refs.remove(&row.id.uuid()).unwrap_or_default())).collect())
}

async fn stage_names(tx: &mut Tx<'_>, rows: &[opportunities::Model]) -> Result<BTreeMap<StageId, String>, Problem> {
    let ids: BTreeSet<StageId> = rows.iter().map(|row| row.stage_id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let stages = Find::<stages::Entity>::new().among(stages::Column::Id, ids).all(tx).await?;
    Ok(stages.into_iter().map(|stage| (stage.id, stage.name)).collect())
}
