//! The operation of the trial balance.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::report::{TrialBalance, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetTrialBalance, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetTrialBalance>) -> Result<Answer<TrialBalance>, Problem> {
    Ok(Answer::of(service::trial_balance(ctx, tx, &call.query).await?))
}
