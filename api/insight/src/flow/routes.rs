//! The operation of a flow.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::report::{Flow, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetFlow, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetFlow>) -> Result<Answer<Flow>, Problem> {
    Ok(Answer::of(service::flow(ctx, tx, call.path).await?))
}
