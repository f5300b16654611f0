//! Making an order: directly, or of an accepted quote.

use super::intake::Earlier;
use super::{OBJECT, handed, intake, with_totals};
use crate::header::{self, Given, Header, Places, Resolved, fiscal};
use crate::line::Line;
use crate::line::amounts;
use crate::line::offer::Offers;
use crate::line::price::{Scope, check_unpriced, price_lines};
use crate::opportunity::service::ordered;
use crate::order::{store::Parts, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::{orders, quotes};
use causeway_kernel::{Ctx, Tx, number};
use causeway_master::check::finish;
use causeway_master::company::service::tax_step;
use causeway_master::refs;
use causeway_openapi::order as wire;
use causeway_value::{Amount, DocumentKind, Json, OrderId, OrderStatus};

/// Creates an order without a quote: a draft, priced (ORD-19). What another system hands over again is the order that it made the first time; the flag says
/// so (ORD-04).
///
/// # Errors
/// `validation_failed` naming each wrong field; `price_rule_tie`, `rate_missing` or `required` when a line has no one price; `amount_overflow`;
/// `external_ref_exists` when an order carries one of its external references and says otherwise.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateOrder) -> Result<(wire::Order, bool), Problem> {
    let created_from = intake::digest(body)?;
    match intake::earlier(tx, body, created_from.as_deref()).await? {
        None => {}
        Some(Earlier::Same(order)) => return Ok((*order, true)),
        Some(Earlier::Other(order, parts)) if body.on_conflict == Some(wire::OrderConflict::Update) => {
            return handed::take_over(ctx, tx, (&order, &parts), body, created_from).await.map(|order| (order, true));
        }
        Some(Earlier::Other(order, parts)) => return Err(intake::says_otherwise(&order, &parts.lines, body)),
    }
    let mut errors = Vec::new();
    let given = Given {
        company_id: body.company_id,
        party_id: body.party_id,
        opportunity_id: body.opportunity_id,
        currency: body.currency,
        payment_term_id: body.payment_term_id,
        discount_percent: body.discount_percent,
        owner_id: body.owner_id,
        places: Places { contact_id: body.contact_id, ship_to_id: body.ship_to_id },
    };
    let header = header::resolve(ctx, tx, given, &mut errors).await?;
    let header = match header {
        Resolved::Whole(header) => *header,
        Resolved::Partly(known) => {
            let _ = Offers::ordered(&body.lines, known.today, &mut errors);
            check_unpriced(tx, known.company.as_ref(), &body.lines, &mut errors).await?;
            return Err(Problem::of(errors));
        }
    };
    let priced = price_lines(ctx, tx, &Scope::of(&header), &body.lines, &mut errors).await?;
    finish(errors)?;
    let priced = priced.ok_or_else(Problem::not_found)?;
    let totals = amounts::totals(&priced.lines, priced.rounding, header.currency)?;
    let number = number::next(ctx, tx, header.fiscal(), DocumentKind::Order, header.today).await?;
    let row = with_totals(orders::Model { created_from, ..draft(ctx, &header, body, number) }, &totals);
    if let Some(opportunity) = &header.waiting {
        ordered(ctx, tx, opportunity).await?;
    }
    insert(ctx, tx, &row, priced.lines, refs::pairs(&body.external_refs)).map(|order| (order, false))
}

/// Makes the order of an accepted quote: the same lines, prices and terms, whatever price lists say now (QTE-20, QTE-21).
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub async fn create_from_quote(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    quote: &quotes::Model,
    lines: Vec<Line>,
) -> Result<wire::Order, Problem> {
    let today = ctx.today(company.time_zone);
    let number = number::next(ctx, tx, fiscal(company), DocumentKind::Order, today).await?;
    let row = orders::Model {
        tenant_id: quote.tenant_id,
        id: OrderId::new(),
        company_id: quote.company_id,
        party_id: quote.party_id,
        quote_id: Some(quote.id),
        opportunity_id: quote.opportunity_id,
        number,
        status: OrderStatus::Draft,
        currency: quote.currency,
        order_date: today,
        payment_term_id: quote.payment_term_id,
        discount_percent: quote.discount_percent,
        tax_rounding: quote.tax_rounding,
        discount_base: quote.discount_base,
        discount_posting: quote.discount_posting,
        tax_step: quote.tax_step,
        untaxed_amount: quote.untaxed_amount,
        tax_amount: quote.tax_amount,
        rounding_amount: quote.rounding_amount,
        total_amount: quote.total_amount,
        reference: quote.reference.clone(),
        owner_id: quote.owner_id,
        notes: quote.notes.clone(),
        cancel_reason: None,
        confirmed_at: None,
        flow_id: quote.flow_id,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        hold_kind: None,
        channel: None,
        credit_warning: None,
        amendments: None,
        created_from: None,
        late: Some(false),
        stalled_reason: None,
        terms: quote.terms.clone(),
        contact_id: quote.contact_id,
        ship_to_id: quote.ship_to_id,
        upfront_percent: quote.upfront_percent,
    };
    insert(ctx, tx, &row, lines, Vec::new())
}

fn insert(ctx: &Ctx, tx: &mut Tx<'_>, row: &orders::Model, lines: Vec<Line>, refs: Vec<(String, String)>) -> Result<wire::Order, Problem> {
    tx.insert(row.clone());
    let lines: Vec<_> = (1..).zip(lines).map(|(position, line)| line.order_row(row.tenant_id, row.id, position)).collect();
    for line in &lines {
        tx.insert(line.clone());
    }
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    view::record(ctx, tx, "order.created", row, &Parts { lines, refs, ..Parts::default() })
}

fn draft(ctx: &Ctx, header: &Header, body: &wire::CreateOrder, number: String) -> orders::Model {
    orders::Model {
        tenant_id: ctx.tenant,
        id: OrderId::new(),
        company_id: header.company.id,
        party_id: header.party.id,
        quote_id: None,
        opportunity_id: header.opportunity_id,
        number,
        status: OrderStatus::Draft,
        currency: header.currency,
        order_date: header.today,
        payment_term_id: header.payment_term_id,
        discount_percent: header.discount,
        tax_rounding: header.company.tax_rounding,
        discount_base: Some(header.company.document_discount_base.unwrap_or_default()),
        discount_posting: Some(header.company.discount_posting.unwrap_or_default()),
        tax_step: tax_step(&header.company, header.currency),
        untaxed_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        total_amount: Amount::ZERO,
        reference: body.reference.clone(),
        owner_id: header.owner_id,
        notes: body.notes.clone(),
        cancel_reason: None,
        confirmed_at: None,
        flow_id: header.flow_id,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        hold_kind: None,
        channel: body.channel.clone(),
        credit_warning: None,
        amendments: None,
        created_from: None,
        late: Some(false),
        stalled_reason: None,
        terms: body.terms.clone(),
        contact_id: header.places.contact_id,
        ship_to_id: header.places.ship_to_id,
        upfront_percent: header.upfront,
        rounding_amount: None,
    }
}
