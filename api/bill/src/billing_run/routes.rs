//! The operations of a billing run.

use super::service;
use super::view::{item_view, view};
use causeway_contract::{Page, Problem};
use causeway_entity::bill::{billing_run_items, billing_runs};
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::billing_run::{BILLING_RUN_ITEMS, BILLING_RUNS, BillingRun, BillingRunItem, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListBillingRuns, _>(list_runs);
    routes.on::<op::CreateBillingRun, _>(create);
    routes.on::<op::GetBillingRun, _>(get);
    routes.on::<op::CommitBillingRun, _>(commit);
    routes.on::<op::ListBillingRunItems, _>(list_items);
}

async fn list_runs(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListBillingRuns>) -> Result<Answer<Page<BillingRun>>, Problem> {
    let rows = list::list::<billing_runs::Entity>(ctx, tx, &BILLING_RUNS, "billing_run", &call.query).await?;
    let data = rows.rows.iter().map(view).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateBillingRun>) -> Result<Answer<BillingRun>, Problem> {
    Ok(versioned(service::create(ctx, tx, &call.body).await?))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetBillingRun>) -> Result<Answer<BillingRun>, Problem> {
    Ok(versioned(view(&tx.must::<billing_runs::Entity>(call.path).await?)))
}

async fn commit(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CommitBillingRun>) -> Result<Answer<BillingRun>, Problem> {
    Ok(versioned(service::commit(ctx, tx, call.path, &call.body).await?))
}

async fn list_items(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListBillingRunItems>) -> Result<Answer<Page<BillingRunItem>>, Problem> {
    let rows = list::list::<billing_run_items::Entity>(ctx, tx, &BILLING_RUN_ITEMS, "billing_run_item", &call.query).await?;
    let data = rows.rows.iter().map(item_view).collect();
    Ok(Answer::of(rows.page(data)))
}

fn versioned(run: BillingRun) -> Answer<BillingRun> {
    let version = run.version;
    Answer::object(run, version)
}
