//! The verbs of a credit policy.

use causeway_contract::Problem;
use causeway_entity::bill::credit_policies;
use causeway_entity::govern::users;
use causeway_entity::master::parties;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::{check, company};
use causeway_openapi::credit as wire;
use causeway_value::CreditPolicyId;

/// Creates a policy.
///
/// # Errors
/// Every wrong field; `already_exists` when the company or its customer has one.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateCreditPolicy) -> Result<wire::CreditPolicy, Problem> {
    let mut errors = Vec::new();
    company::service::named(tx, body.company_id, &mut errors).await?;
    tx.named::<parties::Entity, _>(body.party_id, "/party_id", &mut errors).await?;
    tx.named::<users::Entity, _>(body.owner_id, "/owner_id", &mut errors).await?;
    check::finish(errors)?;
    let row = credit_policies::Model {
        tenant_id: tx.tenant(),
        id: CreditPolicyId::new(),
        company_id: body.company_id,
        party_id: body.party_id,
        general_of: body.party_id.is_none().then_some(body.company_id),
        action: body.action,
        max_overdue_days: body.max_overdue_days.map(i64::from),
        owner_id: body.owner_id,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    tx.insert(row.clone());
    record(ctx, tx, "credit_policy.created", &row)
}

/// Changes a policy. Holds that it made stay until they are checked again.
///
/// # Errors
/// `not_found`; every wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: CreditPolicyId, body: &wire::UpdateCreditPolicy) -> Result<wire::CreditPolicy, Problem> {
    let old = tx.lock::<credit_policies::Entity>(id).await?;
    let mut new = credit_policies::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    new.action = body.action.clone().over_required(new.action);
    new.max_overdue_days = match &body.max_overdue_days {
        causeway_contract::Patch::Absent => new.max_overdue_days,
        causeway_contract::Patch::Null => None,
        causeway_contract::Patch::Value(days) => Some(i64::from(*days)),
    };
    new.owner_id = body.owner_id.clone().over(new.owner_id);
    let mut errors = Vec::new();
    if !body.owner_id.is_absent() {
        tx.named::<users::Entity, _>(new.owner_id, "/owner_id", &mut errors).await?;
    }
    check::finish(errors)?;
    tx.update(&old, &new);
    record(ctx, tx, "credit_policy.updated", &new)
}

/// The policy as the API shows it.
#[must_use]
pub fn view(row: &credit_policies::Model) -> wire::CreditPolicy {
    wire::CreditPolicy {
        id: row.id,
        object: "credit_policy".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        party_id: row.party_id,
        action: row.action,
        max_overdue_days: row.max_overdue_days.and_then(|days| u32::try_from(days).ok()),
        owner_id: row.owner_id,
    }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &credit_policies::Model) -> Result<wire::CreditPolicy, Problem> {
    let body = view(row);
    let company_id = Some(row.company_id);
    tx.record(ctx, &Change { event, object: "credit_policy", id: row.id.uuid(), version: row.version, company_id, flow_id: None, body: &body })?;
    Ok(body)
}
