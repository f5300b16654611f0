//! Dimensions of companies, and the sets of values that postings name.

use super::rules::{check, check_values, set_id, text};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::books::dimension_sets;
use causeway_entity::govern::companies;
use causeway_entity::master::dimensions::{Column, Entity, Model};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::dimension as wire;
use causeway_value::{CompanyId, DimensionId, Dimensions, DocumentRules, Json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Dimensions of a tenant that are looked through.
const MANY: u64 = 500;

/// Creates a dimension.
///
/// # Errors
/// Every wrong field.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateDimension) -> Result<wire::Dimension, Problem> {
    let mut errors = Vec::new();
    crate::check::not_blank(&body.name, "/name", &mut errors);
    check_values(&body.values, &mut errors);
    tx.named::<companies::Entity, _>(body.company_id, "/company_id", &mut errors).await?;
    if Find::<Entity>::new().eq(Column::Code, body.code.clone()).one(tx).await?.is_some() {
        errors.push(FieldError::pointer(Code::AlreadyExists, "/code", "is the code of another dimension"));
    }
    crate::check::finish(errors)?;
    let row = Model {
        tenant_id: ctx.tenant,
        id: DimensionId::new(),
        company_id: body.company_id,
        code: body.code.clone(),
        name: body.name.clone(),
        allowed: Json(body.values.clone()),
        active: true,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    tx.insert(row.clone());
    record(ctx, tx, "dimension.created", &row)
}

/// Changes a dimension. What carries a value keeps it.
///
/// # Errors
/// `not_found`; every wrong field.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: DimensionId, body: &wire::UpdateDimension) -> Result<wire::Dimension, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let new = Model {
        name: body.name.clone().over_required(old.name.clone()),
        allowed: Json(body.values.clone().over_required(old.allowed.0.clone())),
        active: body.active.clone().over_required(old.active),
        version: old.version + 1,
        updated_at: ctx.now(),
        ..old.clone()
    };
    let mut errors = Vec::new();
    crate::check::not_blank(&new.name, "/name", &mut errors);
    check_values(&new.allowed.0, &mut errors);
    crate::check::finish(errors)?;
    tx.update(&old, &new);
    record(ctx, tx, "dimension.updated", &new)
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::Dimension, Problem> {
    let body = view(row);
    let change = Change { event, object: "dimension", id: row.id.uuid(), version: row.version, company_id: row.company_id, flow_id: None, body: &body };
    tx.record(ctx, &change)?;
    Ok(body)
}

/// A dimension as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::Dimension {
    wire::Dimension {
        id: row.id,
        object: "dimension".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        code: row.code.clone(),
        name: row.name.clone(),
        values: row.allowed.0.clone(),
        active: row.active,
    }
}

/// What a line keeps of what it says: nothing is no set.
#[must_use]
pub fn stored(given: &Dimensions) -> Option<Json<Dimensions>> {
    (!given.is_empty()).then(|| Json(given.clone()))
}

/// What a line carries.
#[must_use]
pub fn carried(stored: Option<&Json<Dimensions>>) -> Option<&Dimensions> {
    stored.map(|values| &values.0)
}

/// Checks what lines say of dimensions. Where none says anything, nothing is read.
///
/// # Errors
/// When the database fails.
pub async fn check_lines<'l>(
    tx: &mut Tx<'_>,
    company_id: CompanyId,
    lines: impl Iterator<Item = (usize, &'l Dimensions)>,
    errors: &mut Vec<FieldError>,
) -> Result<(), Problem> {
    let said: Vec<_> = lines.filter(|(_, given)| !given.is_empty()).collect();
    if said.is_empty() {
        return Ok(());
    }
    let known = Find::<Entity>::new().limit(MANY).all(tx).await?;
    for (index, given) in said {
        check(&known, company_id, given, &format!("/lines/{index}"), errors);
    }
    Ok(())
}

/// Dimensions that a company asks for must be there: nobody could give others.
///
/// # Errors
/// When the database fails.
pub async fn check_asked(tx: &mut Tx<'_>, company_id: Option<CompanyId>, rules: &DocumentRules, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let steps = [("quote_submit", &rules.quote_submit), ("order_confirm", &rules.order_confirm), ("invoice_post", &rules.invoice_post)];
    if steps.iter().all(|(_, asked)| asked.dimensions.is_empty()) {
        return Ok(());
    }
    let known = Find::<Entity>::new().limit(MANY).all(tx).await?;
    let usable = |code: &str| known.iter().any(|row| row.active && row.code == code && (row.company_id.is_none() || row.company_id == company_id));
    for (step, asked) in steps {
        for code in asked.dimensions.iter().filter(|code| !usable(code)) {
            let detail = format!("`{code}` is no dimension of the company; create it first (POST /v1/dimensions)");
            errors.push(FieldError::pointer(Code::InvalidValue, format!("/document_rules/{step}/dimensions"), detail));
        }
    }
    Ok(())
}

/// Sets that are kept by one statement.
const AT_ONCE: usize = 500;

/// Keeps the sets of these values, for postings to name. What somebody else keeps at the same time is the same.
///
/// # Errors
/// When the database fails.
pub async fn keep<'d>(tx: &mut Tx<'_>, values: impl Iterator<Item = &'d Dimensions>) -> Result<(), Problem> {
    let sets: BTreeMap<Uuid, &Dimensions> = values.filter_map(|values| Some((set_id(values)?, values))).collect();
    let sets: Vec<(Uuid, &Dimensions)> = sets.into_iter().collect();
    for part in sets.chunks(AT_ONCE) {
        let rows: Vec<String> = (1..=part.len()).map(|row| format!("($1, ${}, ${})", 2 * row, 2 * row + 1)).collect();
        let sql = format!("INSERT INTO dimension_sets (tenant_id, id, content) VALUES {} ON CONFLICT DO NOTHING", rows.join(", "));
        let mut given = vec![tx.tenant().into()];
        given.extend(part.iter().flat_map(|(id, values)| [(*id).into(), text(values).into()]));
        tx.execute_now(&sql, given).await?;
    }
    Ok(())
}

/// The values of these sets.
///
/// # Errors
/// When the database fails.
pub async fn of_sets(tx: &mut Tx<'_>, ids: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, Dimensions>, Problem> {
    let ids: BTreeSet<Uuid> = ids.collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = Find::<dimension_sets::Entity>::new().among(dimension_sets::Column::Id, ids).all(tx).await?;
    Ok(found.into_iter().map(|row| (row.id, row.content.0)).collect())
}
