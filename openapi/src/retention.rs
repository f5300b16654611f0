//! Retention rules: how long a tenant keeps what need not be kept for ever, what of it waits to go, and what holds it back (SEC-08).

use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{Instant, RetentionKind, RetentionRuleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A retention rule: how many days a kind of records is kept.
///
/// Documents, the journal, and the trail of events and audit entries are kept whatever a rule says. What goes, goes within an hour after its time, a few hundred
/// rows at once; leads by the business clock. What goes is told: `retention_rule.applied` with how many rows, and `lead.erased` and `activity.erased` for each object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionRule {
    /// Id.
    pub id: RetentionRuleId,
    /// Always `retention_rule`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it is about.
    pub kind: RetentionKind,
    /// The days that it is kept; null for the days when nobody chose any.
    pub days: Option<i64>,
    /// Why nothing of it goes for now, such as a dispute at court (legal hold); null when it goes.
    pub hold_reason: Option<String>,
    /// When something went by this rule the last time (wall time). Leads tell it each by itself.
    pub last_applied_at: Option<Instant>,
    /// How many rows went then.
    pub last_removed: Option<i64>,
}

/// A new retention rule; each kind has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRetentionRule {
    /// What it is about.
    pub kind: RetentionKind,
    /// The days that it is kept, within the bounds that `GET /v1/retention` shows; as when nobody chose any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3_650)]
    pub days: Option<u32>,
    /// Why nothing of it goes for now (legal hold).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub hold_reason: Option<String>,
}

/// Changes a retention rule. What is gone does not come back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRetentionRule {
    /// The days that it is kept; null for the days when nobody chose any.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 3_650)]
    pub days: Patch<u32>,
    /// Why nothing of it goes for now (legal hold); null lets it go again.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub hold_reason: Patch<String>,
}

/// A kind of which other days are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RetentionQuery {
    /// The kind of which other days are tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<RetentionKind>,
    /// The days: the answer shows what would wait to go with them. Nothing goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3_650)]
    pub days: Option<u32>,
}

/// What is kept how long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// Always `retention`.
    pub object: String,
    /// Every kind.
    pub kinds: Vec<KeptKind>,
}

/// How long a kind of records is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptKind {
    /// What it is about.
    pub kind: RetentionKind,
    /// The days that it is kept; null for ever.
    pub days: Option<i64>,
    /// The days when nobody chose any; null for ever.
    pub default_days: Option<i64>,
    /// The fewest days that can be chosen.
    pub min_days: i64,
    /// The most.
    pub max_days: i64,
    /// The rule that says so; null when nobody chose.
    pub rule_id: Option<RetentionRuleId>,
    /// Why nothing of it goes for now; null when it goes.
    pub hold_reason: Option<String>,
    /// What is older than this goes; null when nothing does.
    pub before: Option<Instant>,
    /// How many records are older than that.
    pub waiting: i64,
}

/// What the list of retention rules offers.
pub const RETENTION_RULES: ListSpec = ListSpec {
    table: "retention_rules",
    filters: &[
        Filter { name: "kind", kind: FilterKind::Word, index: "retention_rules_kind_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "retention_rules_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "retention_rules_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{RETENTION_RULES, Retention, RetentionQuery, RetentionRule};
    use crate::retention as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::RetentionRuleId;

    endpoints! {
        /// Shows how long each kind of records is kept, and how many wait to go; `kind` and `days` try other days without anything going.
        Get "/v1/retention" GetRetention () Nothing => Json<Retention>, retention_rules:read, query RetentionQuery;
        /// Lists retention rules.
        Get "/v1/retention-rules" ListRetentionRules () Nothing => Page<RetentionRule>, retention_rules:read, list RETENTION_RULES;
        /// Creates a retention rule: how many days a kind of records is kept, or why nothing of it goes for now.
        Post "/v1/retention-rules" CreateRetentionRule () body::CreateRetentionRule => Created<RetentionRule>, retention_rules:write, [step_up];
        /// Reads a retention rule.
        Get "/v1/retention-rules/{id}" GetRetentionRule (RetentionRuleId) Nothing => Json<RetentionRule>, retention_rules:read;
        /// Changes a retention rule, or holds back what would go.
        Patch "/v1/retention-rules/{id}" UpdateRetentionRule (RetentionRuleId) body::UpdateRetentionRule => Json<RetentionRule>, retention_rules:write, [step_up];
    }
}
