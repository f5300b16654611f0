//! What every tenant starts with.

use crate::access::{BUILT_IN, OWNER};
use causeway_entity::govern::roles;
use causeway_entity::sell::stages;
use causeway_kernel::{Ctx, Tx};
use causeway_value::{Json, OpportunityStatus, Percent, RoleId, StageId};

/// The default pipeline: name, probability in percent, outcome.
pub const STAGES: &[(&str, i64, Option<OpportunityStatus>)] = &[
    ("new", 10, None),
    ("qualified", 20, None),
    ("proposal", 50, None),
    ("negotiation", 75, None),
    ("won", 100, Some(OpportunityStatus::Won)),
    ("lost", 0, Some(OpportunityStatus::Lost)),
];

/// Writes it and answers the id of the role `owner`.
pub(super) fn fill(ctx: &Ctx, tx: &mut Tx<'_>) -> RoleId {
    let now = ctx.now();
    let tenant_id = tx.tenant();
    let mut owner = RoleId::new();
    for (name, patterns) in BUILT_IN {
        let id = RoleId::new();
        if *name == OWNER {
            owner = id;
        }
        tx.insert(roles::Model {
            tenant_id,
            id,
            name: (*name).to_owned(),
            permissions: Json(patterns.iter().map(|pattern| (*pattern).to_owned()).collect()),
            built_in: true,
            version: 1,
            created_at: now,
            updated_at: now,
        });
    }
    for (position, (name, percent, outcome)) in (1..).zip(STAGES) {
        tx.insert(stages::Model {
            tenant_id,
            id: StageId::new(),
            name: (*name).to_owned(),
            position,
            probability: Percent(percent * 1_000_000),
            outcome: *outcome,
            company_id: None,
            version: 1,
            created_at: now,
            updated_at: now,
            required_fields: None,
            validates_customer: None,
            active: Some(true),
        });
    }
    owner
}
