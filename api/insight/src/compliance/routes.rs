//! The operation of the compliance report.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::compliance::{Compliance, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetCompliance, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetCompliance>) -> Result<Answer<Compliance>, Problem> {
    Ok(Answer::of(service::compliance(ctx, tx, &call.query).await?))
}
