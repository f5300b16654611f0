//! Quotes as the API shows them.

use super::{rules, store};
use crate::line::{Line, amounts, offer, view as line_view};
use causeway_contract::Problem;
use causeway_entity::sell::{quote_lines, quotes};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::refs;
use causeway_openapi::quote as wire;
use causeway_value::QuoteId;

const OBJECT: &str = "quote";

/// A quote with its lines and external references.
///
/// # Errors
/// `amount_overflow` when a margin or sum does not fit.
pub fn view(row: &quotes::Model, rows: &[quote_lines::Model], refs: Vec<(String, String)>) -> Result<wire::Quote, Problem> {
    let currency = row.currency;
    let lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let totals = amounts::totals(&lines, row.rounding_amount.unwrap_or_default(), currency)?;
    let shown = rows.iter().zip(&lines).map(|(row, line)| line_view::quote_line(row.id, line, currency)).collect::<Result<Vec<_>, _>>()?;
    Ok(wire::Quote {
        id: row.id,
        object: OBJECT.to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        flow_id: row.flow_id,
        company_id: row.company_id,
        party_id: row.party_id,
        contact_id: row.contact_id,
        ship_to_id: row.ship_to_id,
        opportunity_id: row.opportunity_id,
        order_id: row.order_id,
        supersedes_id: row.previous_id,
        template_id: row.template_id,
        number: row.number.clone(),
        revision: i32::try_from(row.revision).unwrap_or(i32::MAX),
        status: row.status,
        quote_date: row.quote_date,
        price_date: rules::price_date(row),
        valid_until: row.valid_until,
        currency,
        payment_term_id: row.payment_term_id,
        discount_percent: row.discount_percent,
        discount_base: row.discount_base.unwrap_or_default(),
        upfront_percent: row.upfront_percent,
        discount_posting: row.discount_posting.unwrap_or_default(),
        tax_rounding: row.tax_rounding,
        tax_step: row.tax_step.map(|step| step.text(row.currency)),
        owner_id: row.owner_id,
        notes: row.notes.clone(),
        terms: row.terms.clone(),
        promised_date: row.promised_date,
        lead_days: row.lead_days.and_then(|days| u32::try_from(days).ok()),
        untaxed_amount: row.untaxed_amount.text(currency),
        tax_amount: row.tax_amount.text(currency),
        rounding_amount: row.rounding_amount.unwrap_or_default().text(currency),
        total_amount: row.total_amount.text(currency),
        margin_amount: row.margin_amount.map(|amount| amount.text(currency)),
        margin_percent: row.margin_percent,
        taxes: line_view::taxes(&totals.taxes, currency),
        lines: shown,
        sections: offer::shown(&lines, currency)?,
        sent_at: row.sent_at,
        accepted_at: row.accepted_at,
        accepted_by: row.accepted_by.clone(),
        reference: row.reference.clone(),
        declined_reason: row.decline_reason.clone(),
        approval_reasons: row.approval_reasons.clone().map(|kept| kept.0).unwrap_or_default(),
        approval_comment: row.approval_comment.clone(),
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    })
}

/// All of a page, with one query for their lines and one for their references.
///
/// # Errors
/// When the database fails.
pub async fn views(tx: &mut Tx<'_>, rows: &[quotes::Model]) -> Result<Vec<wire::Quote>, Problem> {
    let ids: Vec<QuoteId> = rows.iter().map(|row| row.id).collect();
    let lines = store::lines(tx, &ids).await?;
    let mut refs = tx.external_refs(&ids.iter().map(|id| id.uuid()).collect::<Vec<_>>()).await?;
    let of = |id: &QuoteId| lines.get(id).map(Vec::as_slice).unwrap_or_default();
    rows.iter().map(|row| view(row, of(&row.id), refs.remove(&row.id.uuid()).unwrap_or_default())).collect()
}

/// Records what happened to a quote and answers it as it is now.
///
/// # Errors
/// As [`view`].
pub fn record(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    event: &'static str,
    row: &quotes::Model,
    lines: &[quote_lines::Model],
    refs: Vec<(String, String)>,
) -> Result<wire::Quote, Problem> {
    let body = view(row, lines, refs)?;
    let (company_id, flow_id) = (Some(row.company_id), Some(row.flow_id));
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(body)
}
