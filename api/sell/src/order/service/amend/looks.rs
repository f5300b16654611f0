//! Who has to look at an amendment before more of the order is shipped: a second person, and whoever grants credit.

use crate::line::Line;
use crate::order::amendment::rules::agreed;
use crate::order::service::credit::{self, Verdict};
use crate::order::service::hold::Placed;
use crate::order::store::Parts;
use crate::quote::limits::{Facts, Whole, in_words, reasons};
use causeway_contract::Problem;
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_lines, orders};
use causeway_kernel::{Ctx, Tx};
use causeway_value::{Amount, Day, HoldKind};

/// The limits of the company that what changes breaks, in words.
pub(super) fn broken_limits(
    company: &companies::Model,
    party: &parties::Model,
    (old, before): (&orders::Model, &[order_lines::Model]),
    (new, after): (&orders::Model, &[order_lines::Model]),
    today: Day,
) -> Result<Vec<String>, Problem> {
    let Some(limits) = &company.quote_rules else { return Ok(Vec::new()) };
    let known = |line: &order_lines::Model| before.iter().find(|old| old.id == line.id);
    let touched: Vec<Line> = after
        .iter()
        .filter(|line| known(line).is_none_or(|was| agreed(was, old.discount_percent) != agreed(line, new.discount_percent)))
        .map(|line| {
            // Only what is new promises something now; other lines are promised anew by POST /v1/orders/{id}/promise.
            let promises = known(line).is_none() && line.replaces_line_id.is_none();
            let line = Line::from(line);
            Line { promise: line.promise.filter(|_| promises), ..line }
        })
        .collect();
    let whole = |order: &orders::Model, lines: &[order_lines::Model]| {
        let lines: Vec<Line> = lines.iter().map(Line::from).collect();
        Whole::of(&lines, order.discount_percent, order.currency)
    };
    let facts = Facts {
        discount: new.discount_percent,
        whole: whole(new, after)?.worse_than(whole(old, before)?),
        term: new.payment_term_id.filter(|term| old.payment_term_id != Some(*term)),
        own_term: party.payment_term_id,
        promise: None,
        today,
    };
    Ok(in_words(reasons(&limits.0, facts, &touched)?))
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
