//! Orders as the API shows them.

use super::amendment;
use super::rules::held;
use super::store::{self, Parts};
use crate::line::{Line, amounts, offer, view as line_view};
use causeway_contract::Problem;
use causeway_entity::sell::{order_holds, orders};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_master::refs;
use causeway_openapi::order as wire;

const OBJECT: &str = "order";

/// An order with what stands with it.
///
/// # Errors
/// `amount_overflow` when a margin or sum does not fit.
pub fn view(row: &orders::Model, parts: &Parts) -> Result<wire::Order, Problem> {
    let currency = row.currency;
    let lines: Vec<Line> = parts.lines.iter().map(Line::from).collect();
    let totals = amounts::totals(&lines, row.rounding_amount.unwrap_or_default(), currency)?;
    let (margin_amount, margin_percent) = line_view::margin(&totals, currency);
    let mut shown = Vec::with_capacity(lines.len());
    for (row, line) in parts.lines.iter().zip(&lines) {
        let obligation = parts.obligations.iter().find(|obligation| obligation.id.uuid() == row.id.uuid());
        shown.push(line_view::order_line(row, line, currency, (obligation, parts.invoiced(row.id, obligation)?))?);
    }
    Ok(wire::Order {
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
        quote_id: row.quote_id,
        number: row.number.clone(),
        status: row.status,
        order_date: row.order_date,
        currency,
        payment_term_id: row.payment_term_id,
        discount_percent: row.discount_percent,
        discount_base: row.discount_base.unwrap_or_default(),
        upfront_percent: row.upfront_percent,
        discount_posting: row.discount_posting.unwrap_or_default(),
        tax_rounding: row.tax_rounding,
        tax_step: row.tax_step.map(|step| step.text(row.currency)),
        reference: row.reference.clone(),
        owner_id: row.owner_id,
        notes: row.notes.clone(),
        terms: row.terms.clone(),
        untaxed_amount: row.untaxed_amount.text(currency),
        tax_amount: row.tax_amount.text(currency),
        rounding_amount: row.rounding_amount.unwrap_or_default().text(currency),
        total_amount: row.total_amount.text(currency),
        margin_amount,
        margin_percent,
        taxes: line_view::taxes(&totals.taxes, currency),
        down_payments_amount: parts.down_payments.amount.text(currency),
        undeducted_amount: parts.down_payments.undeducted.text(currency),
        lines: shown,
        sections: offer::shown(&lines, currency)?,
        holds: parts.holds.iter().map(hold).collect(),
        hold_kind: row.hold_kind,
        channel: row.channel.clone(),
        credit_warning: row.credit_warning.clone(),
        confirmed_at: row.confirmed_at,
        cancelled_reason: row.cancel_reason.clone(),
        late: row.late == Some(true),
        stalled: row.stalled_reason.is_some(),
        stalled_reason: row.stalled_reason.clone(),
        amendments: row.amendments.unwrap_or_default(),
        last_amendment: parts.last_amendment.as_ref().map(amendment::view),
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(parts.refs.clone()),
    })
}

fn hold(row: &order_holds::Model) -> wire::Hold {
    let held = held(row);
    wire::Hold { id: Some(held.id), kind: held.kind, blocks: held.blocks, reason: held.reason, since: held.since, owner_id: held.owner_id }
}

/// All of a page, with one query for each kind of what stands with them.
///
/// # Errors
/// When the database fails.
pub async fn views(tx: &mut Tx<'_>, rows: &[orders::Model]) -> Result<Vec<wire::Order>, Problem> {
    let mut parts = store::parts(tx, rows).await?;
    rows.iter().map(|row| view(row, &parts.remove(&row.id).unwrap_or_default())).collect()
}

/// Records what happened to an order and answers it as it is now.
///
/// # Errors
/// As [`view`].
pub fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &orders::Model, parts: &Parts) -> Result<wire::Order, Problem> {
    let body = view(row, parts)?;
    let (company_id, flow_id) = (Some(row.company_id), Some(row.flow_id));
    tx.record(ctx, &Change { event, object: OBJECT, id: row.id.uuid(), version: row.version, company_id, flow_id, body: &body })?;
    Ok(body)
}
