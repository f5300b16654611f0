//! Changing a draft.

use super::{OBJECT, changed, check_last_day, terms, with_totals};
use crate::check::{own, share};
use crate::header::{self, Places, Reassigned};
use crate::line::offer::{Offers, Promise, promise};
use crate::line::price::{Scope, discount_again, price_offered};
use crate::line::{Line, amounts};
use crate::quote::{rules, store, view};
use causeway_contract::{FieldError, Patch, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{opportunities, quote_lines, quotes};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish};
use causeway_master::company::service::tax_step;
use causeway_master::refs;
use causeway_openapi::line::LineInput;
use causeway_openapi::quote::{self as wire, QuoteLineInput};
use causeway_value::{Day, Json, QuoteId};

/// Changes a draft. Lines that are given replace all lines and are priced as of today; another document discount alone keeps the prices. Another customer or
/// currency comes with the lines.
///
/// # Errors
/// `not_found`, `state_conflict` when it is no draft, `permission_denied` for giving away what is somebody else's, or as for creating one.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: QuoteId, body: &wire::UpdateQuote) -> Result<wire::Quote, Problem> {
    let old = tx.lock::<quotes::Entity>(id).await?;
    rules::must_be_draft(&old, "changed")?;
    let mut errors = Vec::new();
    let mut new = patched(ctx, &old, body, &mut errors);
    if new.owner_id != old.owner_id {
        own(ctx, old.owner_id, "quotes:assign")?;
    }
    let company = if asks_its_day(body) { Some(tx.must::<companies::Entity>(old.company_id).await?) } else { None };
    if let Some(today) = company.as_ref().map(|company| ctx.today(company.time_zone)) {
        if let Patch::Value(last) = body.valid_until {
            check_last_day(last, today, &mut errors);
        }
        promised(today, &mut new, body, &mut errors);
    }
    let named = check_references(tx, &old, &mut new, body, &mut errors).await?;
    let lines_given = matches!(body.lines, Patch::Value(_));
    let other = header::reassigned(tx, (&body.party_id, &body.currency), (old.party_id, old.currency), lines_given, &mut errors).await?;
    if let Some(party) = &other.party {
        new.party_id = party.id;
        new.payment_term_id = body.payment_term_id.clone().over(party.payment_term_id);
    }
    new.currency = other.currency.unwrap_or(new.currency);
    let stands = Places { contact_id: old.contact_id, ship_to_id: old.ship_to_id };
    let given = (&body.contact_id, &body.ship_to_id);
    let places = header::patched_places(tx, given, stands, (new.party_id, other.party.is_some()), &mut errors).await?;
    (new.contact_id, new.ship_to_id) = (places.contact_id, places.ship_to_id);
    let stays = new.opportunity_id.filter(|_| body.opportunity_id.is_absent() && other.party.is_some());
    let named = if stays.is_some() { header::opportunity(tx, stays, new.company_id, &mut errors).await? } else { named };
    if let Some(opportunity) = named {
        header::check_customer(&opportunity, new.party_id, if other.party.is_some() { "/party_id" } else { "/opportunity_id" }, &mut errors);
    }
    new.upfront_percent = header::upfront_by(tx, (old.payment_term_id, old.upfront_percent), new.payment_term_id).await?;
    let lines = match (&body.lines, &company) {
        (Patch::Value(lines), Some(company)) => priced_anew(ctx, tx, (company, other), &mut new, lines, errors).await?,
        _ => {
            finish(errors)?;
            kept(tx, &old, &mut new).await?
        }
    };
    tx.update(&old, &new);
    let refs = refs::patched(tx, OBJECT, id.uuid(), &body.external_refs).await?;
    view::record(ctx, tx, "quote.updated", &new, &lines, refs)
}

fn patched(ctx: &Ctx, old: &quotes::Model, body: &wire::UpdateQuote, errors: &mut Vec<FieldError>) -> quotes::Model {
    let mut new = changed(ctx, old);
    new.opportunity_id = body.opportunity_id.clone().over(new.opportunity_id);
    new.valid_until = body.valid_until.clone().over(new.valid_until);
    new.payment_term_id = body.payment_term_id.clone().over(new.payment_term_id);
    new.discount_percent = body.discount_percent.clone().over_required(new.discount_percent);
    share(new.discount_percent, "/discount_percent", errors);
    new.reference = body.reference.clone().over(new.reference);
    new.owner_id = body.owner_id.clone().over(new.owner_id);
    new.notes = body.notes.clone().over(new.notes);
    new.terms = body.terms.clone().over(new.terms);
    new.metadata = Json(check::metadata(new.metadata.0, &body.metadata, errors));
    new
}

/// Whether the body says something that depends on which day it is where the company is.
fn asks_its_day(body: &wire::UpdateQuote) -> bool {
    matches!(body.valid_until, Patch::Value(_)) || matches!(body.lines, Patch::Value(_)) || !body.promised_date.is_absent() || !body.lead_days.is_absent()
}

/// A day takes the place of days after acceptance, and the other way round.
fn promised(today: Day, new: &mut quotes::Model, body: &wire::UpdateQuote, errors: &mut Vec<FieldError>) {
    if body.promised_date.is_absent() && body.lead_days.is_absent() {
        return;
    }
    let (date, days) = (body.promised_date.clone().over(None), body.lead_days.clone().over(None));
    if let (None, None) = (date, days) {
        // What is taken back leaves the other one alone.
        new.promised_date = new.promised_date.filter(|_| body.promised_date.is_absent());
        new.lead_days = new.lead_days.filter(|_| body.lead_days.is_absent());
        return;
    }
    let promise = promise(date, days, today, "", errors);
    new.promised_date = promise.and_then(Promise::date);
    new.lead_days = promise.and_then(Promise::lead_days).map(i64::from);
}

/// What is named anew must be there; the opportunity, when it is. A quote goes with its opportunity's deal.
async fn check_references(
    tx: &mut Tx<'_>,
    old: &quotes::Model,
    new: &mut quotes::Model,
    body: &wire::UpdateQuote,
    errors: &mut Vec<FieldError>,
) -> Result<Option<opportunities::Model>, Problem> {
    let named = match body.opportunity_id {
        Patch::Value(id) => header::opportunity(tx, Some(id), new.company_id, errors).await?,
        Patch::Absent | Patch::Null => None,
    };
    if let Some(opportunity) = &named {
        new.flow_id = opportunity.flow_id;
    }
    let term = new.payment_term_id.filter(|_| !body.payment_term_id.is_absent());
    // Whoever has it keeps it, gone or not.
    let owner = new.owner_id.filter(|_| new.owner_id != old.owner_id);
    header::check_terms(tx, new.company_id, term, owner, errors).await?;
    Ok(named)
}

async fn priced_anew(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, other): (&companies::Model, Reassigned),
    new: &mut quotes::Model,
    given: &[QuoteLineInput],
    mut errors: Vec<FieldError>,
) -> Result<Vec<quote_lines::Model>, Problem> {
    if other.currency.is_some() {
        new.tax_step = tax_step(company, new.currency);
    }
    let party = match other.party {
        Some(party) => party,
        None => tx.must::<parties::Entity>(new.party_id).await?,
    };
    let today = ctx.today(company.time_zone);
    let scope = Scope { company, party: &party, day: today, terms: terms(new) };
    let offers = Offers::read(given, today, &mut errors);
    let inputs: Vec<LineInput> = given.iter().map(QuoteLineInput::line).collect();
    let priced = price_offered(ctx, tx, &scope, &inputs, &offers, &mut errors).await?;
    finish(errors)?;
    let priced = priced.ok_or_else(Problem::not_found)?;
    let totals = amounts::totals(&priced.lines, priced.rounding, new.currency)?;
    *new = with_totals(quotes::Model { quote_date: today, price_date: Some(today), ..new.clone() }, &totals);
    let lines: Vec<_> = (1..).zip(priced.lines).map(|(position, line)| line.quote_row(new.tenant_id, new.id, position)).collect();
    store::replace(tx, new, &lines, &priced.traces)?;
    Ok(lines)
}

/// The lines as they are; with the amounts that another document discount gives them, or another discount for paying early.
async fn kept(tx: &mut Tx<'_>, old: &quotes::Model, new: &mut quotes::Model) -> Result<Vec<quote_lines::Model>, Problem> {
    let rows = store::lines_of(tx, old.id).await?;
    if (new.discount_percent, new.upfront_percent) == (old.discount_percent, old.upfront_percent) {
        return Ok(rows);
    }
    let mut lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let rounding = discount_again(tx, new.company_id, &mut lines, terms(new)).await?;
    let totals = amounts::totals(&lines, rounding, new.currency)?;
    *new = with_totals(new.clone(), &totals);
    let mut after = Vec::with_capacity(rows.len());
    for (row, line) in rows.into_iter().zip(lines) {
        let settled = quote_lines::Model {
            unit_price: line.unit_price,
            net_amount: line.net_amount,
            tax_amount: line.tax_amount,
            taxes: Json(line.taxes),
            ..row.clone()
        };
        tx.update(&row, &settled);
        after.push(settled);
    }
    Ok(after)
}
