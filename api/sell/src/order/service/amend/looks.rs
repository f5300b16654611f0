//! Who has to look at an amendment before more of the order is shipped: a second person, and whoever grants credit.

use crate::line::Line;
use crate::line::price::{Scope, price_lines};
use crate::order::amendment::rules::agreed;
use crate::order::service::credit::{self, Verdict};
use crate::order::service::hold::Placed;
use crate::order::store::Parts;
use crate::quote::back::{Back, back};
use crate::quote::limits::{Facts, Remains, in_words, reasons, remains};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::line::LineInput;
use causeway_value::{Amount, Day, HoldKind, OrderLineId, Percent, Price, ProductId, Quantity, QuoteRules, product};
use std::collections::BTreeMap;

const fn kept(line: &order_lines::Model) -> Quantity {
    match line.kept_quantity {
        Some(kept) => kept,
        None => line.quantity,
    }
}

/// What the lists ask for the new quantities of lines whose quantity changes, as far as that is more than for the old ones and the company limits prices: a line
/// that falls below a break keeps a price that nobody would get for so little. Nothing is asked when no quantity changes; prices that cannot be told are left.
///
/// # Errors
/// When the database fails.
pub(super) async fn dearer(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    (before, after): (&[order_lines::Model], &[order_lines::Model]),
) -> Result<BTreeMap<OrderLineId, Price>, Problem> {
    if scope.company.quote_rules.as_ref().is_none_or(|limits| limits.0.max_price_override_percent.is_none()) {
        return Ok(BTreeMap::new());
    }
    let mut changed = Vec::new();
    for line in after.iter().filter(|line| line.product_id.is_some() && kept(line) != Quantity::ZERO) {
        let was = before.iter().find(|was| was.id == line.id).map(kept).filter(|was| *was != kept(line) && *was != Quantity::ZERO);
        // The share of a component in its bundle is no price of the lists.
        if let Some(was) = was.filter(|_| line.price_source.parse::<ProductId>().is_err()) {
            changed.push((line, was));
        }
    }
    if changed.is_empty() {
        return Ok(BTreeMap::new());
    }
    let input = |line: &order_lines::Model, quantity| LineInput {
        product_id: line.product_id,
        quantity,
        unit: line.unit.clone(),
        tax_ids: line.determined_tax_ids.as_ref().map(|_| line.tax_ids.0.clone()),
        ..LineInput::default()
    };
    let inputs: Vec<LineInput> = changed.iter().flat_map(|(line, was)| [input(line, *was), input(line, kept(line))]).collect();
    let found = match price_lines(ctx, tx, scope, &inputs, &mut Vec::new()).await {
        Ok(found) => found.unwrap_or_default().lines,
        Err(problem) if problem.status == 422 => Vec::new(),
        Err(problem) => return Err(problem),
    };
    // A bundle is priced line by line of what it holds.
    if found.len() != inputs.len() {
        return Ok(BTreeMap::new());
    }
    let mut dearer = BTreeMap::new();
    for ((line, _), prices) in changed.into_iter().zip(found.chunks_exact(2)) {
        if let [was, now] = prices
            && now.unit_price > was.unit_price
        {
            dearer.insert(line.id, Price(product(&[now.unit_price.0, line.price_base_quantity.0], &[now.price_base_quantity.0])?));
        }
    }
    Ok(dearer)
}

/// The limits of the company that what changes breaks, in words. More of a line is looked at like a new line of its price; less of it when the lists ask more
/// for so little.
pub(super) fn broken_limits(
    company: &companies::Model,
    party: &parties::Model,
    (old, before): (&orders::Model, &[order_lines::Model]),
    (new, after): (&orders::Model, &[order_lines::Model]),
    dearer: &BTreeMap<OrderLineId, Price>,
    today: Day,
) -> Result<Vec<String>, Problem> {
    let Some(limits) = &company.quote_rules else { return Ok(Vec::new()) };
    let known = |line: &order_lines::Model| before.iter().find(|old| old.id == line.id);
    let touched: Vec<Line> = after
        .iter()
        .filter(|line| known(line).is_none_or(|was| agreed(was, old.discount_percent) != agreed(line, new.discount_percent) || is_more(was, line)))
        .map(|line| {
            // Only what is new promises something now; other lines are promised anew by POST /v1/orders/{id}/promise.
            let promises = known(line).is_none() && line.replaces_line_id.is_none();
            let line = Line::from(line);
            Line { promise: line.promise.filter(|_| promises), ..line }
        })
        .collect();
    let dearer = after.iter().filter_map(|line| Some(Line { list_unit_price: Some(*dearer.get(&line.id)?), ..Line::from(line) })).collect::<Vec<_>>();
    let left = |order: &orders::Model, lines: &[order_lines::Model]| -> Result<(Option<Remains>, Option<Back>), Problem> {
        let lines: Vec<Line> = lines.iter().map(Line::from).collect();
        Ok((remains(&lines, order.currency)?, back(&lines, order.discount_percent, order.currency)?))
    };
    let (was, is) = (left(old, before)?, left(new, after)?);
    let facts = Facts {
        discount: new.discount_percent,
        remains: is.0.filter(|is| was.0.is_none_or(|was| *is < was)),
        back: is.1.filter(|is| was.1.is_none_or(|was| *is > was)),
        term: new.payment_term_id.filter(|term| old.payment_term_id != Some(*term)),
        own_term: party.payment_term_id,
        promise: None,
        today,
        priced_on: None,
    };
    let mut broken = reasons(&limits.0, facts, &touched)?;
    // Of lines of which only the price for their quantity is another, nothing else is looked at again.
    let prices = QuoteRules { max_price_override_percent: limits.0.max_price_override_percent, ..QuoteRules::default() };
    let nothing = Facts { discount: Percent::ZERO, remains: None, back: None, term: None, ..facts };
    broken.extend(reasons(&prices, nothing, &dearer)?);
    Ok(in_words(broken))
}

/// Whether more stands of a line than before, sold or given back.
fn is_more(was: &order_lines::Model, line: &order_lines::Model) -> bool {
    kept(line).0.unsigned_abs() > kept(was).0.unsigned_abs()
}

/// What somebody has to look at before more is shipped.
#[derive(Default)]
pub(super) struct SecondLooks {
    pub holds: Vec<Placed>,
    pub warning: Option<String>,
}

/// The holds that an amendment gets for what a second person and whoever grants credit have to say.
///
/// # Errors
/// `credit_limit_exceeded`; `amount_overflow`.
pub(super) async fn second_looks(
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
        looks.holds.push(Placed { kind: HoldKind::Approval, blocks: None, reason, owner_id: None, asked_by: ctx.actor.id, by_hand: false });
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
