//! The operations of a lead.

use super::{qualify, service, view};
use causeway_contract::{BulkResult, Page, Problem};
use causeway_entity::sell::leads::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::crm::{LEADS, Lead, QualifiedLead, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListLeads, _>(list_leads);
    routes.on::<op::CreateLead, _>(create);
    routes.on::<op::CreateLeads, _>(create_many);
    routes.on::<op::GetLead, _>(get);
    routes.on::<op::UpdateLead, _>(update);
    routes.on::<op::QualifyLead, _>(qualify_lead);
    routes.on::<op::DisqualifyLead, _>(disqualify);
}

fn answer(lead: Lead) -> Answer<Lead> {
    let version = lead.version;
    Answer::object(lead, version)
}

async fn list_leads(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListLeads>) -> Result<Answer<Page<Lead>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &LEADS, "lead", &call.query).await?;
    let data = view::views(tx, &rows.rows).await?;
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateLead>) -> Result<Answer<Lead>, Problem> {
    service::create(ctx, tx, &call.body).await.map(answer)
}

async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateLeads>) -> Result<Answer<BulkResult<Lead>>, Problem> {
    service::create_many(ctx, tx, &call.body).await.map(Answer::of)
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetLead>) -> Result<Answer<Lead>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    view::views(tx, &[row]).await?.into_iter().next().map(answer).ok_or_else(Problem::not_found)
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateLead>) -> Result<Answer<Lead>, Problem> {
    service::update(ctx, tx, call.path, &call.body).await.map(answer)
}

async fn qualify_lead(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::QualifyLead>) -> Result<Answer<QualifiedLead>, Problem> {
    let qualified = qualify::qualify(ctx, tx, call.path, &call.body).await?;
    Ok(Answer::of(qualified))
}

async fn disqualify(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::DisqualifyLead>) -> Result<Answer<Lead>, Problem> {
    service::disqualify(ctx, tx, call.path, &call.body).await.map(answer)
}
