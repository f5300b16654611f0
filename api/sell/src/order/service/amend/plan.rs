//! What the body of an amendment does to the lines that are there, and the lines that it adds.

use crate::line::Line;
use crate::line::amounts::Terms;
use crate::line::bundle::balance_those;
use crate::line::price::{Scope, price_lines};
use crate::order::amendment::rules::{Agreed, Discounts, Standing, Step, granted, step};
use crate::order::rules;
use causeway_bill::obligation::Changes;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check;
use causeway_openapi::line::LineInput;
use causeway_openapi::order_amendment::{AmendLine, AmendOrder};
use causeway_value::{OrderLine, Overflow, Quantity};
use std::collections::BTreeSet;

/// Lines of an order, at most.
const MAX_LINES: usize = 500;

/// A line of the order and what happens to it.
pub(super) struct Planned {
    pub index: usize,
    pub step: Step,
    pub agreed: Agreed,
}

/// What the body does to lines that are there; another discount of the document reaches those too that it does not name.
pub(super) fn plan(
    changes: &Changes,
    lines: &[order_lines::Model],
    discounts: Discounts,
    body: &AmendOrder,
    errors: &mut Vec<FieldError>,
) -> Result<Vec<Planned>, Problem> {
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
        // A price that stands was agreed, whatever it is.
        if agreed.unit_price != line.unit_price {
            check::not_negative(agreed.unit_price.0, &format!("/lines/{at}/unit_price"), errors);
        }
        crate::check::share(agreed.discount_percent, &format!("/lines/{at}/discount_percent"), errors);
        let repriced = (agreed.unit_price, agreed.discount_percent) != (line.unit_price, line.discount_percent);
        let target = wanted.quantity.unwrap_or(standing.kept);
        let step = if repriced { step(standing, target, true) } else { granted(standing, target, discounts.reach(line)) };
        match step {
            Ok(step) => planned.push(Planned { index, step, agreed }),
            Err(refusal) => {
                let field = if refusal.field == "unit_price" && wanted.unit_price.is_none() { "discount_percent" } else { refusal.field };
                errors.push(FieldError::pointer(Code::InvalidValue, format!("/lines/{at}/{field}"), refusal.detail));
            }
        }
    }
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| discounts.reach(line)) {
        let Some(row) = changes.of(line.id).filter(|_| planned.iter().all(|known| known.index != index)) else { continue };
        let standing = Standing::of(row, changes.billed(line.id)?)?;
        let agreed = Agreed { unit_price: line.unit_price, discount_percent: line.discount_percent, reason: None };
        planned.extend(granted(standing, standing.kept, true).map(|step| Planned { index, step, agreed }));
    }
    Ok(planned)
}

/// Bundles come to what they come to at another discount of the document as well, as far as nothing of them has begun and the body leaves their prices.
///
/// # Errors
/// [`Overflow`] when an amount does not fit.
pub(super) fn balance((before, after): (&[order_lines::Model], &mut [order_lines::Model]), planned: &[Planned], terms: Terms) -> Result<(), Overflow> {
    let leaves = |planned: &&Planned| before.get(planned.index).is_some_and(|line| line.unit_price == planned.agreed.unit_price);
    let fresh = planned.iter().filter(|planned| matches!(planned.step, Step::Reprice(_))).filter(leaves);
    let fresh: BTreeSet<usize> = fresh.map(|planned| planned.index).collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<Line> = after.iter().map(Line::from).collect();
    balance_those(&mut lines, terms, |index| fresh.contains(&index))?;
    for (row, line) in after.iter_mut().zip(lines) {
        row.unit_price = line.unit_price;
    }
    Ok(())
}

/// The fields of a new line that are given for one that is there.
fn fixed(line: &AmendLine) -> impl Iterator<Item = &'static str> {
    let given = [
        ("product_id", line.product_id.is_some()),
        ("description", line.description.is_some()),
        ("discount_amount", line.discount_amount.is_some()),
        ("unit", line.unit.is_some()),
        ("tax_ids", line.tax_ids.is_some()),
        ("section", line.section.is_some()),
        ("promised_date", line.promised_date.is_some()),
        ("lead_days", line.lead_days.is_some()),
        ("dimensions", !line.dimensions.is_empty()),
    ];
    given.into_iter().filter(|(_, given)| *given).map(|(field, _)| field)
}

/// The new lines, priced as of today.
pub(super) async fn additions(ctx: &Ctx, tx: &mut Tx<'_>, scope: &Scope<'_>, body: &AmendOrder, errors: &mut Vec<FieldError>) -> Result<Vec<Line>, Problem> {
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
            discount_amount: line.discount_amount.clone(),
            tax_ids: line.tax_ids.clone(),
            section: line.section.clone(),
            promised_date: line.promised_date,
            lead_days: line.lead_days,
            dimensions: line.dimensions.clone(),
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

/// An amendment changes something and leaves something.
///
/// # Errors
/// `required` when nothing would change, `invalid_value` for a discount that no line can take any more, `too_many` lines; `state_conflict` when nothing would
/// stand.
pub(super) fn must_change_something(
    order: &orders::Model,
    (before, after): (&[order_lines::Model], &[order_lines::Model]),
    discounts: Discounts,
    head: bool,
) -> Result<(), Problem> {
    if before == after && !head {
        return Err(Problem::field(Code::Required, "/lines", "must change a line, add one, or come with another field of the order: nothing would change"));
    }
    if discounts.change() && after.iter().all(|line| discounts.of(line) != discounts.after) {
        let detail = "cannot change any more: all of the order is delivered, invoiced or given back, and keeps its discount. Credit the invoice instead";
        return Err(Problem::field(Code::InvalidValue, "/discount_percent", detail));
    }
    if after.len() > MAX_LINES {
        return Err(Problem::field(Code::TooMany, "/lines", format!("must be at most {MAX_LINES} together with those that are there")));
    }
    if after.iter().all(|line| line.kept_quantity.unwrap_or(line.quantity) == Quantity::ZERO) {
        return Err(rules::refused(order, "would have nothing left. Cancel it instead: POST /v1/orders/{id}/cancel."));
    }
    Ok(())
}
