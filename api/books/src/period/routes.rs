//! The operations of a fiscal year.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::books::fiscal_years;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::fiscal_year::{FISCAL_YEARS, FiscalYear, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListFiscalYears, _>(list_years);
    routes.on::<op::CreateFiscalYear, _>(create);
    routes.on::<op::GetFiscalYear, _>(get);
    routes.on::<op::LockFiscalYear, _>(lock);
    routes.on::<op::ReopenFiscalYear, _>(reopen);
}

async fn list_years(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListFiscalYears>) -> Result<Answer<Page<FiscalYear>>, Problem> {
    let rows = list::list::<fiscal_years::Entity>(ctx, tx, &FISCAL_YEARS, "fiscal_year", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateFiscalYear>) -> Result<Answer<FiscalYear>, Problem> {
    Ok(versioned(service::create(ctx, tx, &call.body).await?))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetFiscalYear>) -> Result<Answer<FiscalYear>, Problem> {
    Ok(versioned(service::view(&tx.must::<fiscal_years::Entity>(call.path).await?)))
}

async fn lock(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::LockFiscalYear>) -> Result<Answer<FiscalYear>, Problem> {
    Ok(versioned(service::lock(ctx, tx, call.path, &call.body).await?))
}

async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReopenFiscalYear>) -> Result<Answer<FiscalYear>, Problem> {
    Ok(versioned(service::reopen(ctx, tx, call.path, &call.body).await?))
}

fn versioned(year: FiscalYear) -> Answer<FiscalYear> {
    let version = year.version;
    Answer::object(year, version)
}
