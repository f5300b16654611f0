//! The credit check of an order: when it is confirmed, and again when something changed (ORD-06, PAY-09).

use super::hold::{self, Placed, lift};
use crate::order::store::{self, Parts};
use crate::order::{rules, view};
use causeway_bill::exposure::{self, Checked};
use causeway_contract::{Code, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_entity::sell::{order_holds, orders};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::checked::Found;
use causeway_openapi::order as wire;
use causeway_value::{Amount, CreditAction, HoldId, HoldKind, OrderId, OrderStatus, PartyId};

/// Holds of one customer that a payment checks again, at most.
const AT_ONCE: u64 = 100;

/// Why a check does not take off what somebody decided.
const BY_HAND: &str = "has a credit hold that somebody placed by hand, and a check does not take that off. Who may release credit holds does: \
    POST /v1/orders/{id}/release.";

/// What the check says about confirming an order.
pub(super) enum Verdict {
    /// Confirm it, with this warning if there is one.
    Confirm(Option<String>),
    /// Hold it instead.
    Hold(Placed),
}

/// Checks the credit of an order that is being confirmed or amended and takes `more` by that. Who released a credit hold that a check placed took the risk for
/// its total.
///
/// # Errors
/// `credit_limit_exceeded` when the policy blocks; `rate_missing`.
pub(super) async fn verdict(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    party: &parties::Model,
    order: &orders::Model,
    more: Amount,
    verb: &str,
) -> Result<Verdict, Problem> {
    let checked = exposure::check(ctx, tx, company, party, (more, order.currency)).await?;
    decided(tx, &checked, order, verb).await
}

/// What confirming an order would come to, for who only looks: refused, held or warned of.
///
/// # Errors
/// When the database fails.
pub async fn foresee_credit(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, order: &orders::Model) -> Result<Found, Problem> {
    let verdict = match exposure::foresee(ctx, tx, company, party, (order.total_amount, order.currency)).await {
        Ok(checked) => decided(tx, &checked, order, "confirmed").await,
        Err(problem) => Err(problem),
    };
    match verdict {
        Ok(Verdict::Confirm(warning)) => Ok(Found::warn(warning)),
        Ok(Verdict::Hold(placed)) => Ok(Found::Warning(format!("It would be held instead of confirmed. {}", placed.reason))),
        Err(problem) => Found::of(Err(problem)),
    }
}

async fn decided(tx: &mut Tx<'_>, checked: &Checked, order: &orders::Model, verb: &str) -> Result<Verdict, Problem> {
    if checked.findings.is_empty() || is_covered(tx, order).await? {
        return Ok(Verdict::Confirm(None));
    }
    match checked.policy.action {
        CreditAction::Warn => Ok(Verdict::Confirm(Some(checked.because()))),
        CreditAction::Hold => {
            let owner_id = checked.policy.owner_id.or(order.owner_id);
            Ok(Verdict::Hold(Placed { kind: HoldKind::Credit, blocks: None, reason: checked.because(), owner_id, asked_by: None, by_hand: false }))
        }
        CreditAction::Block => Err(blocked(order, checked, verb)),
    }
}

/// Refuses what a policy blocks.
pub(super) fn blocked(order: &orders::Model, checked: &Checked, verb: &str) -> Problem {
    let detail = format!(
        "The order {} cannot be {verb} on credit. {} Wait for a payment, raise the customer's limit, or change the credit policy.",
        order.number,
        checked.because()
    );
    let text = |amount: Amount| amount.text(checked.situation.currency).0;
    Problem::new(Code::CreditLimitExceeded, detail)
        .with("findings", checked.findings.clone())
        .with("exposure", text(checked.situation.exposure))
        .with("order", text(checked.situation.more))
        .with("limit", checked.situation.limit.map(text))
        .with("currency", checked.situation.currency.code())
}

async fn is_covered(tx: &mut Tx<'_>, order: &orders::Model) -> Result<bool, Problem> {
    let earlier = Find::<order_holds::Entity>::new().eq(order_holds::Column::OrderId, order.id).eq(order_holds::Column::Kind, HoldKind::Credit).all(tx).await?;
    Ok(earlier.iter().any(|hold| hold.covers_amount.is_some_and(|covered| covered >= order.total_amount)))
}

/// Checks the credit of a held order again: the credit hold that a check placed goes when nothing speaks against it any more. One that somebody placed by hand
/// knows more than the check does, and stays until somebody who may release it does (APR-13).
///
/// # Errors
/// `not_found`; `state_conflict` when it has no credit hold, has it by hand, or still needs it; `rate_missing`.
pub async fn recheck(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId) -> Result<wire::Order, Problem> {
    let old = tx.must::<orders::Entity>(id).await?;
    let parts = store::parts_of(tx, &old).await?;
    let held = credit_holds(&parts);
    if held.is_empty() {
        let by_hand = parts.holds.iter().any(|hold| hold.kind == HoldKind::Credit);
        return Err(rules::refused(&old, if by_hand { BY_HAND } else { "has no credit hold that could be checked again." }));
    }
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let party = tx.must::<parties::Entity>(old.party_id).await?;
    let checked = again(ctx, tx, &company, &party, &old).await?;
    if !checked.findings.is_empty() {
        return Err(rules::refused(&old, &format!("still needs its credit hold. {}", checked.because())).with("findings", checked.findings));
    }
    release(ctx, tx, &old, parts, &held).await
}

/// Checks the credit holds on all orders of a customer again, because it paid.
///
/// # Errors
/// When the database fails.
pub async fn recheck_party(ctx: &Ctx, tx: &mut Tx<'_>, party_id: PartyId) -> Result<(), Problem> {
    let holds = Find::<order_holds::Entity>::new()
        .eq(order_holds::Column::Kind, HoldKind::Credit)
        .is_null(order_holds::Column::ReleasedAt)
        .when("order_id IN (SELECT id FROM orders WHERE tenant_id = $1 AND party_id = ?)", vec![party_id.into()])
        .order_by(order_holds::Column::Id)
        .limit(AT_ONCE)
        .all(tx)
        .await?;
    if holds.is_empty() {
        return Ok(());
    }
    let party = tx.must::<parties::Entity>(party_id).await?;
    let held = Find::<orders::Entity>::new().among(orders::Column::Id, holds.iter().map(|hold| hold.order_id)).order_by(orders::Column::Id).all(tx).await?;
    let mut all = store::parts(tx, &held).await?;
    for order in held {
        let parts = all.remove(&order.id).unwrap_or_default();
        let ids = credit_holds(&parts);
        if ids.is_empty() {
            continue;
        }
        let company = tx.must::<companies::Entity>(order.company_id).await?;
        let found = match again(ctx, tx, &company, &party, &order).await {
            Ok(checked) => checked.findings,
            // Money is taken whether or not it can be told what it is worth against a limit; the hold stays.
            Err(problem) if problem.code == Code::RateMissing => continue,
            Err(problem) => return Err(problem),
        };
        if found.is_empty() {
            release(ctx, tx, &order, parts, &ids).await?;
        }
    }
    Ok(())
}

/// A confirmed order is in the exposure already: it takes nothing more, and needs its hold as long as what is owed with it is too much (ORD-06).
async fn again(ctx: &Ctx, tx: &mut Tx<'_>, company: &companies::Model, party: &parties::Model, order: &orders::Model) -> Result<Checked, Problem> {
    match order.status {
        OrderStatus::Draft => exposure::recheck(ctx, tx, company, party, (order.total_amount, order.currency)).await,
        _ => exposure::recheck_owed(ctx, tx, company, party, order.currency).await,
    }
}

/// The credit holds that a check placed.
fn credit_holds(parts: &Parts) -> Vec<HoldId> {
    parts.holds.iter().filter(|hold| hold.kind == HoldKind::Credit && hold.by_hand != Some(true)).map(|hold| hold.id).collect()
}

async fn release(ctx: &Ctx, tx: &mut Tx<'_>, old: &orders::Model, mut parts: Parts, ids: &[HoldId]) -> Result<wire::Order, Problem> {
    let new = lift(ctx, tx, old, &mut parts, ids, None);
    hold::tell_obligations(ctx, tx, &new, &mut parts).await?;
    tx.update(old, &new);
    view::record(ctx, tx, "order.released", &new, &parts)
}
