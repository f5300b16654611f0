//! The verbs of a stage.

use super::rules;
use crate::check::share;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::sell::stages::{Column, Entity, Model};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::check::{each_once, finish, not_blank};
use causeway_openapi::crm as wire;
use causeway_value::{CompanyId, DealField, Json, OpportunityStatus, StageId};

/// The stages of a company: its own and those of all companies, in their order.
///
/// # Errors
/// When the database fails.
pub async fn of_company(tx: &mut Tx<'_>, company_id: Option<CompanyId>) -> Result<Vec<Model>, Problem> {
    Find::<Entity>::new().when("company_id IS NULL OR company_id = ?", vec![company_id.into()]).order_by(Column::Position).order_by(Column::Id).all(tx).await
}

/// Creates a stage.
///
/// # Errors
/// `validation_failed` naming each wrong field.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateStage) -> Result<wire::Stage, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.name, "/name", &mut errors);
    share(body.probability, "/probability", &mut errors);
    each_once(&body.required_fields, "/required_fields", &mut errors);
    tx.named::<companies::Entity, _>(body.company_id, "/company_id", &mut errors).await?;
    refuse_taken_name(tx, &body.name, body.company_id, None, &mut errors).await?;
    finish(errors)?;
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: StageId::new(),
        name: body.name.clone(),
        position: body.position.into(),
        probability: body.probability,
        outcome: body.status.filter(|status| *status != OpportunityStatus::Open),
        company_id: body.company_id,
        version: 1,
        created_at: now,
        updated_at: now,
        required_fields: asked(body.required_fields.clone()),
        validates_customer: Some(body.validates_customer),
        active: Some(true),
    };
    tx.insert(row.clone());
    record(ctx, tx, "stage.created", &row)
}

/// Changes a stage. The opportunities in it keep their probability, and stay when none come to it any more.
///
/// # Errors
/// `not_found`, or `validation_failed` naming each wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: StageId, body: &wire::UpdateStage) -> Result<wire::Stage, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.position = body.position.clone().over_required(i32::try_from(old.position).unwrap_or_default()).into();
    new.probability = body.probability.clone().over_required(new.probability);
    let mut errors = Vec::new();
    if let Patch::Value(fields) = &body.required_fields {
        each_once(fields, "/required_fields", &mut errors);
        new.required_fields = asked(fields.clone());
    }
    if let Patch::Value(validates) = body.validates_customer {
        new.validates_customer = Some(validates);
    }
    if let Patch::Value(active) = body.active {
        new.active = Some(active);
        if rules::is_active(&old) && !active {
            errors.extend(rules::only_one(&old, &of_company(tx, old.company_id).await?));
        }
    }
    not_blank(&new.name, "/name", &mut errors);
    share(new.probability, "/probability", &mut errors);
    if new.name != old.name {
        refuse_taken_name(tx, &new.name, old.company_id, Some(id), &mut errors).await?;
    }
    finish(errors)?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    record(ctx, tx, "stage.updated", &new)
}

fn asked(fields: Vec<DealField>) -> Option<Json<Vec<DealField>>> {
    (!fields.is_empty()).then_some(Json(fields))
}

async fn refuse_taken_name(
    tx: &mut Tx<'_>,
    name: &str,
    company_id: Option<CompanyId>,
    except: Option<StageId>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Problem> {
    // However it is capitalised; a pipeline has few.
    let others = Find::<Entity>::new().all(tx).await?;
    if others.iter().any(|stage| stage.name.to_lowercase() == name.to_lowercase() && stage.company_id == company_id && Some(stage.id) != except) {
        errors.push(FieldError::pointer(Code::AlreadyExists, "/name", "is the name of another stage of this pipeline"));
    }
    Ok(())
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::Stage, Problem> {
    let view = view(row);
    let change = Change { event, object: "stage", id: row.id.uuid(), version: row.version, company_id: row.company_id, flow_id: None, body: &view };
    tx.record(ctx, &change)?;
    Ok(view)
}

/// The stage as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::Stage {
    wire::Stage {
        id: row.id,
        object: "stage".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        position: i32::try_from(row.position).unwrap_or(i32::MAX),
        probability: row.probability,
        status: rules::status(row),
        company_id: row.company_id,
        required_fields: row.required_fields.as_ref().map(|fields| fields.0.clone()).unwrap_or_default(),
        validates_customer: row.validates_customer.unwrap_or(false),
        active: rules::is_active(row),
    }
}
