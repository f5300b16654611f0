//! A hold as the rows that it stops keep it.

use causeway_value::{HoldId, HoldKind, HoldStep, Instant, UserId};
use serde::{Deserialize, Serialize};

/// Something that stops named steps of an order, copied to its obligations so that fulfilment and billing see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The hold.
    pub id: HoldId,
    /// Why.
    pub kind: HoldKind,
    /// What it stops.
    pub blocks: Vec<HoldStep>,
    /// Why, in words.
    pub reason: String,
    /// Who has to clear it.
    pub owner_id: Option<UserId>,
    /// Since when.
    pub since: Instant,
}
