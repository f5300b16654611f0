//! Who has to look at an amendment before more of the order is shipped: a second person, and whoever grants credit.

use super::today::Said;
use crate::line::Line;
use crate::order::amendment::rules::agreed;
use crate::order::service::credit::{self, Verdict};
use crate::order::service::hold::Placed;
use crate::order::store::Parts;
use crate::quote::limits::{Facts, Remains, TOLD, Whole, in_words, reasons};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_value::{Amount, Day, HoldKind, OrderLineId, UserId};
use std::collections::BTreeMap;

/// The limits of the company that what changes breaks, in words. `said` are the lines that there is more of, or whose price is for more than is left of them,
/// with what lists and costs say of them today.
pub(super) fn broken_limits(
    (company, party): (&companies::Model, &parties::Model),
    (old, before): (&orders::Model, &[order_lines::Model]),
    (new, after): (&orders::Model, &[order_lines::Model]),
    said: &BTreeMap<OrderLineId, Said>,
    today: Day,
) -> Result<Vec<String>, Problem> {
    let Some(limits) = &company.quote_rules else { return Ok(Vec::new()) };
    let known = |line: &order_lines::Model| before.iter().find(|old| old.id == line.id);
    let is_added = |line: &order_lines::Model| known(line).is_none() && line.replaces_line_id.is_none();
    let touched: Vec<Line> = after
        .iter()
        .filter(|line| said.contains_key(&line.id) || known(line).is_none_or(|was| agreed(was, old.discount_percent) != agreed(line, new.discount_percent)))
        .map(|line| {
            // Only what is new promises something now; other lines are promised anew by POST /v1/orders/{id}/promise.
            let promises = is_added(line);
            let line = as_said(line, said);
            Line { promise: line.promise.filter(|_| promises), ..line }
        })
        .collect();
    let whole = |order: &orders::Model, lines: Vec<Line>| Whole::of(&lines, order.discount_percent, order.currency);
    let was = whole(old, before.iter().map(Line::from).collect())?;
    let is = whole(new, after.iter().map(|line| as_said(line, said)).collect())?;
    // More of what leaves too little is more of it, whatever the share was before; what is added is more as well.
    let more = |line: &&order_lines::Model| is_added(line) || is_more(said.get(&line.id));
    let more: Vec<Line> = after.iter().filter(more).map(|line| as_said(line, said)).collect();
    let asked = limits.0.min_margin_percent.map(Remains::Share);
    let leaves_too_little = whole(new, more)?.remains.zip(asked).is_some_and(|(left, asked)| left < asked);
    let worse = is.worse_than(was);
    let facts = Facts {
        discount: new.discount_percent,
        whole: if leaves_too_little { Whole { remains: is.remains, ..worse } } else { worse },
        term: new.payment_term_id.filter(|term| old.payment_term_id != Some(*term)),
        own_term: party.payment_term_id,
        promise: None,
        today,
        priced_on: None,
    };
    let mut words = in_words(reasons(&limits.0, facts, &touched)?);
    for line in after {
        if let (Some(Said::Unknown(why)), true) = (said.get(&line.id), words.len() < TOLD) {
            words.push(format!("what the lists give for {} today is not known, because {why}; that needs a second person", line.description));
        }
    }
    Ok(words)
}

/// Whether there is more of a line than before.
const fn is_more(said: Option<&Said>) -> bool {
    matches!(said, Some(Said::Nothing | Said::Unknown(_) | Said::Known { cost: Some(_), .. }))
}

/// A line with what lists and costs say of it today.
fn as_said(line: &order_lines::Model, said: &BTreeMap<OrderLineId, Said>) -> Line {
    let own = Line::from(line);
    match said.get(&line.id) {
        Some(Said::Known { listed, cost }) => Line { list_unit_price: Some(*listed), unit_cost: cost.unwrap_or(own.unit_cost), ..own },
        _ => own,
    }
}

/// What somebody has to look at before more is shipped.
pub(super) struct SecondLooks {
    pub holds: Vec<Placed>,
    pub warning: Option<String>,
}

/// The hold of an amendment that breaks limits of the company, until a second person says yes.
pub(super) fn second_person(ctx: &Ctx, owner_id: Option<UserId>, approval_reasons: &[String]) -> Option<Placed> {
    let reason = format!("The amendment needs a second person: {}.", approval_reasons.join("; "));
    let placed = Placed { kind: HoldKind::Approval, blocks: None, reason, owner_id, asked_by: ctx.actor.id, by_hand: false };
    (!approval_reasons.is_empty()).then_some(placed)
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
    let mut looks = SecondLooks { holds: second_person(ctx, old.owner_id, approval_reasons).into_iter().collect(), warning: None };
    let more = new.total_amount.minus(old.total_amount)?;
    if more > Amount::ZERO {
        match credit::verdict(ctx, tx, company, party, new, more, "amended").await? {
            Verdict::Confirm(warning) => looks.warning = warning,
            // One that somebody placed by hand says nothing about what comes on top.
            Verdict::Hold(placed) if parts.holds.iter().all(|hold| hold.kind != HoldKind::Credit || hold.by_hand == Some(true)) => looks.holds.push(placed),
            Verdict::Hold(_) => {}
        }
    }
    Ok(looks)
}
