//! The verbs of a category.

use super::store;
use crate::{check, refs};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::categories;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::catalog as wire;
use causeway_value::{CategoryId, Json};

/// Creates a category.
///
/// # Errors
/// `not_found` for the one above.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateCategory) -> Result<wire::Category, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.name, "/name", &mut errors);
    tx.named::<categories::Entity, _>(body.parent_id, "/parent_id", &mut errors).await?;
    check::finish(errors)?;
    let now = ctx.now();
    let row = categories::Model {
        tenant_id: ctx.tenant,
        id: CategoryId::new(),
        name: body.name.clone(),
        parent_id: body.parent_id,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.insert(row.clone());
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs("category", row.id.uuid(), &refs, true);
    tx.index_words("category", row.id.uuid(), &[Some(&row.name)], true);
    record(ctx, tx, "category.created", &row, refs)
}

/// Changes a category.
///
/// # Errors
/// `not_found` for it and the one above; `invalid_value` when it would stand below itself.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: CategoryId, body: &wire::UpdateCategory) -> Result<wire::Category, Problem> {
    let old = tx.lock::<categories::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    check::not_blank(&new.name, "/name", &mut errors);
    new.parent_id = body.parent_id.clone().over(new.parent_id);
    if let Some(parent) = new.parent_id.filter(|_| new.parent_id != old.parent_id) {
        let above = store::parents(tx, [parent]).await?;
        if !above.contains_key(&parent) {
            errors.push(check::unknown::<causeway_value::Category>("/parent_id", "tenant"));
        } else if above.contains_key(&id) {
            errors.push(FieldError::pointer(Code::InvalidValue, "/parent_id", "must not be the category itself or one below it"));
        }
    }
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, &mut errors));
    check::finish(errors)?;
    let refs = refs::patched(tx, "category", id.uuid(), &body.external_refs).await?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    if new.name != old.name {
        tx.index_words("category", id.uuid(), &[Some(&new.name)], false);
    }
    record(ctx, tx, "category.updated", &new, refs)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &categories::Model, refs: Vec<(String, String)>) -> Result<wire::Category, Problem> {
    let view = view(row, refs);
    tx.record(ctx, &Change { event, object: "category", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// The category as the API shows it.
#[must_use]
pub fn view(row: &categories::Model, refs: Vec<(String, String)>) -> wire::Category {
    wire::Category {
        id: row.id,
        object: "category".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        parent_id: row.parent_id,
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}
