//! Making and pricing a quote (QTE-01, QTE-02).

use super::{OBJECT, check_last_day, terms, with_totals};
use crate::header::{self, Given, Header, Places, Resolved};
use crate::line::offer::{Offers, promise};
use crate::line::price::{Priced, Scope, check_unpriced, price_offered};
use crate::line::{amounts, explain, offer, view as line_view};
use crate::quote::template::{Filled, fill};
use crate::quote::{store, view};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes::Model;
use causeway_kernel::{Ctx, Tx, number};
use causeway_master::check::finish;
use causeway_master::company::service::tax_step;
use causeway_master::refs;
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{self as wire, QuoteLineInput};
use causeway_value::{Amount, Day, DocumentKind, Json, QuoteId, QuoteLineId, QuoteStatus};

/// Creates a quote: a draft, priced.
///
/// # Errors
/// `validation_failed` naming each wrong field; `price_rule_tie`, `rate_missing` or `required` when a line has no one price; `amount_overflow`.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateQuote) -> Result<wire::Quote, Problem> {
    let Prepared { header, priced, filled } = prepare(ctx, tx, body).await?;
    let number = number::next(ctx, tx, header.fiscal(), DocumentKind::Quote, header.today).await?;
    let totals = amounts::totals(&priced.lines, priced.rounding, header.currency)?;
    let row = with_totals(draft(ctx, &header, &filled, number), &totals);
    tx.insert(row.clone());
    store::insert_traces(tx, &row, &priced.traces)?;
    let lines: Vec<_> = (1..).zip(priced.lines).map(|(position, line)| line.quote_row(row.tenant_id, row.id, position)).collect();
    for line in &lines {
        tx.insert(line.clone());
    }
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    view::record(ctx, tx, "quote.created", &row, &lines, refs)
}

/// What a quote would come to, and why. Nothing is stored.
///
/// # Errors
/// As [`create`].
pub async fn price(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateQuote) -> Result<wire::PricedQuote, Problem> {
    let Prepared { header, priced, filled } = prepare(ctx, tx, body).await?;
    let row = draft(ctx, &header, &filled, String::new());
    let currency = header.currency;
    let totals = amounts::totals(&priced.lines, priced.rounding, currency)?;
    let (margin_amount, margin_percent) = line_view::margin(&totals, currency);
    let lines = priced.lines.iter().map(|line| line_view::quote_line(QuoteLineId::new(), line, currency)).collect::<Result<Vec<_>, _>>()?;
    Ok(wire::PricedQuote {
        object: "priced_quote".to_owned(),
        currency,
        quote_date: header.today,
        discount_percent: header.discount,
        discount_base: row.discount_base.unwrap_or_default(),
        upfront_percent: row.upfront_percent,
        untaxed_amount: totals.untaxed.text(currency),
        tax_amount: totals.tax.text(currency),
        rounding_amount: totals.rounding.text(currency),
        total_amount: totals.total.text(currency),
        margin_amount,
        margin_percent,
        taxes: line_view::taxes(&totals.taxes, currency),
        lines,
        sections: offer::shown(&priced.lines, currency)?,
        explain: explain::explanation(&priced.lines, &totals, terms(&row), &priced.traces),
    })
}

/// What a quote is made of.
struct Prepared {
    header: Header,
    priced: Priced,
    filled: Filled,
}

async fn prepare(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateQuote) -> Result<Prepared, Problem> {
    let mut errors = Vec::new();
    let filled = fill(tx, body, &mut errors).await?;
    let body = &filled.body;
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
    let today = match &header {
        Resolved::Whole(header) => header.today,
        Resolved::Partly(known) => known.today,
    };
    body.valid_until.iter().for_each(|day| check_last_day(*day, today, &mut errors));
    let _ = promise(body.promised_date, body.lead_days, today, "", &mut errors);
    let offers = Offers::read(&body.lines, today, &mut errors);
    let inputs: Vec<LineInput> = body.lines.iter().map(QuoteLineInput::line).collect();
    let header = match header {
        Resolved::Whole(header) => *header,
        Resolved::Partly(known) => {
            check_unpriced(tx, known.company.as_ref(), &inputs, &mut errors).await?;
            return Err(Problem::of(errors.into_iter().map(|error| filled.told(error)).collect()));
        }
    };
    let priced = price_offered(ctx, tx, &Scope::of(&header), &inputs, &offers, &mut errors).await?;
    finish(errors.into_iter().map(|error| filled.told(error)).collect())?;
    Ok(Prepared { header, priced: priced.ok_or_else(Problem::not_found)?, filled })
}

/// The last day of a quote that does not name one.
pub(super) fn last_day(company: &companies::Model, today: Day) -> Option<Day> {
    let days = company.quote_rules.as_ref()?.0.validity_days?;
    Some(today.plus_days(i64::from(days)))
}

fn draft(ctx: &Ctx, header: &Header, filled: &Filled, number: String) -> Model {
    let body = &filled.body;
    Model {
        tenant_id: ctx.tenant,
        id: QuoteId::new(),
        company_id: header.company.id,
        opportunity_id: header.opportunity_id,
        party_id: header.party.id,
        number,
        revision: 1,
        previous_id: None,
        status: QuoteStatus::Draft,
        currency: header.currency,
        quote_date: header.today,
        valid_until: filled.last_day(header.today).or_else(|| last_day(&header.company, header.today)),
        payment_term_id: header.payment_term_id,
        discount_percent: header.discount,
        tax_rounding: header.company.tax_rounding,
        discount_base: Some(header.company.document_discount_base.unwrap_or_default()),
        discount_posting: Some(header.company.discount_posting.unwrap_or_default()),
        tax_step: tax_step(&header.company, header.currency),
        untaxed_amount: Amount::ZERO,
        tax_amount: Amount::ZERO,
        total_amount: Amount::ZERO,
        margin_amount: None,
        margin_percent: None,
        reference: body.reference.clone(),
        owner_id: header.owner_id,
        notes: body.notes.clone(),
        sent_at: None,
        accepted_at: None,
        accepted_by: None,
        decline_reason: None,
        order_id: None,
        flow_id: header.flow_id,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        approval_reasons: None,
        submitted_by: None,
        approval_comment: None,
        terms: body.terms.clone(),
        promised_date: body.promised_date,
        lead_days: body.lead_days.map(i64::from),
        template_id: body.template_id,
        price_date: Some(header.today),
        contact_id: header.places.contact_id,
        ship_to_id: header.places.ship_to_id,
        copied_from_id: None,
        upfront_percent: header.upfront,
        rounding_amount: None,
    }
}
