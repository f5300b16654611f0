//! The operations of a company.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::govern::companies;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::company::{COMPANIES, Company, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListCompanies, _>(list_companies);
    routes.on::<op::CreateCompany, _>(create);
    routes.on::<op::GetCompany, _>(get);
    routes.on::<op::UpdateCompany, _>(update);
}

async fn list_companies(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListCompanies>) -> Result<Answer<Page<Company>>, Problem> {
    let rows = list::list::<companies::Entity>(ctx, tx, &COMPANIES, "company", &call.query).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| service::view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateCompany>) -> Result<Answer<Company>, Problem> {
    let company = service::create(ctx, tx, &call.body).await?;
    let version = company.version;
    Ok(Answer::object(company, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCompany>) -> Result<Answer<Company>, Problem> {
    let row = tx.must::<companies::Entity>(call.path).await?;
    let refs = tx.external_refs(&[row.id.uuid()]).await?.remove(&row.id.uuid()).unwrap_or_default();
    Ok(Answer::object(service::view(&row, refs), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateCompany>) -> Result<Answer<Company>, Problem> {
    let company = service::update(ctx, tx, call.path, &call.body).await?;
    let version = company.version;
    Ok(Answer::object(company, version))
}
