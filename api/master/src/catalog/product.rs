//! The verbs of a product.

use super::{bundle, store, unit::PIECE};
use crate::{check, refs};
use causeway_contract::{Bulk, BulkResult, COSTS, Code, FieldError, Patch, Problem};
use causeway_entity::master::{accounts, bundle_components, categories, products, taxes};
use causeway_kernel::bulk::{Kind, create_each};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::catalog as wire;
use causeway_value::{CategoryId, Json, Price, ProductId, ProductKind, Quantity, TaxId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Creates a product.
///
/// # Errors
/// `not_found` for unit, taxes, category or account; `invalid_value` for prices that are none; `already_exists` for the code; `permission_denied` for a cost that
/// is named by who may not see costs.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateProduct) -> Result<wire::Product, Problem> {
    let mut errors = Vec::new();
    check::code_is_free::<products::Entity>(tx, &body.code, &mut errors).await?;
    create_free(ctx, tx, body, errors).await
}

/// Creates a product whose code was looked at; `errors` are what was found.
async fn create_free(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateProduct, mut errors: Vec<FieldError>) -> Result<wire::Product, Problem> {
    let now = ctx.now();
    let row = products::Model {
        tenant_id: ctx.tenant,
        id: ProductId::new(),
        code: body.code.clone(),
        name: body.name.clone(),
        description: body.description.clone(),
        kind: body.kind,
        unit: body.unit.clone(),
        list_price: body.list_price,
        currency: body.currency,
        cost: body.cost,
        price_base_quantity: body.price_base_quantity.unwrap_or(Quantity::ONE),
        billing_policy: body.billing_policy,
        tax_ids: Json(body.tax_ids.clone()),
        category_id: body.category_id,
        revenue_account_code: body.revenue_account_code.clone(),
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    check::needs_costs(ctx, row.cost.is_some(), "cost")?;
    check::not_blank(&row.code, "/code", &mut errors);
    check_values(&row, &mut errors);
    check_unit(tx, &row.unit, &mut errors).await?;
    check_taxes(tx, &row.tax_ids.0, &mut errors).await?;
    check_category(tx, row.category_id, &mut errors).await?;
    check_account(tx, row.revenue_account_code.as_deref(), &mut errors).await?;
    bundle::check(tx, &row, &body.components, &mut errors).await?;
    check::finish(errors)?;
    tx.insert(row.clone());
    let components = bundle::replace(tx, row.id, &[], &body.components);
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs("product", row.id.uuid(), &refs, true);
    index(tx, &row, true);
    record(ctx, tx, "product.created", &row, &components, refs)
}

/// Creates many.
///
/// # Errors
/// As `create_each`; `already_exists` for a code that another product or an item before has, however it is capitalised.
pub async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<wire::CreateProduct>) -> Result<BulkResult<wire::Product>, Problem> {
    let standing = alike(tx, bulk.items.iter().map(|body| body.code.clone()).collect()).await?;
    let codes = std::cell::RefCell::new(standing.into_iter().map(|row| row.code.to_ascii_lowercase()).collect::<BTreeSet<String>>());
    let kind = Kind { object: "product", refs: |body: &wire::CreateProduct| refs::named(&body.external_refs), read };
    create_each(ctx, tx, bulk, kind, async |tx, _, body| {
        if codes.borrow().contains(&body.code.to_ascii_lowercase()) {
            return Err(Problem::field(Code::AlreadyExists, "/code", "is the code of another product"));
        }
        let product = create_free(ctx, tx, body, Vec::new()).await?;
        codes.borrow_mut().insert(body.code.to_ascii_lowercase());
        Ok(product)
    })
    .await
}

/// The products whose codes are these, in whatever size of the letters. A database may know the sizes of more letters than others do.
async fn alike(tx: &mut Tx<'_>, codes: BTreeSet<String>) -> Result<Vec<products::Model>, Problem> {
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let marks = vec!["?"; codes.len()].join(", ");
    let condition = format!("code IN ({marks}) OR lower(code) IN ({marks})");
    let folded: Vec<String> = codes.iter().map(|code| code.to_ascii_lowercase()).collect();
    Find::<products::Entity>::new().when(&condition, codes.into_iter().chain(folded).map(Into::into).collect()).all(tx).await
}

/// The products of these ids.
async fn read(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<BTreeMap<Uuid, wire::Product>, Problem> {
    let rows = Find::<products::Entity>::new().among(products::Column::Id, ids.iter().copied()).all(tx).await?;
    let data = views(tx, &rows).await?;
    Ok(data.into_iter().map(|product| (product.id.uuid(), product)).collect())
}

/// Changes a product. Documents keep what they took from it.
///
/// # Errors
/// As [`create`]; `not_found` for the product.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: ProductId, body: &wire::UpdateProduct) -> Result<wire::Product, Problem> {
    let old = tx.lock::<products::Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = patched(&old, body);
    new.cost = cost(ctx, &old, &body.cost)?;
    new.metadata = Json(check::metadata(old.metadata.0.clone(), &body.metadata, &mut errors));
    check_values(&new, &mut errors);
    if new.tax_ids != old.tax_ids {
        check_taxes(tx, &new.tax_ids.0, &mut errors).await?;
    }
    if new.category_id != old.category_id {
        check_category(tx, new.category_id, &mut errors).await?;
    }
    if new.revenue_account_code != old.revenue_account_code {
        check_account(tx, new.revenue_account_code.as_deref(), &mut errors).await?;
    }
    let mut components = bundle::components(tx, old.kind, &[id]).await?.remove(&id).unwrap_or_default();
    if let Patch::Value(given) = &body.components {
        bundle::check(tx, &new, given, &mut errors).await?;
        components = bundle::replace(tx, id, &components, given);
    }
    check::finish(errors)?;
    let refs = refs::patched(tx, "product", id.uuid(), &body.external_refs).await?;
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    if new.name != old.name {
        index(tx, &new, false);
    }
    record(ctx, tx, "product.updated", &new, &components, refs)
}

/// The cost after the PATCH. Who may not see costs reads null, and writes it back as it was read: what stands there stays (SEC-07).
fn cost(ctx: &Ctx, old: &products::Model, given: &Patch<Price>) -> Result<Option<Price>, Problem> {
    if ctx.may(COSTS) {
        return Ok(given.clone().over(old.cost));
    }
    check::needs_costs(ctx, matches!(given, Patch::Value(_)), "cost")?;
    Ok(old.cost)
}

/// The plain fields after the PATCH, without the cost.
fn patched(old: &products::Model, body: &wire::UpdateProduct) -> products::Model {
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.description = body.description.clone().over(new.description);
    new.list_price = body.list_price.clone().over_required(new.list_price);
    new.price_base_quantity = body.price_base_quantity.clone().over_required(new.price_base_quantity);
    new.currency = body.currency.clone().over_required(new.currency);
    new.billing_policy = body.billing_policy.clone().over_required(new.billing_policy);
    new.tax_ids = Json(body.tax_ids.clone().over_required(new.tax_ids.0));
    new.category_id = body.category_id.clone().over(new.category_id);
    new.revenue_account_code = body.revenue_account_code.clone().over(new.revenue_account_code);
    new.active = body.active.clone().over_required(new.active);
    new
}

fn check_values(row: &products::Model, errors: &mut Vec<FieldError>) {
    check::not_blank(&row.name, "/name", errors);
    check::not_negative(row.list_price.0, "/list_price", errors);
    check::not_negative(row.cost.unwrap_or_default().0, "/cost", errors);
    check::positive(row.price_base_quantity.0, "/price_base_quantity", errors);
    check::each_once(&row.tax_ids.0, "/tax_ids", errors);
}

async fn check_unit(tx: &mut Tx<'_>, code: &str, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    if !store::measures(tx, [code]).await?.contains_key(code) {
        errors.push(FieldError::pointer(Code::NotFound, "/unit", format!("is not the code of a unit; create it, or use {PIECE}")));
    }
    Ok(())
}

/// Taxes may be of any company: a line takes those of its own.
async fn check_taxes(tx: &mut Tx<'_>, ids: &[TaxId], errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let wanted: Vec<(TaxId, String)> = ids.iter().enumerate().map(|(index, id)| (*id, format!("/tax_ids/{index}"))).collect();
    check::named_all::<taxes::Entity, _>(tx, taxes::Column::Id, |row| row.id, &wanted, errors).await?;
    Ok(())
}

async fn check_category(tx: &mut Tx<'_>, id: Option<CategoryId>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    tx.named::<categories::Entity, _>(id, "/category_id", errors).await?;
    Ok(())
}

/// A product is for all companies, so its account is named by code: one company at least must have it.
async fn check_account(tx: &mut Tx<'_>, code: Option<&str>, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    let Some(code) = code else { return Ok(()) };
    if Find::<accounts::Entity>::new().eq(accounts::Column::Code, code).one(tx).await?.is_none() {
        errors.push(FieldError::pointer(Code::NotFound, "/revenue_account_code", "is not the code of an account of any company"));
    }
    Ok(())
}

/// What `q=` finds a product by: its code and name.
fn index(tx: &mut Tx<'_>, row: &products::Model, fresh: bool) {
    tx.index_words("product", row.id.uuid(), &[Some(&row.code), Some(&row.name)], fresh);
}

fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    row: &products::Model,
    components: &[bundle_components::Model],
    refs: Vec<(String, String)>,
) -> Result<wire::Product, Problem> {
    let view = view(row, components, refs);
    tx.record(ctx, &Change { event, object: "product", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// Products as the API shows them, with their references and components.
///
/// # Errors
/// When the database fails.
pub async fn views(tx: &mut Tx<'_>, rows: &[products::Model]) -> Result<Vec<wire::Product>, Problem> {
    let mut refs = tx.external_refs(&rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let bundles: Vec<_> = rows.iter().filter(|row| row.kind == ProductKind::Bundle).map(|row| row.id).collect();
    let components = bundle::components(tx, ProductKind::Bundle, &bundles).await?;
    let of = |row: &products::Model| components.get(&row.id).map(Vec::as_slice).unwrap_or_default();
    Ok(rows.iter().map(|row| view(row, of(row), refs.remove(&row.id.uuid()).unwrap_or_default())).collect())
}

/// The product as the API shows it.
#[must_use]
pub fn view(row: &products::Model, components: &[bundle_components::Model], refs: Vec<(String, String)>) -> wire::Product {
    wire::Product {
        id: row.id,
        object: "product".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        code: row.code.clone(),
        name: row.name.clone(),
        description: row.description.clone(),
        kind: row.kind,
        unit: row.unit.clone(),
        list_price: row.list_price,
        price_base_quantity: row.price_base_quantity,
        currency: row.currency,
        cost: row.cost,
        billing_policy: row.billing_policy,
        tax_ids: row.tax_ids.0.clone(),
        category_id: row.category_id,
        revenue_account_code: row.revenue_account_code.clone(),
        active: row.active,
        components: components.iter().map(|part| wire::BundleComponent { product_id: part.component_id, quantity: part.quantity }).collect(),
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}
