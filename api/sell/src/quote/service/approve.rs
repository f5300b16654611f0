//! Submitting a quote, and the second person's word on it (QTE-08).

use super::today::judged;
use super::{changed, must_be_valid_today, write};
use crate::line::Line;
use crate::line::offer::Promise;
use crate::quote::limits::{Facts, Whole};
use crate::quote::service::history::ids_of_origin;
use crate::quote::{rules, store, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::quote_lines;
use causeway_entity::sell::quotes::{Entity, Model};
use causeway_govern::access::{is_same, took_part};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{finish, not_blank};
use causeway_master::completeness::{self, Said};
use causeway_master::dimension::service::carried;
use causeway_openapi::quote as wire;
use causeway_value::{Day, DocumentInput, Json, QuoteId, QuoteStatus};

/// Submits a draft. What breaks no rule of its company is approved; the rest waits for a second person. Options are looked at like the rest, and prices of an
/// earlier day are held against those of today.
///
/// # Errors
/// `not_found`; `state_conflict` when it is no draft, has no lines, comes to less than nothing or its last day has passed; `required` for each thing that its company asks for and it
/// does not say.
pub async fn submit(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_draft(&old, "submitted")?;
    let rows = store::lines_of(tx, id).await?;
    rules::must_have_lines(&old, rows.len())?;
    rules::must_ask_for_something(&old)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    rules::must_be_valid(&old, "submitted", today)?;
    must_be_complete(tx, &company, &old, &rows).await?;
    let mut broken = Vec::new();
    if let Some(limits) = &company.quote_rules {
        let party = tx.must::<parties::Entity>(old.party_id).await?;
        let judged = judged(ctx, tx, (&company, &party), &old, rows.iter().map(Line::from).collect()).await?;
        broken = judged.broken(&limits.0, facts(&old, &party, Whole::default(), today), old.currency)?;
    }
    let (status, event) = if broken.is_empty() { (QuoteStatus::Approved, "quote.approved") } else { (QuoteStatus::InApproval, "quote.submitted") };
    let new = Model { status, approval_reasons: Some(Json(broken)), submitted_by: ctx.actor.id, approval_comment: None, ..changed(ctx, &old) };
    tx.update(&old, &new);
    let refs = store::refs_of(tx, id).await?;
    view::record(ctx, tx, event, &new, &rows, refs)
}

/// What the limits look at.
pub(super) fn facts(quote: &Model, party: &parties::Model, whole: Whole, today: Day) -> Facts {
    Facts {
        discount: quote.discount_percent,
        whole,
        term: quote.payment_term_id,
        own_term: party.payment_term_id,
        promise: Promise::stored(quote.promised_date, quote.lead_days),
        today,
        priced_on: None,
    }
}

/// A quote must say what its company asks for before anybody decides on it.
///
/// # Errors
/// `required` for each thing that it does not say.
pub async fn must_be_complete(tx: &mut Tx<'_>, company: &companies::Model, quote: &Model, lines: &[quote_lines::Model]) -> Result<(), Problem> {
    let Some(asked) = &company.document_rules else { return Ok(()) };
    let fields = [
        (DocumentInput::Reference, quote.reference.is_some()),
        (DocumentInput::OwnerId, quote.owner_id.is_some()),
        (DocumentInput::PaymentTermId, quote.payment_term_id.is_some()),
        (DocumentInput::ValidUntil, quote.valid_until.is_some()),
        (DocumentInput::OpportunityId, quote.opportunity_id.is_some()),
    ];
    let said = Said {
        step: "a quote of this company is submitted",
        place: "PATCH /v1/quotes/{id}",
        fields: &fields,
        metadata: &quote.metadata.0,
        party: quote.party_id,
        lines: &lines.iter().map(|line| carried(line.dimensions.as_ref())).collect::<Vec<_>>(),
        line_place: "PATCH /v1/quotes/{id}",
    };
    completeness::check(tx, &asked.0.quote_submit, said).await
}

/// What makes somebody a hand in a quote: what is offered is theirs, whoever presses submit in the end.
const WRITTEN: [&str; 3] = ["quote.created", "quote.updated", "quote.submitted"];

/// Approves a quote that waits for it.
///
/// # Errors
/// `not_found`; `state_conflict` when it does not wait or its last day has passed; `segregation_of_duties` for who submitted, made or changed it, one of its
/// revisions or a quote that it was duplicated from.
pub async fn approve(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::ApproveQuote) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_wait(&old, "approved")?;
    rules::must_be_another(&old, is_same(ctx, tx, old.submitted_by).await?)?;
    let written = ids_of_origin(tx, &old).await?;
    rules::must_not_be_the_maker(&old, took_part(ctx, tx, written, &WRITTEN).await?)?;
    must_be_valid_today(ctx, tx, &old, "approved").await?;
    let new = Model { status: QuoteStatus::Approved, approval_comment: body.comment.clone(), ..changed(ctx, &old) };
    write(ctx, tx, "quote.approved", &old, &new).await
}

/// Sends a quote that waits for approval back: it is a draft again.
///
/// # Errors
/// `not_found`; `state_conflict` when it does not wait.
pub async fn reject(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::RejectQuote) -> Result<wire::Quote, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    let old = tx.lock::<Entity>(id).await?;
    rules::must_wait(&old, "rejected")?;
    let new = Model { status: QuoteStatus::Draft, approval_comment: Some(body.reason.clone()), ..changed(ctx, &old) };
    write(ctx, tx, "quote.rejected", &old, &new).await
}
