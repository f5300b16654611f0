//! Reading and answering a quote through its link: the customer's side.

use super::service::link_of;
use super::{token, view};
use crate::opportunity::rules::OWN_CUSTOMER;
use crate::order::rules::INACTIVE;
use crate::quote::service as quote_service;
use crate::quote::{print, rules, store, view as quote_view};
use causeway_contract::{Code, FieldError, File, Problem, is_email};
use causeway_entity::govern::companies;
use causeway_entity::platform::tenants;
use causeway_entity::sell::{quote_links, quotes};
use causeway_kernel::{Ctx, Tx, crypto};
use causeway_master::check::{finish, not_blank};
use causeway_openapi::quote::{AcceptQuote, DeclineQuote};
use causeway_openapi::shared_quote::{AcceptSharedQuote, DeclineSharedQuote, LinkToken, SharedQuote};
use causeway_value::{QuoteStatus, TenantStatus};

/// A link that opens its quote.
struct Opened {
    /// The customer's context inside the tenant.
    ctx: Ctx,
    quote: quotes::Model,
    link: quote_links::Model,
}

/// The one answer to every token that opens nothing.
fn gone() -> Problem {
    Problem::new(Code::NotFound, "This link is not valid or not valid any more. Ask whoever sent it for a new one.")
}

/// Enters the tenant of a token and finds its quote.
async fn open(ctx: &Ctx, tx: &mut Tx<'_>, token: &LinkToken, lock: bool) -> Result<Opened, Problem> {
    let (tenant, id) = token::read(token).ok_or_else(gone)?;
    let tenant = tx.get::<tenants::Entity>(tenant).await?.filter(|tenant| tenant.status == TenantStatus::Active).ok_or_else(gone)?;
    tx.enter(tenant.id).await?;
    let ctx = ctx.of_link(tx, tenant.id, tenant.mode).await?;
    let link = link_of(tx, id).await?.ok_or_else(gone)?;
    if !crypto::equal(&link.hash, &token::hash(token.text())) {
        return Err(gone());
    }
    let quote = if lock {
        tx.lock::<quotes::Entity>(id).await.map_err(|problem| if problem.status == 404 { gone() } else { problem })?
    } else {
        tx.get::<quotes::Entity>(id).await?.ok_or_else(gone)?
    };
    let company = tx.get::<companies::Entity>(quote.company_id).await?.ok_or_else(gone)?;
    if !rules::opens(&link, &quote, ctx.today(company.time_zone)) {
        return Err(gone());
    }
    Ok(Opened { ctx, quote, link })
}

/// The quote as the customer sees it.
///
/// # Errors
/// `not_found` for a token that opens nothing.
pub(super) async fn read(ctx: &Ctx, tx: &mut Tx<'_>, token: &LinkToken) -> Result<SharedQuote, Problem> {
    let opened = open(ctx, tx, token, false).await?;
    shown(tx, &opened.quote).await
}

/// The quote as a file.
///
/// # Errors
/// As [`read`].
pub(super) async fn pdf(ctx: &Ctx, tx: &mut Tx<'_>, token: &LinkToken) -> Result<File, Problem> {
    let opened = open(ctx, tx, token, false).await?;
    print::pdf(tx, &opened.quote).await
}

/// Accepts the quote for the customer, once. Tells as well whether it was accepted before.
///
/// # Errors
/// As [`read`]; `required` without a name; `state_conflict` when it was declined, or accepted with something else, naming each field that differs.
pub(super) async fn accept(ctx: &Ctx, tx: &mut Tx<'_>, token: &LinkToken, body: &AcceptSharedQuote) -> Result<(SharedQuote, bool), Problem> {
    let mut errors = Vec::new();
    not_blank(&body.name, "/name", &mut errors);
    // Not by the schema: both are told at once.
    if !is_email(&body.email) {
        errors.push(FieldError::pointer(Code::InvalidValue, "/email", "must be an e-mail address"));
    }
    finish(errors)?;
    let Opened { ctx, quote, link } = open(ctx, tx, token, true).await?;
    let answer = AcceptQuote { accepted_by: Some(body.name.clone()), reference: body.reference.clone(), chosen_options: body.chosen_options.clone() };
    let result = quote_service::accept(&ctx, tx, quote.id, &answer).await;
    if quote.status == QuoteStatus::Accepted {
        let result = result.map(|_| ()).map_err(|problem| otherwise(&quote, problem));
        same_again(result, &quote, &link, body)?;
        return Ok((shown(tx, &quote).await?, true));
    }
    let (accepted, _) = result.map_err(for_customer)?;
    answered(&ctx, tx, &link, Some(body.name.clone()), Some(body.email.clone()));
    Ok((view::shared(tx, accepted.quote, Some(accepted.order.number)).await?, false))
}

/// What was accepted stands: saying it again changes nothing, and saying something else is refused.
fn same_again(result: Result<(), Problem>, quote: &quotes::Model, link: &quote_links::Model, body: &AcceptSharedQuote) -> Result<(), Problem> {
    let other = link.answered_email.as_ref().filter(|known| **known != body.email);
    // Whoever holds the link need not know the address of who answered.
    let email = other.map(|_| FieldError::pointer(Code::StateConflict, "/email", "was another one when the quote was accepted"));
    match (result, email) {
        (Ok(()), None) => Ok(()),
        (Ok(()), Some(error)) => Err(Problem { errors: vec![error], ..accepted_before(quote) }),
        (Err(mut problem), error) => {
            problem.errors.extend(error);
            Err(problem)
        }
    }
}

/// The difference in the fields of the customer's body; the seller's order is none of it.
fn otherwise(quote: &quotes::Model, problem: Problem) -> Problem {
    let named = |error: FieldError| {
        let name = error.pointer.as_deref() == Some("/accepted_by");
        FieldError { pointer: if name { Some("/name".to_owned()) } else { error.pointer }, ..error }
    };
    Problem { errors: problem.errors.into_iter().map(named).collect(), ..accepted_before(quote) }
}

fn accepted_before(quote: &quotes::Model) -> Problem {
    let detail =
        format!("The quote {} was accepted before, with something else. Ask whoever sent it when that has to change, or send what was accepted.", quote.number);
    Problem::new(Code::StateConflict, detail).with("status", quote.status.to_string())
}

/// Which rule of the seller a choice breaks is none of the customer's business, and neither is with whom else the seller deals.
fn for_customer(problem: Problem) -> Problem {
    if problem.meta.contains_key(rules::BELOW_ZERO) {
        return Problem::new(Code::StateConflict, "These options come to less than nothing. Take more of the quote, or ask whoever sent it for a new one.");
    }
    if problem.meta.contains_key(OWN_CUSTOMER) || problem.meta.contains_key(INACTIVE) {
        return Problem::new(Code::StateConflict, "This quote has to be looked at by the seller first. Ask whoever sent it.");
    }
    if !problem.meta.contains_key(quote_service::RULES) {
        return problem;
    }
    Problem::new(Code::StateConflict, "These options have to be confirmed by the seller first. Ask whoever sent the quote for a new one with them.")
}

/// Declines the quote for the customer.
///
/// # Errors
/// As [`read`]; `required` without a reason; `state_conflict` when it was accepted, or declined for another reason.
pub(super) async fn decline(ctx: &Ctx, tx: &mut Tx<'_>, token: &LinkToken, body: &DeclineSharedQuote) -> Result<SharedQuote, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    let Opened { ctx, quote, link } = open(ctx, tx, token, true).await?;
    if quote.status == QuoteStatus::Declined {
        // What was said stands: saying something else is not silently the first.
        if quote.decline_reason.as_deref().is_some_and(|said| said != body.reason) {
            let detail = format!("The quote {} was declined before, for another reason. Tell whoever sent it when that has to change.", quote.number);
            let error = FieldError::pointer(Code::StateConflict, "/reason", "was another one when the quote was declined");
            return Err(Problem { errors: vec![error], ..Problem::new(Code::StateConflict, detail).with("status", quote.status.to_string()) });
        }
        return shown(tx, &quote).await;
    }
    let declined = quote_service::decline(&ctx, tx, quote.id, &DeclineQuote { reason: Some(body.reason.clone()) }).await?;
    answered(&ctx, tx, &link, body.name.clone(), None);
    view::shared(tx, declined, None).await
}

/// Keeps who answered, when and from where.
fn answered(ctx: &Ctx, tx: &mut Tx<'_>, link: &quote_links::Model, name: Option<String>, email: Option<String>) {
    let answered = quote_links::Model {
        answered_at: Some(ctx.now()),
        answered_by: name,
        answered_email: email,
        answered_from: ctx.source.map(|source| source.to_string()),
        ..link.clone()
    };
    tx.update(link, &answered);
}

async fn shown(tx: &mut Tx<'_>, quote: &quotes::Model) -> Result<SharedQuote, Problem> {
    let number = store::order_number(tx, quote.order_id).await?;
    let view = quote_view::views(tx, std::slice::from_ref(quote)).await?.into_iter().next().ok_or_else(gone)?;
    view::shared(tx, view, number).await
}
