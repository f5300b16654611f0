//! Leads as the API shows them.

use causeway_contract::Problem;
use causeway_entity::sell::leads;
use causeway_kernel::Tx;
use causeway_master::refs;
use causeway_openapi::crm as wire;

/// A lead with its external references.
#[must_use]
pub fn view(row: &leads::Model, refs: Vec<(String, String)>) -> wire::Lead {
    wire::Lead {
        id: row.id,
        object: "lead".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        title: row.title.clone(),
        status: row.status,
        score: row.score.and_then(|score| i32::try_from(score).ok()),
        contact_name: row.contact_name.clone(),
        organization_name: row.organization_name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        source: row.source.clone(),
        description: row.description.clone(),
        country: row.country.clone(),
        employee_count: row.employee_count,
        budget: row.budget.zip(row.currency).map(|(budget, currency)| budget.text(currency)),
        currency: row.currency,
        authority: row.authority.clone(),
        need: row.need.clone(),
        needed_by: row.needed_by,
        owner_id: row.owner_id,
        team_id: row.team_id,
        assignment: row.assignment_rule_id.map(|rule_id| wire::LeadAssignment { rule_id, because: row.assignment_reason.clone().unwrap_or_default() }),
        party_id: row.party_id,
        opportunity_id: row.opportunity_id,
        disqualified_reason: row.reason.clone(),
        erased_at: row.erased_at,
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}

/// All of a page, with one query for their references.
///
/// # Errors
/// When the database fails.
pub async fn views(tx: &mut Tx<'_>, rows: &[leads::Model]) -> Result<Vec<wire::Lead>, Problem> {
    let mut refs = tx.external_refs(&rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|row| view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect())
}
