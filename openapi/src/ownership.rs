//! Ownership rules: which system's word counts about which master data, down to the field, and who answers for it (MDM-08, MDM-09, MDM-13).

use crate::object::MetadataPatch;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{Instant, OwnedKind, OwnershipRuleId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// The owner of what people, and keys without a system, write here.
pub const CAUSEWAY: &str = "causeway";
/// All fields.
pub const ALL_FIELDS: &str = "*";

/// A rule that says whose word counts about fields of master data.
///
/// Whoever writes is the `system` of the API key, and `causeway` for people and for keys without one; imports write as whoever started them. A write by another
/// than the owner that would change an owned field is 409 `state_conflict`, which names each field, its owner and its steward; writing the value that stands
/// is no change. This holds however it is written: one by one, in bulk, by import, by a merge, or along with something else. The steward may change the fields
/// here in person (signed in, not by key), such as to settle what two systems disagree about.
///
/// A rule with the fields `*` is for all fields that no other rule names, but for `external_refs` and `metadata`, where each system keeps its own; its owner
/// alone creates such objects. A rule that names fields does not keep others from creating objects with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OwnershipRule {
    /// Id.
    pub id: OwnershipRuleId,
    /// Always `ownership_rule`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The kind of objects.
    pub applies_to: OwnedKind,
    /// The fields as a PATCH of such an object calls them; `*` alone for all.
    pub fields: Vec<String>,
    /// Whose word counts: `causeway`, or a system as the API key of that system names it.
    pub owner: String,
    /// The person who answers for this data and may change it here, whoever owns it.
    pub steward_id: Option<UserId>,
    /// Whether it applies.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
}

/// A new ownership rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOwnershipRule {
    /// The kind of objects.
    pub applies_to: OwnedKind,
    /// The fields as a PATCH of such an object calls them; `*` alone for all, and for creating such objects.
    #[schema(max_items = 100)]
    pub fields: Vec<String>,
    /// Whose word counts: `causeway`, or a system as the API key of that system names it.
    #[schema(max_length = 40)]
    pub owner: String,
    /// The person who answers for this data and may change it here, whoever owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steward_id: Option<UserId>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Changes an ownership rule for what is written from now on. A rule for other objects is another rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOwnershipRule {
    /// All fields from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 100)]
    pub fields: Patch<Vec<String>>,
    /// Whose word counts.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 40)]
    pub owner: Patch<String>,
    /// The person who answers for this data.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub steward_id: Patch<UserId>,
    /// Whether it applies.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
}

/// What the list of ownership rules offers.
pub const OWNERSHIP_RULES: ListSpec = ListSpec {
    table: "ownership_rules",
    filters: &[
        Filter { name: "applies_to", kind: FilterKind::Word, index: "ownership_rules_applies_to" },
        Filter { name: "steward_id", kind: FilterKind::Id("usr"), index: "ownership_rules_steward_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "ownership_rules_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "ownership_rules_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{OWNERSHIP_RULES, OwnershipRule};
    use crate::ownership as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::OwnershipRuleId;

    endpoints! {
        /// Lists ownership rules: before it writes, a client learns here what belongs to others.
        Get "/v1/ownership-rules" ListOwnershipRules () Nothing => Page<OwnershipRule>, ownership_rules:read, list OWNERSHIP_RULES;
        /// Creates an ownership rule: which system's word counts about which fields of master data.
        Post "/v1/ownership-rules" CreateOwnershipRule () body::CreateOwnershipRule => Created<OwnershipRule>, ownership_rules:write, [step_up];
        /// Reads an ownership rule.
        Get "/v1/ownership-rules/{id}" GetOwnershipRule (OwnershipRuleId) Nothing => Json<OwnershipRule>, ownership_rules:read;
        /// Changes an ownership rule, or ends it with `active: false`.
        Patch "/v1/ownership-rules/{id}" UpdateOwnershipRule (OwnershipRuleId) body::UpdateOwnershipRule => Json<OwnershipRule>, ownership_rules:write, [step_up];
    }
}
