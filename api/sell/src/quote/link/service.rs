//! Making, showing and taking back a link: the seller's side.

use super::{token, view};
use crate::quote::rules;
use crate::quote::service::{changed, write};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::{quote_links, quotes};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::shared_quote::{NewLink, QuoteLink};
use causeway_value::{QuoteId, QuoteStatus};

/// The latest link to a quote.
///
/// # Errors
/// When the database fails.
pub(super) async fn link_of(tx: &mut Tx<'_>, id: QuoteId) -> Result<Option<quote_links::Model>, Problem> {
    Find::<quote_links::Entity>::new().eq(quote_links::Column::QuoteId, id).one(tx).await
}

/// Makes a link to an approved or sent quote, which is sent from then on.
///
/// # Errors
/// `not_found`, or `state_conflict` when it is not offered or no longer valid.
pub(super) async fn share(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<NewLink, Problem> {
    let old = tx.lock::<quotes::Entity>(id).await?;
    rules::must_be_offered(&old, "shared")?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    rules::must_be_valid(&old, "shared", ctx.today(company.time_zone))?;
    let secret = token::new(old.tenant_id, id);
    let link = quote_links::Model {
        tenant_id: old.tenant_id,
        quote_id: id,
        hash: token::hash(&secret),
        created_at: ctx.now(),
        revoked_at: None,
        answered_at: None,
        answered_by: None,
        answered_email: None,
        answered_from: None,
    };
    match link_of(tx, id).await? {
        Some(before) => tx.update(&before, &link),
        None => tx.insert(link),
    }
    let first = old.status == QuoteStatus::Approved;
    let sent_at = if first { Some(ctx.now()) } else { old.sent_at };
    let new = quotes::Model { status: QuoteStatus::Sent, sent_at, ..changed(ctx, &old) };
    let quote = write(ctx, tx, if first { "quote.sent" } else { "quote.shared" }, &old, &new).await?;
    Ok(NewLink { path: format!("/v1/shared-quotes/{secret}"), token: secret, valid_until: quote.valid_until, quote })
}

/// Takes back the link.
///
/// # Errors
/// `not_found`.
pub(super) async fn unshare(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<QuoteLink, Problem> {
    let old = tx.lock::<quotes::Entity>(id).await?;
    let Some(before) = link_of(tx, id).await?.filter(|link| link.revoked_at.is_none()) else { return show(ctx, tx, id).await };
    let revoked = quote_links::Model { revoked_at: Some(ctx.now()), ..before.clone() };
    tx.update(&before, &revoked);
    let new = changed(ctx, &old);
    write(ctx, tx, "quote.unshared", &old, &new).await?;
    Ok(view::link(id, false, Some(&revoked)))
}

/// What is known about the link.
///
/// # Errors
/// `not_found`.
pub(super) async fn show(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<QuoteLink, Problem> {
    let quote = tx.must::<quotes::Entity>(id).await?;
    let link = link_of(tx, id).await?;
    let company = tx.must::<companies::Entity>(quote.company_id).await?;
    let active = link.as_ref().is_some_and(|link| rules::opens(link, &quote, ctx.today(company.time_zone)));
    Ok(view::link(id, active, link.as_ref()))
}
