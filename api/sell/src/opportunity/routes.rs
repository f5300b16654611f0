//! The operations of an opportunity.

use super::{service, view};
use causeway_contract::{BulkResult, Page, Problem};
use causeway_entity::sell::opportunities::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::crm::{OPPORTUNITIES, Opportunity, StageHistory, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListOpportunities, _>(list_opportunities);
    routes.on::<op::CreateOpportunity, _>(create);
    routes.on::<op::CreateOpportunities, _>(create_many);
    routes.on::<op::GetOpportunity, _>(get);
    routes.on::<op::GetStageHistory, _>(stage_history);
    routes.on::<op::UpdateOpportunity, _>(update);
    routes.on::<op::AdvanceOpportunity, _>(advance);
    routes.on::<op::WinOpportunity, _>(win);
    routes.on::<op::LoseOpportunity, _>(lose);
    routes.on::<op::ReopenOpportunity, _>(reopen);
    routes.on::<op::AssignOpportunity, _>(assign);
}

fn answer(opportunity: Opportunity) -> Answer<Opportunity> {
    let version = opportunity.version;
    Answer::object(opportunity, version)
}

async fn list_opportunities(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListOpportunities>) -> Result<Answer<Page<Opportunity>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &OPPORTUNITIES, "opportunity", &call.query).await?;
    let data = view::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateOpportunities>) -> Result<Answer<BulkResult<Opportunity>>, Problem> {
    service::create_many(ctx, tx, &call.body).await.map(Answer::of)
}

async fn stage_history(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetStageHistory>) -> Result<Answer<StageHistory>, Problem> {
    service::stage_history(ctx, tx, call.path).await.map(Answer::of)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    view::views(tx, &[row]).await?.into_iter().next().map(answer).ok_or_else(Problem::not_found)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn advance(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AdvanceOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::advance(ctx, tx, call.path, call.body.stage_id).await.map(answer)
}

async fn win(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::WinOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::win(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn lose(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::LoseOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::lose(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReopenOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::reopen(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::AssignOpportunity>) -> Result<Answer<Opportunity>, Problem> {
    service::assign(ctx, tx, call.path, &call.body).await.map(answer)
}
