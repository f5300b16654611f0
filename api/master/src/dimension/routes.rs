//! The operations of dimensions.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::master::dimensions::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::dimension::{DIMENSIONS, Dimension, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListDimensions, _>(list_dimensions);
    routes.on::<op::CreateDimension, _>(create);
    routes.on::<op::GetDimension, _>(get);
    routes.on::<op::UpdateDimension, _>(update);
}

fn answer(dimension: Dimension) -> Answer<Dimension> {
    let version = dimension.version;
    Answer::object(dimension, version)
}

async fn list_dimensions(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListDimensions>) -> Result<Answer<Page<Dimension>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &DIMENSIONS, "dimension", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateDimension>) -> Result<Answer<Dimension>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetDimension>) -> Result<Answer<Dimension>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(answer(service::view(&row)))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateDimension>) -> Result<Answer<Dimension>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}
