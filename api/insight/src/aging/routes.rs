//! The operation of the aging.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::report::{Aging, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetAging, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetAging>) -> Result<Answer<Aging>, Problem> {
    Ok(Answer::of(service::aging(ctx, tx, &call.query).await?))
}
