//! Stages of the pipeline.

use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{CompanyId, DealField, Instant, OpportunityStatus, Percent, StageId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A step of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stage {
    /// Id.
    pub id: StageId,
    /// Always `stage`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name, unique in its company.
    pub name: String,
    /// Its place, lowest first.
    pub position: i32,
    /// How likely a deal in it is won, 0 to 100.
    pub probability: Percent,
    /// What an opportunity in it is: `open`, or the end that it stands for.
    pub status: OpportunityStatus,
    /// The company whose pipeline it belongs to; null for all.
    pub company_id: Option<CompanyId>,
    /// What an opportunity must say before it comes here.
    pub required_fields: Vec<DealField>,
    /// Whether coming here needs a customer and a contact that could be billed (CRM-11).
    pub validates_customer: bool,
    /// Whether deals come here; those that stand here when it is not may stay.
    pub active: bool,
}

/// A new stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateStage {
    /// The name, unique in its company.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its place, lowest first.
    pub position: i32,
    /// How likely a deal in it is won, 0 to 100.
    pub probability: Percent,
    /// What an opportunity in it is: `open` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OpportunityStatus>,
    /// The company whose pipeline it belongs to: every company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// What an opportunity must say before it comes here: nothing when not given.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub required_fields: Vec<DealField>,
    /// Whether coming here needs a customer and a contact that could be billed: no when not given.
    #[serde(default)]
    pub validates_customer: bool,
}

/// Changes a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateStage {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Its place.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = i32)]
    pub position: Patch<i32>,
    /// How likely a deal in it is won, 0 to 100.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Percent)]
    pub probability: Patch<Percent>,
    /// All that an opportunity must say before it comes here, from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<DealField>, max_items = 20)]
    pub required_fields: Patch<Vec<DealField>>,
    /// Whether coming here needs a customer and a contact that could be billed.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub validates_customer: Patch<bool>,
    /// Whether deals come here.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
}

/// What the list of stages offers.
pub const STAGES: ListSpec = ListSpec {
    table: "stages",
    filters: &[
        Filter { name: "active", kind: FilterKind::YesNo, index: "stages_active" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "stages_updated_at" },
    ],
    sorts: &[Sort { name: "position", index: "stages_position" }, Sort { name: "updated_at", index: "stages_updated_at" }],
    search: false,
    external_refs: false,
};
