//! Offering a quote: sending, declining, handing over, explaining.

use super::{changed, must_be_valid_today, terms, write};
use crate::line::{Line, amounts, explain::explanation};
use crate::quote::{rules, store, view};
use causeway_contract::Problem;
use causeway_entity::sell::quotes::{Entity, Model};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish};
use causeway_openapi::object::{Explanation, HandOver};
use causeway_openapi::quote as wire;
use causeway_value::{QuoteId, QuoteStatus};

/// Records that an approved quote went to the customer.
///
/// # Errors
/// `not_found`, or `state_conflict` when it is not approved or its last day has passed.
pub async fn send(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_approved(&old)?;
    must_be_valid_today(ctx, tx, &old, "sent").await?;
    let new = Model { status: QuoteStatus::Sent, sent_at: Some(ctx.now()), ..changed(ctx, &old) };
    write(ctx, tx, "quote.sent", &old, &new).await
}

/// Records that the customer declines.
///
/// # Errors
/// `not_found`, or `state_conflict` when it was not offered.
pub async fn decline(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::DeclineQuote) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_offered(&old, "declined")?;
    let new = Model { status: QuoteStatus::Declined, decline_reason: body.reason.clone(), ..changed(ctx, &old) };
    write(ctx, tx, "quote.declined", &old, &new).await
}

/// Lets somebody else work on a quote, whatever its status, and on the order that it becomes (CRM-06). Whoever works on it already goes on.
///
/// # Errors
/// `not_found`; `validation_failed` for an owner who is not there, left, or does not see the company.
pub async fn assign(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &HandOver) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    if old.owner_id == Some(body.owner_id) {
        return view::views(tx, &[old]).await?.into_iter().next().ok_or_else(Problem::not_found);
    }
    let mut errors = Vec::new();
    check::assignee(tx, Some(body.owner_id), Some(old.company_id), "/owner_id", &mut errors).await?;
    finish(errors)?;
    let new = Model { owner_id: Some(body.owner_id), ..changed(ctx, &old) };
    write(ctx, tx, "quote.assigned", &old, &new).await
}

/// How the prices, taxes and sums of a quote came about.
///
/// # Errors
/// `not_found`.
pub async fn explain(tx: &mut Tx<'_>, id: QuoteId) -> Result<Explanation, Problem> {
    let row = tx.must::<Entity>(id).await?;
    let lines: Vec<Line> = store::lines_of(tx, id).await?.iter().map(Line::from).collect();
    let traces = store::traces_of(tx, id).await?;
    let totals = amounts::totals(&lines, row.rounding_amount.unwrap_or_default(), row.currency)?;
    Ok(explanation(&lines, &totals, terms(&row), &traces))
}
