//! Whether the terms of a deal are there and fit together, by name, before finance has to bill it (CRM-17).
//!
//! What it is: what refuses the next step of a quote or an order, asked of the rules of that step, and what nobody refuses but finance would stumble over.
//! Invariant: a check fails exactly where the step itself is refused. Nothing is written. What it is not: no rule of its own that refuses.

mod rules;
mod service;

use causeway_contract::Problem;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx};
use causeway_openapi::deal_check::{OrderChecks, QuoteChecks, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::CheckQuote, _>(quote);
    routes.on::<op::CheckOrder, _>(order);
}

async fn quote(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CheckQuote>) -> Result<Answer<QuoteChecks>, Problem> {
    service::quote(ctx, tx, call.path).await.map(Answer::of)
}

async fn order(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CheckOrder>) -> Result<Answer<OrderChecks>, Problem> {
    service::order(ctx, tx, call.path).await.map(Answer::of)
}
