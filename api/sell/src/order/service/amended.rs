//! Writing what changed of a confirmed order: its lines, what is owed, planned deliveries, and the numbered record.

use super::confirm::Kinds;
use super::in_full;
use crate::order::amendment::rules::{Discounts, changes as line_changes};
use crate::order::news::enter;
use crate::order::store::Parts;
use crate::order::{rules, view};
use causeway_bill::down_payment;
use causeway_bill::obligation::{self, Changes, done, to_bill};
use causeway_contract::Problem;
use causeway_deliver::delivery::fit_to;
use causeway_entity::AmendedField;
use causeway_entity::bill::obligations;
use causeway_entity::govern::companies;
use causeway_entity::sell::{order_amendments, order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::order as wire;
use causeway_value::{AmendmentKind, Json, OrderAmendmentId, OrderStatus, Overflow, UserId};

/// An amendment that is to be written.
pub(super) struct Amended<'a> {
    pub kind: AmendmentKind,
    pub reason: &'a str,
    /// The lines as they were.
    pub before: Vec<order_lines::Model>,
    /// The fields of the order that change.
    pub fields: Vec<AmendedField>,
    /// What a second person has to say yes to.
    pub approval_reasons: Vec<String>,
}

/// Writes it. `parts` has the lines as they are now, with their amounts, and the holds; the order's status is still that of before, unless it is cancelled.
/// Then the order is fulfilled when nothing is left of it, or open again when something came on top.
///
/// # Errors
/// `state_conflict` when what is taken off is on a draft invoice; `amount_overflow`.
pub(super) async fn write(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    amended: Amended<'_>,
    (old, mut new): (&orders::Model, orders::Model),
    mut parts: Parts,
    changes: Changes,
) -> Result<wire::Order, Problem> {
    let known = |line: &order_lines::Model| amended.before.iter().find(|old| old.id == line.id);
    let added: Vec<order_lines::Model> = parts.lines.iter().filter(|line| known(line).is_none()).cloned().collect();
    for line in &parts.lines {
        match known(line) {
            Some(before) => tx.update(before, line),
            None => tx.insert(line.clone()),
        }
    }
    let mut written = changes.write(ctx, tx, amended.reason).await?;
    if new.status == OrderStatus::Cancelled {
        written.credit_notes.extend(down_payment::propose_rest(ctx, tx, new.id, amended.reason).await?);
    }
    parts.obligations = written.obligations;
    if !added.is_empty() {
        let company = tx.must::<companies::Entity>(old.company_id).await?;
        let today = ctx.today(company.time_zone);
        let kinds = Kinds::read(tx, &added).await?;
        let owed = in_full(tx, &new, &parts.lines).await?;
        let owed = owed.iter().filter(|line| known(line).is_none()).map(|line| rules::obligation(&new, line, kinds.of(line), today, &parts.holds)).collect();
        parts.obligations.extend(obligation::confirm(ctx, tx, owed).await?);
    }
    // Less than what was paid in advance: what no invoice will deduct is proposed to be given back.
    if new.status != OrderStatus::Cancelled
        && new.total_amount < old.total_amount
        && let Some(left) = to_bill(&parts.obligations, &written.billed)?
    {
        written.credit_notes.extend(down_payment::propose_beyond(ctx, tx, new.id, left, amended.reason).await?);
    }
    fit_to(ctx, tx, new.id, &parts.obligations).await?;
    new.late = Some(rules::still_late(&new, &parts.obligations)?);
    let discounts = Discounts { before: old.discount_percent, after: new.discount_percent };
    let row = order_amendments::Model {
        tenant_id: new.tenant_id,
        id: OrderAmendmentId::new(),
        order_id: new.id,
        number: new.amendments.unwrap_or(1),
        company_id: new.company_id,
        party_id: new.party_id,
        flow_id: new.flow_id,
        kind: amended.kind,
        reason: amended.reason.to_owned(),
        currency: new.currency,
        untaxed_change: new.untaxed_amount.minus(old.untaxed_amount)?,
        tax_change: new.tax_amount.minus(old.tax_amount)?,
        total_change: new.total_amount.minus(old.total_amount)?,
        changes: Json(line_changes(&amended.before, &parts.lines, discounts)?),
        credit_note_ids: Json(written.credit_notes),
        payment_term_id: new.payment_term_id.filter(|term| old.payment_term_id != Some(*term)),
        approval_reasons: Json(amended.approval_reasons),
        amended_by: ctx.user.map(UserId::from_uuid),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        fields: (!amended.fields.is_empty()).then_some(Json(amended.fields)),
    };
    tx.insert(row.clone());
    let touched: Vec<_> = row.changes.0.iter().map(|change| change.order_line_id.uuid()).collect();
    parts.last_amendment = Some(row);
    tx.update(old, &new);
    let event = if new.status == OrderStatus::Cancelled { "order.cancelled" } else { "order.amended" };
    let order = view::record(ctx, tx, event, &new, &parts)?;
    match (new.status, all_done(&parts.obligations)?) {
        (OrderStatus::Confirmed, true) => enter(ctx, tx, "order.fulfilled", &new, OrderStatus::Fulfilled, &parts),
        (OrderStatus::Fulfilled, false) if !all_done(parts.obligations.iter().filter(|row| touched.contains(&row.id.uuid())))? => {
            enter(ctx, tx, "order.reopened", &new, OrderStatus::Confirmed, &parts)
        }
        _ => Ok(order),
    }
}

/// Whether nothing more is to come of these lines.
pub(in crate::order) fn all_done<'a>(obligations: impl IntoIterator<Item = &'a obligations::Model>) -> Result<bool, Overflow> {
    for row in obligations {
        if !done(row)? {
            return Ok(false);
        }
    }
    Ok(true)
}
