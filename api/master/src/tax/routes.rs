//! The operations of a tax.

use super::service;
use causeway_contract::{Page, Problem};
use causeway_entity::master::taxes;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::tax::{TAXES, Tax, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListTaxes, _>(list_taxes);
    routes.on::<op::CreateTax, _>(create);
    routes.on::<op::GetTax, _>(get);
    routes.on::<op::UpdateTax, _>(update);
}

async fn list_taxes(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListTaxes>) -> Result<Answer<Page<Tax>>, Problem> {
    let rows = list::list::<taxes::Entity>(ctx, tx, &TAXES, "tax", &call.query).await?;
    let data = rows.rows.iter().map(service::view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateTax>) -> Result<Answer<Tax>, Problem> {
    let tax = service::create(ctx, tx, &call.body).await?;
    let version = tax.version;
    Ok(Answer::object(tax, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTax>) -> Result<Answer<Tax>, Problem> {
    let row = tx.must::<taxes::Entity>(call.path).await?;
    Ok(Answer::object(service::view(&row), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateTax>) -> Result<Answer<Tax>, Problem> {
    let tax = service::update(ctx, tx, call.path, &call.body).await?;
    let version = tax.version;
    Ok(Answer::object(tax, version))
}
