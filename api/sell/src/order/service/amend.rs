//! Amending a confirmed order (ORD-18).

use super::amended::{self, Amended};
use super::credit::{self, Verdict};
use super::hold::{Placed, add, with_kind};
use super::{changed, settle_rows, terms, with_totals};
use crate::header;
use crate::line::price::{Scope, price_lines, settle_again};
use crate::line::{Line, amounts};
use crate::order::amendment::rules::{Agreed, Standing, Step, apply, step};
use crate::order::rules;
use crate::order::store::{self, Parts};
use crate::quote::limits::{Facts, reasons};
use causeway_bill::obligation::{Changes, Restated};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_openapi::line::LineInput;
use causeway_openapi::order as wire;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder};
use causeway_value::{AmendmentKind, Amount, HoldKind, OrderId, OrderLine, Quantity};

/// Lines of an order, at most.
const MAX_LINES: usize = 500;

/// A line of the order and what happens to it.
struct Planned {
    index: usize,
    step: Step,
    agreed: Agreed,
}

/// Changes a confirmed order. What is delivered or invoiced keeps its price; what is invoiced and stands no longer is proposed to be credited. More than
/// before takes credit again, and what breaks the company's limits waits for a second person.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` when it is not confirmed, nothing of it would stand, or a draft invoice is in the way;
/// `credit_limit_exceeded`; those of pricing new lines.
pub async fn amend(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &AmendOrder) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    rules::must_be_amendable(&old)?;
    // The obligations are locked first, as shipping locks them; should the order change meanwhile, its version does not match and all of this runs again.
    let mut changes = Changes::lock(tx, id).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    let before = parts.lines.clone();
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    let number = old.amendments.unwrap_or_default() + 1;
    let term = body.payment_term_id.clone().over(old.payment_term_id);
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    header::check_terms(tx, if body.payment_term_id.is_absent() { None } else { term }, None, &mut errors).await?;
    let planned = plan(&changes, &before, body, &mut errors)?;
    let scope = Scope { company: &company, party: &party, day: ctx.today(company.time_zone), terms: terms(&old) };
    let added = additions(ctx, tx, &scope, body, &mut errors).await?;
    finish(errors)?;
    for planned in &planned {
        apply(&mut parts.lines, planned.index, planned.step, &planned.agreed, number)?;
    }
    for (position, line) in (1..).skip(parts.lines.len()).zip(added) {
        parts.lines.push(order_lines::Model { amendment: Some(number), ..line.order_row(old.tenant_id, id, position) });
    }
    must_change_something(&old, &before, &parts.lines, term != old.payment_term_id)?;
    let totals = settle_rows(tx, &old, &mut parts.lines).await?;
    let mut new = with_totals(orders::Model { payment_term_id: term, amendments: Some(number), ..changed(ctx, &old) }, &totals);
    let approval_reasons = broken_limits(&company, &party, (&old, &before), (&new, &parts.lines))?;
    let placed = second_looks(ctx, tx, (&company, &party), (&old, &new), &parts, &approval_reasons).await?;
    new.credit_warning = placed.warning.or(new.credit_warning);
    for hold in placed.holds {
        add(ctx, tx, id, &mut parts, hold);
    }
    new = with_kind(new, &parts);
    for planned in &planned {
        follow(ctx, tx, &mut changes, &new, &parts.lines, (planned, before.get(planned.index)), &body.reason).await?;
    }
    changes.hold(&parts.holds.iter().map(rules::held).collect::<Vec<_>>());
    if new.payment_term_id != old.payment_term_id {
        changes.pay_by(ctx, tx, new.payment_term_id)?;
    }
    let amended = Amended { kind: AmendmentKind::Amended, reason: &body.reason, before, approval_reasons };
    amended::write(ctx, tx, amended, (&old, new), parts, changes).await
}

/// What the body does to lines that are there.
fn plan(changes: &Changes, lines: &[order_lines::Model], body: &AmendOrder, errors: &mut Vec<FieldError>) -> Result<Vec<Planned>, Problem> {
    let mut planned: Vec<Planned> = Vec::new();
    for (at, wanted) in body.lines.iter().enumerate() {
        let Some(id) = wanted.order_line_id else { continue };
        let Some((index, line)) = lines.iter().enumerate().find(|(_, line)| line.id == id) else {
            errors.push(check::unknown::<OrderLine>(format!("/lines/{at}/order_line_id"), "order"));
            continue;
        };
        let mut wrong = |code, field: &str, detail: String| errors.push(FieldError::pointer(code, format!("/lines/{at}/{field}"), detail));
        if planned.iter().any(|known| known.index == index) {
            wrong(Code::InvalidValue, "order_line_id", "stands twice; say all of it in one line".to_owned());
            continue;
        }
        for field in fixed(wanted) {
            wrong(Code::InvalidValue, field, "is fixed for a line that is there; end it with quantity 0 and add another".to_owned());
        }
        let Some(row) = changes.of(id) else { continue };
        let standing = Standing::of(row, changes.billed(id)?)?;
        let agreed = Agreed {
            unit_price: wanted.unit_price.unwrap_or(line.unit_price),
            discount_percent: wanted.discount_percent.unwrap_or(line.discount_percent),
            reason: wanted.price_override_reason.clone(),
        };
        check::not_negative(agreed.unit_price.0, &format!("/lines/{at}/unit_price"), errors);
        crate::check::share(agreed.discount_percent, &format!("/lines/{at}/discount_percent"), errors);
        let repriced = (agreed.unit_price, agreed.discount_percent) != (line.unit_price, line.discount_percent);
        match step(standing, wanted.quantity.unwrap_or(standing.kept), repriced) {
            Ok(step) => planned.push(Planned { index, step, agreed }),
            Err(refusal) => {
                let field = if refusal.field == "unit_price" && wanted.unit_price.is_none() { "discount_percent" } else { refusal.field };
                errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{at}/{field}"), refusal.detail));
            }
        }
    }
    Ok(planned)
}

/// The fields of a new line that are given for one that is there.
fn fixed(line: &AmendLine) -> impl Iterator<Item = &'static str> {
    let given = [
        ("product_id", line.product_id.is_some()),
        ("description", line.description.is_some()),
        ("unit", line.unit.is_some()),
        ("tax_ids", line.tax_ids.is_some()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(field, _)| field)
}

/// The new lines, priced as of today.
async fn additions(ctx: &Ctx, tx: &mut Tx<'_>, scope: &Scope<'_>, body: &AmendOrder, errors: &mut Vec<FieldError>) -> Result<Vec<Line>, Problem> {
    let mut places = Vec::new();
    let mut inputs = Vec::new();
    for (at, line) in body.lines.iter().enumerate().filter(|(_, line)| line.order_line_id.is_none()) {
        let Some(quantity) = line.quantity.filter(|quantity| *quantity != Quantity::ZERO) else {
            errors.push(FieldError::pointer(Code::Required, format!("/lines/{at}/quantity"), "is required for a new line, and not 0"));
            continue;
        };
        places.push(at);
        inputs.push(LineInput {
            product_id: line.product_id,
            description: line.description.clone(),
            quantity,
            unit: line.unit.clone(),
            unit_price: line.unit_price,
            price_override_reason: line.price_override_reason.clone(),
            discount_percent: line.discount_percent,
            tax_ids: line.tax_ids.clone(),
        });
    }
    if inputs.is_empty() {
        return Ok(Vec::new());
    }
    let mut wrong = Vec::new();
    let priced = price_lines(ctx, tx, scope, &inputs, &mut wrong).await;
    errors.extend(wrong.into_iter().map(|error| placed(error, &places)));
    match priced {
        Ok(priced) => Ok(priced.map(|priced| priced.lines).unwrap_or_default()),
        Err(mut problem) => {
            problem.errors = problem.errors.into_iter().map(|error| placed(error, &places)).collect();
            Err(problem)
        }
    }
}

/// The error of a new line where the body has it.
fn placed(mut error: FieldError, places: &[usize]) -> FieldError {
    let found = error.pointer.as_deref().and_then(|pointer| pointer.strip_prefix("/lines/")).and_then(|rest| {
        let (index, field) = rest.split_once('/').map_or((rest, None), |(index, field)| (index, Some(field)));
        let at = places.get(index.parse::<usize>().ok()?)?;
        Some(field.map_or_else(|| format!("/lines/{at}"), |field| format!("/lines/{at}/{field}")))
    });
    error.pointer = found.or(error.pointer);
    error
}

fn must_change_something(order: &orders::Model, before: &[order_lines::Model], after: &[order_lines::Model], term: bool) -> Result<(), Problem> {
    if before == after && !term {
        return Err(Problem::field(Code::Required, "/lines", "must change a line, add one, or come with another payment term: nothing would change"));
    }
    if after.len() > MAX_LINES {
        return Err(Problem::field(Code::TooMany, "/lines", format!("must be at most {MAX_LINES} together with those that are there")));
    }
    if after.iter().all(|line| line.kept_quantity.unwrap_or(line.quantity) == Quantity::ZERO) {
        return Err(rules::refused(order, "would have nothing left. Cancel it instead: POST /v1/orders/{id}/cancel."));
    }
    Ok(())
}

/// The limits of the company that what changes breaks, in words.
fn broken_limits(
    company: &companies::Model,
    party: &parties::Model,
    (old, before): (&orders::Model, &[order_lines::Model]),
    (new, after): (&orders::Model, &[order_lines::Model]),
) -> Result<Vec<String>, Problem> {
    let Some(limits) = &company.quote_rules else { return Ok(Vec::new()) };
    let same = |line: &order_lines::Model| {
        before.iter().any(|old| (old.id, old.unit_price, old.discount_percent) == (line.id, line.unit_price, line.discount_percent))
    };
    let touched: Vec<Line> = after.iter().filter(|line| !same(line)).map(Line::from).collect();
    let margin = |lines: &[order_lines::Model]| -> Result<_, Problem> {
        let lines: Vec<Line> = lines.iter().map(Line::from).collect();
        Ok(amounts::totals(&lines, new.currency)?.margin.and_then(|margin| margin.percent))
    };
    let (was, is) = (margin(before)?, margin(after)?);
    let facts = Facts {
        discount: new.discount_percent,
        margin: is.filter(|is| was.is_none_or(|was| *is < was)),
        term: new.payment_term_id.filter(|term| old.payment_term_id != Some(*term)),
        own_term: party.payment_term_id,
        // What is promised anew is promised for the order: POST /v1/orders/{id}/promise.
        promise: None,
        today: new.order_date,
    };
    Ok(reasons(&limits.0, facts, &touched)?.into_iter().map(|reason| reason.because).collect())
}

/// What somebody has to look at before more is shipped.
#[derive(Default)]
struct SecondLooks {
    holds: Vec<Placed>,
    warning: Option<String>,
}

async fn second_looks(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    (company, party): (&companies::Model, &parties::Model),
    (old, new): (&orders::Model, &orders::Model),
    parts: &Parts,
    approval_reasons: &[String],
) -> Result<SecondLooks, Problem> {
    let mut looks = SecondLooks::default();
    if !approval_reasons.is_empty() {
        let reason = format!("The amendment needs a second person: {}.", approval_reasons.join("; "));
        looks.holds.push(Placed { kind: HoldKind::Approval, blocks: None, reason, owner_id: None, asked_by: ctx.actor.id });
    }
    let more = new.total_amount.minus(old.total_amount)?;
    if more > Amount::ZERO {
        match credit::verdict(ctx, tx, company, party, new, more, "amended").await? {
            Verdict::Confirm(warning) => looks.warning = warning,
            Verdict::Hold(placed) if parts.holds.iter().all(|hold| hold.kind != HoldKind::Credit) => looks.holds.push(placed),
            Verdict::Hold(_) => {}
        }
    }
    Ok(looks)
}

/// Lets what is owed follow a line.
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
                net_amount: whole.0,
                tax_amount: whole.1,
            };
            changes.restate(line.id, restated)
        }
    }
}

/// Net and tax of all that is ordered of a line, what was cancelled included.
async fn whole(tx: &mut Tx<'_>, order: &orders::Model, line: &order_lines::Model) -> Result<(Amount, Amount), Problem> {
    if line.kept_quantity.is_none_or(|kept| kept == line.quantity) {
        return Ok((line.net_amount, line.tax_amount));
    }
    let mut all = vec![Line { quantity: line.quantity, ..Line::from(line) }];
    settle_again(tx, order.company_id, &mut all, terms(order)).await?;
    Ok(all.first().map_or((Amount::ZERO, Amount::ZERO), |line| (line.net_amount, line.tax_amount)))
}
