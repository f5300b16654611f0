//! Accepting a quote: its order, its opportunity's win and itself in one write (QTE-20, QTE-21).

use super::changed;
use super::choose::choose;
use crate::line::Line;
use crate::line::offer::Promise;
use crate::opportunity::service::win_by;
use crate::order;
use crate::quote::{rules, store, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::{orders, quotes};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::quote as wire;
use causeway_value::{Day, OrderId, QuoteId, QuoteStatus};

/// Accepts a quote with the options that are taken and makes its order. Accepting again answers the same quote and order; the flag says so.
///
/// # Errors
/// `not_found`; `state_conflict` when it was not offered, its last day has passed, the choice needs a second person, or its opportunity is with another customer;
/// `validation_failed` for an option that it does not have.
pub async fn accept(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::AcceptQuote) -> Result<(wire::AcceptedQuote, bool), Problem> {
    let old = tx.lock::<quotes::Entity>(id).await?;
    if let (QuoteStatus::Accepted, Some(order_id)) = (old.status, old.order_id) {
        return again(tx, old, order_id).await.map(|first| (first, true));
    }
    rules::must_be_offered(&old, "accepted")?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    rules::must_be_valid(&old, "accepted", today)?;
    let lines = store::lines_of(tx, id).await?;
    let (chosen, lines) = choose(ctx, tx, &company, changed(ctx, &old), lines, body.chosen_options.as_deref()).await?;
    if let Some(opportunity_id) = old.opportunity_id {
        win_by(ctx, tx, opportunity_id, (&chosen).into()).await?;
    }
    let refs = store::refs_of(tx, id).await?;
    let agreed = quotes::Model {
        status: QuoteStatus::Accepted,
        accepted_at: Some(ctx.now()),
        accepted_by: body.accepted_by.clone(),
        reference: body.reference.clone().or_else(|| old.reference.clone()),
        ..chosen
    };
    let ordered = ordered(&agreed, lines.iter().map(Line::from), today);
    let order = order::service::create_from_quote(ctx, tx, &company, &agreed, ordered).await?;
    let new = quotes::Model { order_id: Some(order.id), ..agreed };
    tx.update(&old, &new);
    let quote = view::record(ctx, tx, "quote.accepted", &new, &lines, refs)?;
    Ok((wire::AcceptedQuote { quote, order }, false))
}

/// What of the offer is ordered: options that are taken and what comes in any case, each with the day that it is promised for from today on.
fn ordered(quote: &quotes::Model, lines: impl Iterator<Item = Line>, today: Day) -> Vec<Line> {
    let all = Promise::stored(quote.promised_date, quote.lead_days);
    let of = |line: Line| Line { choice: None, promise: line.promise.or(all).map(|promise| Promise::On(promise.from(today))), ..line };
    lines.filter(Line::counts).map(of).collect()
}

async fn again(tx: &mut Tx<'_>, quote: quotes::Model, order_id: OrderId) -> Result<wire::AcceptedQuote, Problem> {
    let order = tx.must::<orders::Entity>(order_id).await?;
    let order = order::view::views(tx, &[order]).await?.into_iter().next().ok_or_else(Problem::not_found)?;
    let quote = view::views(tx, &[quote]).await?.into_iter().next().ok_or_else(Problem::not_found)?;
    Ok(wire::AcceptedQuote { quote, order })
}
