//! The revisions of a quote and what is otherwise in them, and a new quote of one that is there (QTE-03).

use super::{OBJECT, check_last_day};
use crate::header;
use crate::line::Line;
use crate::quote::{changes, rules, store, view};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes::{Column, Entity, Model};
use causeway_kernel::{Ctx, Find, Tx, number};
use causeway_master::check::finish;
use causeway_master::party::store as party;
use causeway_openapi::quote as wire;
use causeway_value::{DocumentKind, FlowId, QuoteId, QuoteStatus};
use uuid::Uuid;

/// Quotes that one may be a copy of a copy of, as far as anybody looks.
const COPIES: usize = 20;
/// Revisions that are shown.
const REVISIONS: u64 = 200;

/// The revisions of a quote, oldest first.
///
/// # Errors
/// `not_found`.
pub async fn revisions(tx: &mut Tx<'_>, id: QuoteId) -> Result<wire::QuoteRevisions, Problem> {
    let row = tx.must::<Entity>(id).await?;
    let mut rows = of_number(tx, &row).await?;
    rows.reverse();
    let shown = rows.into_iter().map(|row| wire::QuoteRevision {
        id: row.id,
        revision: i32::try_from(row.revision).unwrap_or(i32::MAX),
        status: row.status,
        created_at: row.created_at,
        sent_at: row.sent_at,
        quote_date: row.quote_date,
        currency: row.currency,
        discount_percent: row.discount_percent,
        untaxed_amount: row.untaxed_amount.text(row.currency),
        total_amount: row.total_amount.text(row.currency),
        margin_amount: row.margin_amount.map(|margin| margin.text(row.currency)),
    });
    Ok(wire::QuoteRevisions { object: "quote_revisions".to_owned(), number: row.number, data: shown.collect() })
}

/// The ids of a quote and its other revisions.
///
/// # Errors
/// When the database fails.
pub(super) async fn ids_of_number(tx: &mut Tx<'_>, row: &Model) -> Result<Vec<Uuid>, Problem> {
    if row.revision == 1 {
        return Ok(vec![row.id.uuid()]);
    }
    Ok(of_number(tx, row).await?.into_iter().map(|row| row.id.uuid()).collect())
}

/// The ids of all quotes in which the prices of this one were written: its revisions, and those of what it was duplicated from.
///
/// # Errors
/// When the database fails.
pub(super) async fn ids_of_origin(tx: &mut Tx<'_>, row: &Model) -> Result<Vec<Uuid>, Problem> {
    let mut ids = ids_of_number(tx, row).await?;
    let mut from = row.copied_from_id;
    for _ in 0..COPIES {
        let Some(id) = from.filter(|id| !ids.contains(&id.uuid())) else { break };
        let Some(source) = tx.get::<Entity>(id).await? else { break };
        ids.extend(ids_of_number(tx, &source).await?);
        from = source.copied_from_id;
    }
    Ok(ids)
}

/// A quote and its other revisions, the latest first.
async fn of_number(tx: &mut Tx<'_>, row: &Model) -> Result<Vec<Model>, Problem> {
    let find = Find::<Entity>::new().eq(Column::Number, row.number.clone()).eq(Column::CompanyId, row.company_id);
    find.order_by_desc(Column::Revision).limit(REVISIONS).all(tx).await
}

/// What is otherwise in a quote than in another one of its company: the revision before when none is named.
///
/// # Errors
/// `not_found`; `required` for the first revision when no other quote is named.
pub async fn compare(tx: &mut Tx<'_>, id: QuoteId, query: &wire::QuoteChangesQuery) -> Result<wire::QuoteChanges, Problem> {
    let row = tx.must::<Entity>(id).await?;
    let wrong = |code, detail: &str| Problem::of(vec![FieldError::parameter(code, "since", detail)]);
    let Some(since) = query.since.or(row.previous_id) else {
        return Err(wrong(Code::Required, "is required: the quote has no revision before it, so name the quote to compare with"));
    };
    let before = tx.get::<Entity>(since).await?.filter(|before| before.company_id == row.company_id);
    let Some(before) = before else { return Err(wrong(Code::NotFound, "names no quote of this company")) };
    let views = view::views(tx, &[before, row]).await?;
    let [before, after] = views.as_slice() else { return Err(Problem::not_found()) };
    Ok(changes::between(before, after))
}

/// Makes a new draft of today with the same customer, lines, prices and terms: prices stay those of `price_date`.
///
/// # Errors
/// `not_found`, or `validation_failed` naming each wrong field.
pub async fn duplicate(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::DuplicateQuote) -> Result<wire::Quote, Problem> {
    let old = tx.must::<Entity>(id).await?;
    let mut errors = Vec::new();
    let opportunity = header::opportunity(tx, body.opportunity_id, old.company_id, &mut errors).await?;
    if let Some(opportunity) = &opportunity {
        header::check_customer(opportunity, old.party_id, "/opportunity_id", &mut errors);
    }
    party::named(tx, Some(old.party_id), "/party_id", &mut errors).await?;
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let today = ctx.today(company.time_zone);
    body.valid_until.iter().for_each(|day| check_last_day(*day, today, &mut errors));
    finish(errors)?;
    let flow_id = match (&opportunity, old.opportunity_id) {
        (Some(opportunity), _) => opportunity.flow_id,
        (None, Some(_)) => old.flow_id,
        (None, None) => FlowId::new(),
    };
    let lines = store::lines_of(tx, id).await?;
    let traces = store::traces_of(tx, id).await?;
    let number = number::next(ctx, tx, header::fiscal(&company), DocumentKind::Quote, today).await?;
    let row = Model {
        id: QuoteId::new(),
        opportunity_id: body.opportunity_id.or(old.opportunity_id),
        number,
        revision: 1,
        previous_id: None,
        status: QuoteStatus::Draft,
        quote_date: today,
        price_date: Some(rules::price_date(&old)),
        valid_until: body.valid_until.or_else(|| super::create::last_day(&company, today)),
        reference: body.reference.clone(),
        sent_at: None,
        accepted_at: None,
        accepted_by: None,
        decline_reason: None,
        order_id: None,
        flow_id,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        approval_reasons: None,
        submitted_by: None,
        approval_comment: None,
        copied_from_id: Some(id),
        ..old
    };
    tx.insert(row.clone());
    store::insert_traces(tx, &row, &traces)?;
    let copies: Vec<_> = (1..).zip(&lines).map(|(position, line)| Line::from(line).quote_row(row.tenant_id, row.id, position)).collect();
    for line in &copies {
        tx.insert(line.clone());
    }
    tx.set_external_refs(OBJECT, row.id.uuid(), &[], true);
    view::record(ctx, tx, "quote.created", &row, &copies, Vec::new())
}
