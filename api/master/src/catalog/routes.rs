//! The operations of categories, units and products.

use super::{bundle, category, product, unit};
use crate::refs;
use causeway_contract::{BulkResult, Page, Problem};
use causeway_entity::master::{categories, products, units};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::catalog::{CATEGORIES, Category, PRODUCTS, Product, UNITS, Unit, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListCategories, _>(list_categories);
    routes.on::<op::CreateCategory, _>(create_category);
    routes.on::<op::GetCategory, _>(get_category);
    routes.on::<op::UpdateCategory, _>(update_category);
    routes.on::<op::ListUnits, _>(list_units);
    routes.on::<op::CreateUnit, _>(create_unit);
    routes.on::<op::GetUnit, _>(get_unit);
    routes.on::<op::UpdateUnit, _>(update_unit);
    routes.on::<op::ListProducts, _>(list_products);
    routes.on::<op::CreateProduct, _>(create_product);
    routes.on::<op::CreateProducts, _>(create_products);
    routes.on::<op::GetProduct, _>(get_product);
    routes.on::<op::UpdateProduct, _>(update_product);
}

async fn list_categories(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListCategories>) -> Result<Answer<Page<Category>>, Problem> {
    let rows = list::list::<categories::Entity>(ctx, tx, &CATEGORIES, "category", &call.query).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| category::view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create_category(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateCategory>) -> Result<Answer<Category>, Problem> {
    let category = category::create(ctx, tx, &call.body).await?;
    let version = category.version;
    Ok(Answer::object(category, version))
}

async fn get_category(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCategory>) -> Result<Answer<Category>, Problem> {
    let row = tx.must::<categories::Entity>(call.path).await?;
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    Ok(Answer::object(category::view(&row, refs), row.version))
}

async fn update_category(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateCategory>) -> Result<Answer<Category>, Problem> {
    let category = category::update(ctx, tx, call.path, &call.body).await?;
    let version = category.version;
    Ok(Answer::object(category, version))
}

async fn list_units(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListUnits>) -> Result<Answer<Page<Unit>>, Problem> {
    let rows = list::list::<units::Entity>(ctx, tx, &UNITS, "unit", &call.query).await?;
    let data = rows.rows.iter().map(unit::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create_unit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateUnit>) -> Result<Answer<Unit>, Problem> {
    let unit = unit::create(ctx, tx, &call.body).await?;
    let version = unit.version;
    Ok(Answer::object(unit, version))
}

async fn get_unit(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetUnit>) -> Result<Answer<Unit>, Problem> {
    let row = tx.must::<units::Entity>(call.path).await?;
    Ok(Answer::object(unit::view(&row), row.version))
}

async fn update_unit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateUnit>) -> Result<Answer<Unit>, Problem> {
    let unit = unit::update(ctx, tx, call.path, &call.body).await?;
    let version = unit.version;
    Ok(Answer::object(unit, version))
}

async fn list_products(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListProducts>) -> Result<Answer<Page<Product>>, Problem> {
    let rows = list::list::<products::Entity>(ctx, tx, &PRODUCTS, "product", &call.query).await?;
    let data = product::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create_product(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateProduct>) -> Result<Answer<Product>, Problem> {
    let product = product::create(ctx, tx, &call.body).await?;
    let version = product.version;
    Ok(Answer::object(product, version))
}

async fn create_products(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateProducts>) -> Result<Answer<BulkResult<Product>>, Problem> {
    product::create_many(ctx, tx, &call.body).await.map(Answer::of)
}

async fn get_product(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetProduct>) -> Result<Answer<Product>, Problem> {
    let row = tx.must::<products::Entity>(call.path).await?;
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    let components = bundle::components(tx, row.kind, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    Ok(Answer::object(product::view(&row, &components, refs), row.version))
}

async fn update_product(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateProduct>) -> Result<Answer<Product>, Problem> {
    let product = product::update(ctx, tx, call.path, &call.body).await?;
    let version = product.version;
    Ok(Answer::object(product, version))
}
