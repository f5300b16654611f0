//! Amending a confirmed order (ORD-18).

mod head;
mod looks;
mod plan;
mod today;

use super::amended::{self, Amended};
use super::hold::{add, with_kind};
use super::{OBJECT, changed, in_full, settle_rows, terms, with_totals};
use crate::line::Line;
use crate::line::amounts::Terms;
use crate::line::price::{Scope, settle_again};
use crate::order::amendment::rules::{Discounts, Step, apply, keep_discounts};
use crate::order::rules;
use crate::order::store;
use causeway_bill::obligation::{Changes, Restated};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{finish, not_blank};
use causeway_openapi::order as wire;
use causeway_openapi::order_amendment::AmendOrder;
use causeway_value::{AmendmentKind, Amount, OrderId, Percent};
use plan::Planned;

/// Changes a confirmed order. What is delivered or invoiced keeps its price; what is invoiced and stands no longer is proposed to be credited. More than
/// before takes credit again, and what breaks the company's limits, more or less of a line included, waits for a second person: until then nothing of the order ships or is billed.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` when it is not confirmed, nothing of it would stand, a draft invoice is in the way, or it would
/// come to more with a customer who is not active;
/// `credit_limit_exceeded`; those of pricing new lines.
pub async fn amend(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &AmendOrder) -> Result<wire::Order, Problem> {
    amend_as(ctx, tx, id, body, Handed::default()).await
}

/// What another system handed over again.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed {
    /// The digest of what it says now.
    pub(super) created_from: Option<String>,
    /// All references of the order from now on, where there are more.
    pub(super) refs: Option<Vec<(String, String)>>,
}

/// As [`amend`], and the order is from now on what was handed over.
pub(super) async fn amend_as(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &AmendOrder, handed: Handed) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    rules::must_be_amendable(&old)?;
    // The obligations are locked first, as shipping locks them; should the order change meanwhile, its version does not match and all of this runs again.
    let mut changes = Changes::lock(tx, id).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    if let Some(refs) = handed.refs {
        tx.set_external_refs(OBJECT, id.uuid(), &refs, false);
        parts.refs = refs;
    }
    let before = parts.lines.clone();
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    let number = old.amendments.unwrap_or_default() + 1;
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    let started = changed(ctx, &old);
    let started = orders::Model { amendments: Some(number), created_from: handed.created_from.or(started.created_from.clone()), ..started };
    let head = head::amended(tx, started, body, &mut errors).await?;
    let discounts = Discounts { before: old.discount_percent, after: head.discount_percent };
    let planned = plan::plan(&changes, &before, discounts, body, &mut errors)?;
    let scope = Scope { company: &company, party: &party, day: ctx.today(company.time_zone), terms: terms(&head) };
    let added = plan::additions(ctx, tx, &scope, body, &mut errors).await?;
    finish(errors)?;
    keep_discounts(&mut parts.lines, discounts);
    for planned in &planned {
        apply(&mut parts.lines, planned.index, planned.step, &planned.agreed, number)?;
    }
    let said = today::looked_at(ctx, tx, &scope, &before, &parts.lines).await?;
    plan::balance((&before, &mut parts.lines), &planned, scope.terms)?;
    for (position, line) in (1..).skip(parts.lines.len()).zip(added) {
        parts.lines.push(order_lines::Model { amendment: Some(number), ..line.order_row(old.tenant_id, id, position) });
    }
    let fields = head::changes(&old, &head);
    plan::must_change_something(&old, (&before, &parts.lines), discounts, !fields.is_empty())?;
    let totals = settle_rows(tx, &head, &mut parts.lines).await?;
    let mut new = with_totals(head, &totals);
    if new.total_amount > old.total_amount {
        rules::must_be_active(&party, &format!("The order {} cannot be amended to more than it comes to", old.number))?;
    }
    let approval_reasons = looks::broken_limits((&company, &party), (&old, &before), (&new, &parts.lines), &said, scope.day)?;
    let placed = looks::second_looks(ctx, tx, (&company, &party), (&old, &new), &parts, &approval_reasons).await?;
    new.credit_warning = placed.warning.or(new.credit_warning);
    for hold in placed.holds {
        add(ctx, tx, id, &mut parts, hold);
    }
    new = with_kind(new, &parts);
    let owed = in_full(tx, &new, &parts.lines).await?;
    for planned in &planned {
        follow(ctx, tx, &mut changes, &new, &owed, (planned, before.get(planned.index)), &body.reason).await?;
    }
    changes.hold(ctx, tx, &parts.holds.iter().map(rules::held).collect::<Vec<_>>())?;
    if new.payment_term_id != old.payment_term_id {
        changes.pay_by(ctx, tx, new.payment_term_id)?;
    }
    if new.reference != old.reference {
        changes.refer_to(new.reference.as_deref());
    }
    let amended = Amended { kind: AmendmentKind::Amended, reason: &body.reason, before, fields, approval_reasons };
    amended::write(ctx, tx, amended, (&old, new), parts, changes).await
}

/// Cancelling a rest is an amendment to less: what stays is held against the limits of the company like what any other leaves, as the price of a hundred is not
/// that of one. What breaks them waits for a second person before more of it is billed (QTE-08, ORD-08).
///
/// # Errors
/// `amount_overflow`, or when the database fails.
pub(super) async fn look_at_rest(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (old, before): (&orders::Model, &[order_lines::Model]),
    new: &orders::Model,
    parts: &mut store::Parts,
) -> Result<Vec<String>, Problem> {
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    if company.quote_rules.is_none() {
        return Ok(Vec::new());
    }
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    let scope = Scope { company: &company, party: &party, day: ctx.today(company.time_zone), terms: terms(new) };
    let said = today::looked_at(ctx, tx, &scope, before, &parts.lines).await?;
    let reasons = looks::broken_limits((&company, &party), (old, before), (new, &parts.lines), &said, scope.day)?;
    if let Some(hold) = looks::second_person(ctx, old.owner_id, &reasons) {
        add(ctx, tx, old.id, parts, hold);
    }
    Ok(reasons)
}

/// Lets what is owed follow a line; the lines are those with their full taxes.
async fn follow(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    changes: &mut Changes,
    order: &orders::Model,
    lines: &[order_lines::Model],
    (planned, before): (&Planned, Option<&order_lines::Model>),
    reason: &str,
) -> Result<(), Problem> {
    let (Some(line), Some(before)) = (lines.get(planned.index), before) else { return Ok(()) };
    match planned.step {
        Step::Keep | Step::Extend(_) => Ok(()),
        Step::Lower(by) | Step::Replace { ended: by, .. } => changes.lower(ctx, tx, before.id, by, reason),
        Step::Raise(_) | Step::Reprice(_) => {
            let whole = whole(tx, order, line).await?;
            let restated = Restated {
                ordered: line.quantity,
                unit_price: line.unit_price,
                discount_percent: line.discount_percent,
                document_discount_percent: line.document_discount_percent.unwrap_or(order.discount_percent),
                net_amount: whole.0,
                tax_amount: whole.1,
            };
            changes.restate(line.id, restated)
        }
    }
}

/// Net and full tax of all that is ordered of a line, what was cancelled included; `line` has those of what stands of it.
async fn whole(tx: &mut Tx<'_>, order: &orders::Model, line: &order_lines::Model) -> Result<(Amount, Amount), Problem> {
    if line.kept_quantity.is_none_or(|kept| kept == line.quantity) {
        return Ok((line.net_amount, line.tax_amount));
    }
    let mut all = vec![Line { quantity: line.quantity, ..Line::from(line) }];
    settle_again(tx, order.company_id, &mut all, Terms { upfront: Percent::ZERO, ..terms(order) }).await?;
    Ok(all.first().map_or((Amount::ZERO, Amount::ZERO), |line| (line.net_amount, line.tax_amount)))
}
