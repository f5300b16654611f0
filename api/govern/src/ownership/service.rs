//! The verbs of an ownership rule.

use super::rules::{Said, check_fields, check_owner, disputed, words};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::ownership_rules::{Column, Entity, Model};
use causeway_entity::govern::users;
use causeway_entity::platform::tenants;
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::object::merge_metadata;
use causeway_openapi::ownership as wire;
use causeway_value::{Json, OwnershipRuleId, UserId};

/// Rules of a tenant, at most: every writer carries them.
const MANY: usize = 500;
/// Entries of `metadata`, at most.
const METADATA_ENTRIES: usize = 50;

/// Creates a rule for what is written from now on.
///
/// # Errors
/// `invalid_value` for fields that such objects do not have; `not_found` for the steward; `already_exists` for a field that a rule gives to another; `too_many`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateOwnershipRule) -> Result<wire::OwnershipRule, Problem> {
    let row = Model {
        tenant_id: ctx.tenant,
        id: OwnershipRuleId::new(),
        applies_to: body.applies_to,
        fields: Json(body.fields.clone()),
        owner: body.owner.clone(),
        steward_id: body.steward_id,
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    one_at_a_time(ctx, tx).await?;
    let others = Find::<Entity>::new().all(tx).await?;
    let mut errors = Vec::new();
    if others.len() >= MANY {
        let detail = format!("is one more than the {MANY} ownership rules that a tenant can have: change one that is there, such as one that is not active");
        errors.push(FieldError::pointer(Code::TooMany, "", detail));
    }
    check_steward(tx, row.steward_id, &mut errors).await?;
    check(&row, &others, errors)?;
    tx.insert(row.clone());
    let values = vec![true.into(), ctx.tenant.into()];
    tx.plain("UPDATE tenants SET has_ownership_rules = $1 WHERE id = $2", values);
    record(ctx, tx, "ownership_rule.created", &row)
}

/// Changes a rule for what is written from now on.
///
/// # Errors
/// `not_found`, or as for creating one.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: OwnershipRuleId, body: &wire::UpdateOwnershipRule) -> Result<wire::OwnershipRule, Problem> {
    one_at_a_time(ctx, tx).await?;
    let old = tx.lock::<Entity>(id).await?;
    let new = Model {
        fields: Json(body.fields.clone().over_required(old.fields.0.clone())),
        owner: body.owner.clone().over_required(old.owner.clone()),
        steward_id: body.steward_id.clone().over(old.steward_id),
        active: body.active.clone().over_required(old.active),
        metadata: Json(merge_metadata(old.metadata.0.clone(), body.metadata.clone())),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let others = Find::<Entity>::new().ne(Column::Id, id).all(tx).await?;
    let mut errors = Vec::new();
    if new.metadata.0.len() > METADATA_ENTRIES {
        errors.push(FieldError::pointer(Code::TooMany, "/metadata", format!("must not have more than {METADATA_ENTRIES} entries")));
    }
    // One who left since stays until somebody names another: what has nothing to do with stewards can still be changed.
    check_steward(tx, new.steward_id.filter(|_| new.steward_id != old.steward_id), &mut errors).await?;
    check(&new, &others, errors)?;
    tx.update(&old, &new);
    record(ctx, tx, "ownership_rule.updated", &new)
}

/// Lets nobody else write a rule until this one is written: two of one moment would not see each other, and give a field two owners.
async fn one_at_a_time(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<(), Problem> {
    tx.lock::<tenants::Entity>(ctx.tenant).await.map(drop)
}

async fn check_steward(tx: &mut Tx<'_>, id: Option<UserId>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let steward = tx.named::<users::Entity, _>(id, "/steward_id", errors).await?;
    if steward.is_some_and(|steward| !steward.active) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/steward_id", "is not active any more: name somebody who answers for this data now"));
    }
    Ok(())
}

fn check(row: &Model, others: &[Model], mut errors: Vec<FieldError>) -> Result<(), Problem> {
    check_fields(row.applies_to, &row.fields.0, &mut errors);
    check_owner(&row.owner, &mut errors);
    for other in others.iter().filter(|other| row.active && other.active) {
        let own = said(row);
        let twice = disputed(&own, &said(other));
        for (index, field) in own.fields.iter().enumerate().filter(|(_, field)| twice.contains(&field.as_str())) {
            let detail = format!(
                "`{field}` of a {} is given to {}, or to another steward, by the rule {}: a field has one owner. Change that rule, or leave the field out",
                words(row.applies_to),
                other.owner,
                other.id
            );
            errors.push(FieldError::pointer(Code::AlreadyExists, format!("/fields/{index}"), detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
}

fn said(row: &Model) -> Said<'_> {
    Said { kind: row.applies_to, fields: &row.fields.0, owner: &row.owner, steward: row.steward_id.map(|id| (id.uuid(), String::new())) }
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::OwnershipRule, Problem> {
    let body = view(row);
    // Whoever is remembered carries the rules of a moment ago.
    tx.rights_changed();
    tx.record(ctx, &Change { event, object: "ownership_rule", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// The rule as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::OwnershipRule {
    wire::OwnershipRule {
        id: row.id,
        object: "ownership_rule".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        applies_to: row.applies_to,
        fields: row.fields.0.clone(),
        owner: row.owner.clone(),
        steward_id: row.steward_id,
        active: row.active,
        metadata: row.metadata.0.clone(),
    }
}
