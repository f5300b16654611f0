//! What stops a step, and what to do about it.

use crate::billable::service::follow_holds;
use crate::obligation::service::lock_of_order;
use causeway_contract::{Code, Problem};
use causeway_entity::Held;
use causeway_entity::bill::obligations;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{HoldStep, Json, OrderId};
use serde_json::json;
use std::collections::BTreeMap;

/// The hold that blocks this step of an obligation, the oldest first.
#[must_use]
pub fn blocking(obligation: &obligations::Model, step: HoldStep) -> Option<&Held> {
    obligation.holds.as_ref()?.0.iter().find(|held| held.blocks.contains(&step))
}

/// Refuses to bill what is held.
///
/// # Errors
/// `state_conflict` naming the holds.
pub(crate) fn must_not_be_held<'a>(billed: impl Iterator<Item = &'a obligations::Model>) -> Result<(), Problem> {
    refuse_billing(billed, "What the invoice bills")
}

/// Refuses to bill what is held, each hold named once. `what` begins the sentence, as in [`refuse`].
///
/// # Errors
/// `state_conflict` naming the holds.
pub(crate) fn refuse_billing<'a>(rows: impl Iterator<Item = &'a obligations::Model>, what: &str) -> Result<(), Problem> {
    let holds = rows.flat_map(|row| row.holds.iter().flat_map(|holds| &holds.0)).map(|held| (held.id, held));
    refuse(holds.collect::<BTreeMap<_, _>>().into_values(), HoldStep::Invoice, what)
}

/// Refuses a step that one of these holds blocks. `what` begins the sentence: `The order SO/2026/00001`.
///
/// # Errors
/// `state_conflict` saying which holds block it, who owns them and what to do.
pub fn refuse<'a>(holds: impl IntoIterator<Item = &'a Held>, step: HoldStep, what: &str) -> Result<(), Problem> {
    let blocking: Vec<&Held> = holds.into_iter().filter(|held| held.blocks.contains(&step)).collect();
    if blocking.is_empty() {
        return Ok(());
    }
    let done = match step {
        HoldStep::Confirm => "confirmed",
        HoldStep::Ship => "shipped",
        HoldStep::Invoice => "billed",
    };
    let owner = |held: &Held| held.owner_id.map_or_else(|| "nobody".to_owned(), |id| id.to_string());
    let named: Vec<String> = blocking.iter().map(|held| format!("{} hold {} ({}), owned by {}", held.kind, held.id, held.reason, owner(held))).collect();
    let detail = format!(
        "{what} is held and cannot be {done}: {}. Clear what it waits for, or release the hold with a reason: POST /v1/orders/{{id}}/release.",
        named.join("; ")
    );
    let facts: Vec<serde_json::Value> = blocking
        .iter()
        .map(|held| json!({ "id": held.id, "kind": held.kind, "reason": held.reason, "owner_id": held.owner_id, "since": held.since }))
        .collect();
    Err(Problem::new(Code::StateConflict, detail).with("holds", facts))
}

/// Tells the obligations and billables of an order which holds it has now.
///
/// # Errors
/// When the database fails.
pub async fn set(ctx: &Ctx, tx: &mut Tx<'_>, order_id: OrderId, holds: &[Held]) -> Result<Vec<obligations::Model>, Problem> {
    let mut after = Vec::new();
    for old in lock_of_order(tx, order_id).await? {
        let holds = (!holds.is_empty()).then(|| Json(holds.to_vec()));
        let new = obligations::Model { holds, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
        tx.update(&old, &new);
        after.push(new);
    }
    if !after.is_empty() {
        follow_holds(ctx, tx, order_id, holds).await?;
    }
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{HoldId, HoldKind, Instant};

    #[test]
    fn a_refusal_names_the_hold_its_owner_and_the_way_out() {
        let held = |kind, blocks: &[HoldStep]| Held {
            id: HoldId::new(),
            kind,
            blocks: blocks.to_vec(),
            reason: "Over its limit".to_owned(),
            owner_id: None,
            since: Instant(0),
        };
        let holds = [held(HoldKind::Billing, &[HoldStep::Invoice]), held(HoldKind::Credit, &[HoldStep::Confirm, HoldStep::Ship])];
        let problem = refuse(&holds, HoldStep::Ship, "The delivery DLV/2026/00001").unwrap_err();
        for part in ["DLV/2026/00001", "shipped", "credit", &holds[1].id.to_string(), "Over its limit", "nobody", "release"] {
            assert!(problem.detail.contains(part), "{part}: {}", problem.detail);
        }
        assert_eq!(problem.meta["holds"].as_array().map(Vec::len), Some(1));
        assert!(refuse(&holds[..1], HoldStep::Ship, "").is_ok());
    }
}
