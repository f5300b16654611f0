//! The operations of a stage.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::sell::stages::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::crm::{STAGES, Stage, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListStages, _>(list_stages);
    routes.on::<op::CreateStage, _>(create);
    routes.on::<op::GetStage, _>(get);
    routes.on::<op::UpdateStage, _>(update);
}

async fn list_stages(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListStages>) -> Result<Answer<Page<Stage>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &STAGES, "stage", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateStage>) -> Result<Answer<Stage>, Problem> {
    let stage = service::create(ctx, tx, &call.body).await?;
    let version = stage.version;
    Ok(Answer::object(stage, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetStage>) -> Result<Answer<Stage>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    Ok(Answer::object(service::view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateStage>) -> Result<Answer<Stage>, Problem> {
    let stage = service::update(ctx, tx, call.path, &call.body).await?;
    let version = stage.version;
    Ok(Answer::object(stage, version))
}
