//! The operation of the overview.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::overview::{PartyOverview, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetPartyOverview, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetPartyOverview>) -> Result<Answer<PartyOverview>, Problem> {
    service::overview(ctx, tx, call.path, &call.query).await.map(Answer::of)
}
