//! Holding an order and releasing it (rules.md, "Holds, credit, clock").

use super::{approval, changed};
use crate::order::store::{self, Parts};
use crate::order::{rules, view};
use causeway_bill::obligation;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::Held;
use causeway_entity::sell::{order_holds, orders};
use causeway_govern::access::{is_same, took_part};
use causeway_kernel::{Ctx, Tx};
use causeway_master::check::{self, finish, not_blank};
use causeway_openapi::order as wire;
use causeway_value::{Hold, HoldId, HoldKind, HoldStep, Json, OrderId, OrderStatus, UserId};
use uuid::Uuid;

/// A hold that is to be placed.
pub(super) struct Placed {
    /// Why.
    pub kind: HoldKind,
    /// What it blocks, when that is not what the kind always does.
    pub blocks: Option<Vec<HoldStep>>,
    /// Why, in words.
    pub reason: String,
    /// Who has to clear it.
    pub owner_id: Option<UserId>,
    /// Who made a second person necessary, where it waits for one.
    pub asked_by: Option<Uuid>,
    /// Whether somebody places it by hand: then no check takes it off again.
    pub by_hand: bool,
}

/// Places a hold.
///
/// # Errors
/// `not_found`; every wrong field; `state_conflict` when the order is cancelled or held for this kind already.
pub async fn hold(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::HoldOrder) -> Result<wire::Order, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    let old = tx.must::<orders::Entity>(id).await?;
    check::assignee(tx, body.owner_id, Some(old.company_id), "/owner_id", &mut errors).await?;
    let kind = body.kind.unwrap_or(HoldKind::Manual);
    check_blocks(kind, body.blocks.as_deref(), &mut errors);
    finish(errors)?;
    let mut parts = store::parts_of(tx, &old).await?;
    if old.status == OrderStatus::Cancelled {
        return Err(rules::refused(&old, "is cancelled: nothing of it is left to hold."));
    }
    if kind != HoldKind::Manual && parts.holds.iter().any(|hold| hold.kind == kind) {
        return Err(rules::refused(&old, &format!("has a {kind} hold already. Release that one first, or place a manual hold.")));
    }
    let owner_id = body.owner_id.or(ctx.user.map(UserId::from_uuid));
    let placed = Placed { kind, blocks: body.blocks.clone(), reason: body.reason.clone(), owner_id, asked_by: None, by_hand: true };
    let new = place(ctx, tx, &old, &mut parts, placed);
    tell_obligations(ctx, tx, &new, &mut parts).await?;
    tx.update(&old, &new);
    view::record(ctx, tx, "order.held", &new, &parts)
}

fn check_blocks(kind: HoldKind, blocks: Option<&[HoldStep]>, errors: &mut Vec<FieldError>) {
    let Some(blocks) = blocks else { return };
    let wrong = |detail: String| FieldError::pointer(Code::InvalidValue, "/blocks", detail);
    if kind != HoldKind::Manual {
        errors.push(wrong(format!("is for manual holds: a {kind} hold always blocks the same steps")));
    } else if blocks.is_empty() {
        errors.push(wrong("must name at least one step: confirm, ship or invoice".to_owned()));
    }
    check::each_once(blocks.iter().copied(), "/blocks", errors);
}

/// Adds a hold to the order; the caller writes the order and tells its obligations.
pub(super) fn place(ctx: &Ctx, tx: &mut Tx<'_>, old: &orders::Model, parts: &mut Parts, placed: Placed) -> orders::Model {
    add(ctx, tx, old.id, parts, placed);
    with_kind(changed(ctx, old), parts)
}

/// Adds a hold; the order is told by [`with_kind`].
pub(super) fn add(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, parts: &mut Parts, placed: Placed) {
    let row = order_holds::Model {
        tenant_id: tx.tenant(),
        id: HoldId::new(),
        order_id,
        kind: placed.kind,
        reason: placed.reason,
        owner_id: placed.owner_id,
        since: ctx.now(),
        released_at: None,
        blocks: Some(Json(placed.blocks.unwrap_or_else(|| rules::blocks(placed.kind).to_vec()))),
        released_by: None,
        release_reason: None,
        covers_amount: None,
        asked_by: placed.asked_by,
        covers: None,
        by_hand: placed.by_hand.then_some(true),
    };
    tx.insert(row.clone());
    parts.holds.push(row);
}

/// Releases holds.
///
/// # Errors
/// `not_found`, with a pointer for a hold that is not the order's; `permission_denied` without the right of the hold's kind; `state_conflict` when nothing is
/// held; `required` when it is not clear which; `segregation_of_duties` for who made a second person necessary,
/// or made or changed the draft.
pub async fn release(ctx: &Ctx, tx: &mut Tx<'_>, id: OrderId, body: &wire::ReleaseOrder) -> Result<wire::Order, Problem> {
    let mut errors = Vec::new();
    not_blank(&body.reason, "/reason", &mut errors);
    finish(errors)?;
    let old = tx.must::<orders::Entity>(id).await?;
    let mut parts = store::parts_of(tx, &old).await?;
    let chosen = chosen(&old, &parts, body)?;
    for hold in parts.holds.iter().filter(|hold| chosen.contains(&hold.id)) {
        ctx.require(rules::release_right(hold.kind))?;
        if hold.asked_by.is_some() && (is_same(ctx, tx, hold.asked_by).await? || wrote_it(ctx, tx, &old).await?) {
            let detail = format!("You made a second person necessary for the order {} and cannot be that person: somebody else has to release it.", old.number);
            return Err(Problem::new(Code::SegregationOfDuties, detail).with("hold_id", hold.id.to_string()));
        }
    }
    let new = lift(ctx, tx, &old, &mut parts, &chosen, Some(&body.reason));
    tell_obligations(ctx, tx, &new, &mut parts).await?;
    tx.update(&old, &new);
    view::record(ctx, tx, "order.released", &new, &parts)
}

/// Whether the caller made or changed a draft, whoever confirms it (SEC-02, APR-06). Of a confirmed order it is the amendment that is asked about, and who
/// amended it is known.
async fn wrote_it(ctx: &Ctx, tx: &mut Tx<'_>, order: &orders::Model) -> Result<bool, Problem> {
    if order.status != OrderStatus::Draft {
        return Ok(false);
    }
    took_part(ctx, tx, [order.id.uuid()], &["order.created", "order.updated"]).await
}

fn chosen(order: &orders::Model, parts: &Parts, body: &wire::ReleaseOrder) -> Result<Vec<HoldId>, Problem> {
    if let Some(wanted) = body.hold_id
        && !parts.holds.iter().any(|hold| hold.id == wanted)
    {
        return finish(vec![check::unknown::<Hold>("/hold_id", "order")]).map(|()| Vec::new());
    }
    let fits = |hold: &&order_holds::Model| body.hold_id.is_none_or(|id| hold.id == id) && body.kind.is_none_or(|kind| hold.kind == kind);
    let found: Vec<HoldId> = parts.holds.iter().filter(fits).map(|hold| hold.id).collect();
    if found.is_empty() {
        return Err(rules::refused(order, "is not held like this. Its holds are listed in it."));
    }
    if found.len() > 1 && body.kind.is_none() {
        return Err(Problem::field(Code::Required, "/hold_id", "is required, or a kind: the order has several holds"));
    }
    Ok(found)
}

/// Takes holds off the order; the caller writes the order and tells its obligations. A reason is a person's.
pub(super) fn lift(ctx: &Ctx, tx: &mut Tx<'_>, old: &orders::Model, parts: &mut Parts, ids: &[HoldId], reason: Option<&str>) -> orders::Model {
    take_off(ctx, tx, old, parts, ids, reason);
    with_kind(changed(ctx, old), parts)
}

/// Takes holds off; the order is told by [`with_kind`].
pub(super) fn take_off(ctx: &Ctx, tx: &mut Tx<'_>, old: &orders::Model, parts: &mut Parts, ids: &[HoldId], reason: Option<&str>) {
    for hold in parts.holds.iter().filter(|hold| ids.contains(&hold.id)) {
        // What nobody asked for, nobody said yes to: who releases what a check placed takes the risk for the total, and who releases what was asked of a second
        // person says yes to the order as it is. A hold that somebody placed by hand covers nothing: the check is asked anew.
        let accepts = reason.is_some() && hold.kind == HoldKind::Credit && hold.by_hand != Some(true);
        let released = order_holds::Model {
            released_at: Some(ctx.now()),
            released_by: ctx.user.filter(|_| reason.is_some()).map(UserId::from_uuid),
            release_reason: reason.map(str::to_owned),
            covers_amount: accepts.then_some(old.total_amount),
            covers: (reason.is_some() && hold.asked_by.is_some()).then(|| approval::digest(old, &parts.lines)),
            ..hold.clone()
        };
        tx.update(hold, &released);
    }
    parts.holds.retain(|hold| !ids.contains(&hold.id));
}

/// An order that says what kind of hold is the oldest of these, after they changed. What it waited for when it stalled is another thing now: when it still
/// stands too long, it is told again with that (ORD-11).
pub(super) fn with_kind(order: orders::Model, parts: &Parts) -> orders::Model {
    orders::Model { hold_kind: parts.holds.first().map(|hold| hold.kind), stalled_reason: None, ..order }
}

/// What is owed already stops, or goes on, with its order.
pub(super) async fn tell_obligations(ctx: &Ctx, tx: &mut Tx<'_>, order: &orders::Model, parts: &mut Parts) -> Result<(), Problem> {
    if matches!(order.status, OrderStatus::Confirmed | OrderStatus::Fulfilled) {
        let holds: Vec<Held> = parts.holds.iter().map(rules::held).collect();
        parts.obligations = obligation::hold::set(ctx, tx, order.id, &holds).await?;
    }
    Ok(())
}
