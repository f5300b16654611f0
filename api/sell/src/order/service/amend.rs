//! Changing a confirmed order (ORD-18): each change is numbered, keeps what was agreed before, and says what it leads to.

use super::credit::{self, Verdict};
use super::hold::place;
use super::{changed, terms, with_totals};
use crate::line::price::{Scope, price_lines, settle_again};
use crate::line::{Line, amounts};
use crate::order::amendment::{self, Change};
use crate::order::store::{self, Parts};
use crate::order::{rules, view};
use causeway_bill::invoice::service::credit::propose;
use causeway_bill::obligation::cut::{Billed, Credits};
use causeway_bill::obligation::{self, service::lock_of_order};
use causeway_contract::{FieldError, Problem};
use causeway_deliver::delivery::cut_of_order;
use causeway_entity::bill::obligations;
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms};
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{finish, not_blank};
use causeway_master::pricing::amounts::line_net;
use causeway_openapi::amendment::{AmendOrder, Consequences};
use causeway_openapi::line::LineInput;
use causeway_openapi::order as wire;
use causeway_value::{Json, OrderId};

/// Amends a confirmed order. What waits to be billed or shipped follows its line; what was billed beyond what is wanted becomes a draft credit note.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` when the order is not confirmed, or a draft invoice bills what is taken off; `credit_limit_exceeded`.
pub async fn amend(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &AmendOrder) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    // The obligations are locked first, as shipping locks them; should the order change meanwhile, its version does not match and all of this runs again.
    let before = lock_of_order(tx, id).await?;
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    tx.named::<payment_terms::Entity, _>(body.payment_term_id, "/payment_term_id", &mut errors).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    parts.obligations = before;
    let changes = amendment::changes(&parts, &body.lines, &mut errors);
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    let scope = Scope { company: &company, party: &party, day: ctx.today(company.time_zone), terms: terms(&old) };
    let added = added(ctx, tx, &scope, &changes, &mut errors).await?;
    amendment::must_be_amendable(&old)?;
    amendment::must_change(body, &mut errors);
    finish(errors)?;
    let agreed_before = amendment::agreed(&old, &parts)?;
    let credits = follow(ctx, tx, &mut parts, &changes).await?;
    let mut new = changed(ctx, &old);
    new.payment_term_id = body.payment_term_id.or(old.payment_term_id);
    settle(tx, &mut new, &mut parts, &changes, added).await?;
    owe(ctx, tx, &new, &mut parts, scope.day).await?;
    check_credit(ctx, tx, (&company, &party), &old, &mut new, &mut parts).await?;
    cut_of_order(ctx, tx, id, &parts.obligations).await?;
    new.status = amendment::status_after(old.status, &parts.obligations)?;
    let credit_notes = propose(ctx, tx, &credits, &body.reason).await?;
    let agreed_after = amendment::agreed(&new, &parts)?;
    let row = amendment::row(ctx, tx, &new, body, (&agreed_before, &agreed_after), &credit_notes).await?;
    tx.insert(row.clone());
    tx.update(&old, &new);
    let order = view::record(ctx, tx, "order.amended", &new, &parts)?;
    let consequences = Consequences { amendment: Some(amendment::view(&row)?), credit_notes };
    Ok(wire::Order { consequences: Some(consequences), ..order })
}

/// The new lines, priced as of today. Their errors name their places in the body.
async fn added(ctx: &Ctx, tx: &mut Tx<'_>, scope: &Scope<'_>, changes: &[Change], errors: &mut Vec<FieldError>) -> Result<Vec<Line>, Problem> {
    let new: Vec<(usize, LineInput)> = changes.iter().filter_map(Change::added).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let inputs: Vec<LineInput> = new.iter().map(|(_, input)| input.clone()).collect();
    let mut own = Vec::new();
    let places: Vec<usize> = new.into_iter().map(|(place, _)| place).collect();
    let priced = match price_lines(ctx, tx, scope, &inputs, &mut own).await {
        Ok(priced) => priced,
        Err(mut problem) => {
            problem.errors = amendment::placed(problem.errors, &places);
            return Err(problem);
        }
    };
    errors.extend(amendment::placed(own, &places));
    Ok(priced.map(|priced| priced.lines).unwrap_or_default())
}

/// Brings the obligations and what is billed of them to what is wanted, in memory; answers what is to be credited.
async fn follow(ctx: &Ctx, tx: &mut Tx<'_>, parts: &mut Parts, changes: &[Change]) -> Result<Credits, Problem> {
    let mut credits = Credits::new();
    let Some(order_id) = parts.obligations.first().map(|row| row.order_id) else { return Ok(credits) };
    let billed = Billed::lock(tx, order_id).await?;
    for change in changes {
        let Change::Line { id, quantity: Some(wanted), .. } = change else { continue };
        let Some(row) = parts.obligations.iter_mut().find(|row| row.id.uuid() == id.uuid()) else { continue };
        let kept = row.ordered_quantity.minus(row.cancelled_quantity)?;
        if *wanted >= kept {
            row.ordered_quantity = row.ordered_quantity.plus(wanted.minus(kept)?)?;
            continue;
        }
        billed.cut(ctx, tx, row, *wanted, "The order was amended.", &mut credits)?;
        // What was billed stays ordered and counts as cancelled; its credit note takes it back.
        row.ordered_quantity = row.billable_quantity.max(*wanted);
        row.cancelled_quantity = row.ordered_quantity.minus(*wanted)?;
    }
    Ok(credits)
}

/// Writes the lines with their new quantities and prices, and computes all amounts again.
async fn settle(tx: &mut Tx<'_>, new: &mut orders::Model, parts: &mut Parts, changes: &[Change], added: Vec<Line>) -> Result<(), Problem> {
    let before = parts.lines.clone();
    let mut lines: Vec<Line> = Vec::with_capacity(before.len() + added.len());
    for row in &before {
        let mut line = Line::from(row);
        if let Some(owed) = parts.obligations.iter().find(|owed| owed.id.uuid() == row.id.uuid()) {
            line.quantity = owed.ordered_quantity;
        }
        if let Some(change) = changes.iter().find(|change| change.is_of(row.id)) {
            change.apply(&mut line);
        }
        lines.push(line);
    }
    lines.extend(added);
    settle_again(tx, new.company_id, &mut lines, terms(new)).await?;
    let totals = amounts::totals(&lines, new.currency)?;
    *new = with_totals(new.clone(), &totals);
    let last = before.iter().map(|row| row.position).max().unwrap_or_default();
    parts.lines.clear();
    for (index, line) in (0_i64..).zip(lines) {
        let old = usize::try_from(index).ok().and_then(|index| before.get(index));
        let row = match old {
            Some(old) => order_lines::Model { id: old.id, position: old.position, ..line.order_row(new.tenant_id, new.id, old.position) },
            None => line.order_row(new.tenant_id, new.id, last + 1 + index),
        };
        match old {
            Some(old) => tx.update(old, &row),
            None => tx.insert(row.clone()),
        }
        parts.lines.push(row);
    }
    Ok(())
}

/// Writes what we owe for the lines as they are now.
async fn owe(ctx: &Ctx, tx: &mut Tx<'_>, order: &orders::Model, parts: &mut Parts, today: causeway_value::Day) -> Result<(), Problem> {
    let stored = obligation::of_orders(tx, &[order.id]).await?;
    let kinds = super::confirm::kinds(tx, &parts.lines).await?;
    let mut after = Vec::with_capacity(parts.lines.len());
    let mut fresh = Vec::new();
    for line in &parts.lines {
        let Some(owed) = parts.obligations.iter().find(|owed| owed.id.uuid() == line.id.uuid()) else {
            let kind = line.product_id.and_then(|id| kinds.get(&id).copied());
            fresh.push(rules::obligation(order, line, kind, today, &parts.holds));
            continue;
        };
        let mut new = as_agreed(owed, line, order)?;
        if let Some(old) = stored.iter().find(|old| old.id == new.id) {
            if new != *old {
                new.version = old.version + 1;
                new.updated_at = ctx.now();
            }
            tx.update(old, &new);
        }
        after.push(new);
    }
    after.extend(obligation::confirm(ctx, tx, fresh).await?);
    after.sort_by_key(|row| row.id);
    parts.obligations = after;
    Ok(())
}

/// An obligation with the price, amounts and term that its line has now.
fn as_agreed(owed: &obligations::Model, line: &order_lines::Model, order: &orders::Model) -> Result<obligations::Model, Problem> {
    let price_amount =
        line_net(line.quantity, line.unit_price, line.price_base_quantity, line.discount_percent, order.discount_percent, order.currency)?;
    Ok(obligations::Model {
        unit_price: line.unit_price,
        discount_percent: line.discount_percent,
        net_amount: line.net_amount,
        price_amount,
        tax_amount: Some(line.tax_amount),
        payment_term_id: order.payment_term_id,
        ..owed.clone()
    })
}

/// An amendment that makes the customer owe more is checked like a confirmation; what is over the limit is not shipped until somebody decides.
async fn check_credit(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    old: &orders::Model,
    new: &mut orders::Model,
    parts: &mut Parts,
) -> Result<(), Problem> {
    let more = new.total_amount.minus(old.total_amount)?;
    if more <= causeway_value::Amount::ZERO {
        return Ok(());
    }
    // What this transaction writes is in the exposure already.
    match credit::verdict_of_exposure(ctx, tx, company, party, new).await? {
        Verdict::Confirm(None) => {}
        Verdict::Confirm(warning) => new.credit_warning = warning,
        Verdict::Hold(_) if parts.holds.iter().any(|hold| hold.kind == causeway_value::HoldKind::Credit) => {}
        Verdict::Hold(placed) => {
            let held = place(ctx, tx, new, parts, placed);
            new.hold_kind = held.hold_kind;
            // The obligations are as this transaction leaves them, so the hold goes onto those rows.
            let holds = parts.holds.iter().map(rules::held).collect::<Vec<_>>();
            let mut after = Vec::with_capacity(parts.obligations.len());
            for row in &parts.obligations {
                let blocked = obligations::Model { holds: Some(Json(holds.clone())), version: row.version + 1, ..row.clone() };
                tx.update(row, &blocked);
                after.push(blocked);
            }
            parts.obligations = after;
        }
    }
    Ok(())
}
