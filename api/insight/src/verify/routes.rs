//! The operation of the verification.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::ledger::op;
use causeway_openapi::object::Verification;

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::VerifyLedger, _>(verify);
}

async fn verify(ctx: &Ctx, tx: &mut Tx<'_>, _: &Call<op::VerifyLedger>) -> Result<Answer<Verification>, Problem> {
    Ok(Answer::of(service::verify(ctx, tx).await?))
}
