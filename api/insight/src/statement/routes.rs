//! The operation of the statement.

use super::service;
use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::statement::{Statement, op};

/// Serves it.
pub fn register(routes: &mut Routes) {
    routes.on::<op::GetStatement, _>(get);
}

async fn get(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetStatement>) -> Result<Answer<Statement>, Problem> {
    Ok(Answer::of(service::statement_of(ctx, tx, call.path, &call.query).await?))
}
