//! The operations of a billable.

use super::{manual, service, view::view};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::billables;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::billable::{BILLABLES, Billable, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListBillables, _>(list_billables);
    routes.on::<op::CreateBillable, _>(create);
    routes.on::<op::GetBillable, _>(get);
    routes.on::<op::HoldBillable, _>(hold);
    routes.on::<op::ReleaseBillable, _>(release);
}

async fn list_billables(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListBillables>) -> Result<Answer<Page<Billable>>, Problem> {
    let rows = list::list::<billables::Entity>(ctx, tx, &BILLABLES, "billable", &call.query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateBillable>) -> Result<Answer<Billable>, Problem> {
    let billable = manual::create(ctx, tx, &call.body).await?;
    let version = billable.version;
    Ok(Answer::object(billable, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBillable>) -> Result<Answer<Billable>, Problem> {
    let row = tx.must::<billables::Entity>(call.path).await?;
    Ok(Answer::object(view(&row), row.version))
}

async fn hold(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::HoldBillable>) -> Result<Answer<Billable>, Problem> {
    let billable = service::hold(ctx, tx, call.path, &call.body.reason).await?;
    let version = billable.version;
    Ok(Answer::object(billable, version))
}

async fn release(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ReleaseBillable>) -> Result<Answer<Billable>, Problem> {
    let billable = service::release(ctx, tx, call.path).await?;
    let version = billable.version;
    Ok(Answer::object(billable, version))
}
