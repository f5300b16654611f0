//! Accepting a quote: its order, its opportunity's win and itself in one write (QTE-20, QTE-21).

use super::changed;
use super::choose::choose;
use crate::line::Line;
use crate::line::offer::Promise;
use crate::opportunity::service::win_by;
use crate::order;
use crate::order::rules::must_be_active;
use crate::quote::{rules, store, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{orders, quote_lines, quotes};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::quote as wire;
use causeway_value::{Day, OrderId, QuoteId, QuoteStatus};
use std::collections::BTreeSet;

/// Accepts a quote with the options that are taken and makes its order. Accepting again answers the same quote and order; the flag says so.
///
/// # Errors
/// `not_found`; `state_conflict` when it was not offered, its last day has passed, its customer is not active, the choice needs a second person, its opportunity is with another customer,
/// or it was accepted with something else, naming each field that differs; `validation_failed` for an option that it does not have.
pub async fn accept(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::AcceptQuote) -> Result<(wire::AcceptedQuote, bool), Problem> {
    let old = tx.lock::<quotes::Entity>(id).await?;
    if let (QuoteStatus::Accepted, Some(order_id)) = (old.status, old.order_id) {
        return again(tx, old, order_id, body).await.map(|first| (first, true));
    }
    rules::must_be_offered(&old, "accepted")?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    rules::must_be_valid(&old, "accepted", today)?;
    // One statement more, because what nobody may confirm is not to be accepted first.
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    must_be_active(&party, &format!("The quote {} cannot be accepted", old.number))?;
    let lines = store::lines_of(tx, id).await?;
    let (chosen, lines) = choose(ctx, tx, (&company, &party), changed(ctx, &old), lines, body.chosen_options.as_deref()).await?;
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

async fn again(tx: &mut Tx<'_>, quote: quotes::Model, order_id: OrderId, body: &wire::AcceptQuote) -> Result<wire::AcceptedQuote, Problem> {
    let taken = match body.chosen_options {
        Some(_) => chosen(&store::lines_of(tx, quote.id).await?),
        None => BTreeSet::new(),
    };
    let differs = differences(&quote, &taken, body);
    if !differs.is_empty() {
        let detail = format!(
            "The quote {} was accepted before, with something else. Its order is {order_id}: change that with POST /v1/orders/{{id}}/amend, or send what was accepted.",
            quote.number
        );
        let problem = Problem { errors: differs, ..Problem::new(Code::StateConflict, detail) };
        return Err(problem.with("status", quote.status.to_string()).with("order_id", order_id.to_string()));
    }
    let order = tx.must::<orders::Entity>(order_id).await?;
    let order = order::view::views(tx, &[order]).await?.into_iter().next().ok_or_else(Problem::not_found)?;
    let quote = view::views(tx, &[quote]).await?.into_iter().next().ok_or_else(Problem::not_found)?;
    Ok(wire::AcceptedQuote { quote, order })
}

/// The numbers of the options that are taken.
fn chosen(lines: &[quote_lines::Model]) -> BTreeSet<u32> {
    let choices = lines.iter().filter_map(|line| Line::from(line).choice);
    choices.filter(|choice| choice.chosen).map(|choice| choice.option).collect()
}

/// Where the body accepts something else than was accepted. What it leaves out says nothing.
fn differences(quote: &quotes::Model, taken: &BTreeSet<u32>, body: &wire::AcceptQuote) -> Vec<FieldError> {
    let mut found = Vec::new();
    let mut differ = |pointer: &str, was: String, given: String| {
        found.push(FieldError::pointer(Code::StateConflict, pointer, format!("was {was} when the quote was accepted and is {given} here")));
    };
    for (pointer, given, was) in [("/accepted_by", &body.accepted_by, &quote.accepted_by), ("/reference", &body.reference, &quote.reference)] {
        if let Some(given) = given.as_ref().filter(|_| given != was) {
            differ(pointer, was.clone().unwrap_or_else(|| "nothing".to_owned()), given.clone());
        }
    }
    if let Some(given) = &body.chosen_options {
        let given: BTreeSet<u32> = given.iter().copied().collect();
        if given != *taken {
            differ("/chosen_options", numbers(taken), numbers(&given));
        }
    }
    found
}

fn numbers(options: &BTreeSet<u32>) -> String {
    if options.is_empty() { "none".to_owned() } else { options.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") }
}
