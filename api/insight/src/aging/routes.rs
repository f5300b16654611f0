//! The operation of the aging.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::report::{Aging, AgingItems, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetAging, _>(get);
    routes.on::<op::GetAgingItems, _>(items);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetAging>) -> Result<Answer<Aging>, Problem> {
    Ok(Answer::of(service::aging(ctx, tx, &call.query).await?))
}

async fn items(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetAgingItems>) -> Result<Answer<AgingItems>, Problem> {
    Ok(Answer::of(service::items(ctx, tx, &call.query).await?))
}
