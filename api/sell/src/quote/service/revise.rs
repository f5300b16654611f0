//! The next revision of a quote (QTE-03).

use super::create::last_day;
use super::{OBJECT, changed};
use crate::line::Line;
use crate::quote::{rules, store, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes::{Entity, Model};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::quote as wire;
use causeway_value::{Day, QuoteId, QuoteStatus};

/// Makes the next revision: a draft of the same number and of today with the same lines and prices. A last day that has passed is renewed. The one before
/// becomes superseded and hands over its external references, so that another system that asks by its own id finds the latest.
///
/// # Errors
/// `not_found`, or `state_conflict` when it is accepted or superseded.
pub async fn revise(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    rules::must_be_revisable(&old)?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    let lines = store::lines_of(tx, id).await?;
    let traces = store::traces_of(tx, id).await?;
    let refs = store::refs_of(tx, id).await?;
    let superseded = Model { status: QuoteStatus::Superseded, ..changed(ctx, &old) };
    tx.update(&old, &superseded);
    if !refs.is_empty() {
        tx.set_external_refs(OBJECT, id.uuid(), &[], false);
    }
    view::record(ctx, tx, "quote.revised", &superseded, &lines, Vec::new())?;
    let row = next_revision(ctx, old, last_day(&company, today), today);
    tx.insert(row.clone());
    store::insert_traces(tx, &row, &traces)?;
    let copies: Vec<_> = (1..).zip(&lines).map(|(position, line)| Line::from(line).quote_row(row.tenant_id, row.id, position)).collect();
    for line in &copies {
        tx.insert(line.clone());
    }
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    view::record(ctx, tx, "quote.created", &row, &copies, refs)
}

fn next_revision(ctx: &Ctx, old: Model, by_rule: Option<Day>, today: Day) -> Model {
    Model {
        id: QuoteId::new(),
        revision: old.revision + 1,
        previous_id: Some(old.id),
        status: QuoteStatus::Draft,
        quote_date: today,
        price_date: Some(rules::price_date(&old)),
        valid_until: rules::renewed(&old, by_rule, today),
        sent_at: None,
        decline_reason: None,
        approval_reasons: None,
        submitted_by: None,
        approval_comment: None,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        ..old
    }
}
