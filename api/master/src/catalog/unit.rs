//! The verbs of a unit, and the unit that needs no creating.

use crate::check;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::units;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::catalog as wire;
use causeway_value::{Json, Quantity, UnitId};

/// The unit that every tenant has: one, of the category `count`.
pub const PIECE: &str = "piece";

/// Creates a unit. A tenant may create `piece`, too, to give it a name or another category; a piece is one all the same.
///
/// # Errors
/// `invalid_value` for a factor or step that is not more than zero; `already_exists` for the code.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateUnit) -> Result<wire::Unit, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.code, "/code", &mut errors);
    check::code_is_free::<units::Entity>(tx, &body.code, &mut errors).await?;
    check::not_blank(&body.category, "/category", &mut errors);
    check::positive(body.factor.0, "/factor", &mut errors);
    if let Some(step) = body.step {
        check::positive(step.0, "/step", &mut errors);
    }
    if body.code == PIECE && body.factor != Quantity::ONE {
        errors.push(FieldError::pointer(Code::InvalidValue, "/factor", "must be 1 for a piece"));
    }
    check::finish(errors)?;
    let now = ctx.now();
    let row = units::Model {
        tenant_id: ctx.tenant,
        id: UnitId::new(),
        code: body.code.clone(),
        name: body.name.clone(),
        category: body.category.clone(),
        factor: body.factor,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
        step: body.step,
    };
    tx.insert(row.clone());
    record(ctx, tx, "unit.created", &row)
}

/// Changes a unit. What quantities rely on stays.
///
/// # Errors
/// `not_found`.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: UnitId, body: &wire::UpdateUnit) -> Result<wire::Unit, Problem> {
    let old = tx.lock::<units::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.name = body.name.clone().over(new.name);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    check::finish(errors)?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    record(ctx, tx, "unit.updated", &new)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &units::Model) -> Result<wire::Unit, Problem> {
    let view = view(row);
    tx.record(ctx, &Change { event, object: "unit", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// The unit as the API shows it.
#[must_use]
pub fn view(row: &units::Model) -> wire::Unit {
    wire::Unit {
        id: row.id,
        object: "unit".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        code: row.code.clone(),
        name: row.name.clone(),
        category: row.category.clone(),
        factor: row.factor,
        step: row.step,
        metadata: row.metadata.0.clone(),
    }
}
