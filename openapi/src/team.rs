//! Who sells together, and why deals are lost: teams and lost reasons (CRM-06, CRM-07).

use crate::object::ExternalRef;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{Instant, LostReasonId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A group of people who sell together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Team {
    /// Id.
    pub id: TeamId,
    /// Always `team`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name, unique.
    pub name: String,
    /// Who leads it.
    pub lead_id: Option<UserId>,
    /// Who is in it.
    pub member_ids: Vec<UserId>,
    /// Whether work may be given to it.
    pub active: bool,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A new team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateTeam {
    /// The name, unique.
    #[schema(max_length = 200)]
    pub name: String,
    /// Who leads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_id: Option<UserId>,
    /// Who is in it.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub member_ids: Vec<UserId>,
    /// Its ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a team.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTeam {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Who leads it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub lead_id: Patch<UserId>,
    /// All who are in it from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<UserId>, max_items = 500)]
    pub member_ids: Patch<Vec<UserId>>,
    /// Whether work may be given to it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// All ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// A reason why deals are lost, to choose from. An opportunity keeps the code; texts that are no code are taken, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LostReason {
    /// Id.
    pub id: LostReasonId,
    /// Always `lost_reason`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The word that an opportunity keeps, such as `price`.
    pub code: String,
    /// What it means.
    pub name: String,
    /// Whether it is offered.
    pub active: bool,
}

/// A new reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLostReason {
    /// The word that an opportunity keeps, unique.
    #[schema(max_length = 40)]
    pub code: String,
    /// What it means.
    #[schema(max_length = 200)]
    pub name: String,
}

/// Changes a reason. Its code stays, because opportunities keep it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLostReason {
    /// What it means.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Whether it is offered.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
}

/// What the list of teams offers.
pub const TEAMS: ListSpec = ListSpec {
    table: "teams",
    filters: &[
        Filter { name: "name", kind: FilterKind::Word, index: "teams_name_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "teams_updated_at" },
    ],
    sorts: &[Sort { name: "name", index: "teams_name_key" }, Sort { name: "updated_at", index: "teams_updated_at" }],
    search: true,
    external_refs: true,
};

/// What the list of lost reasons offers.
pub const LOST_REASONS: ListSpec = ListSpec {
    table: "lost_reasons",
    filters: &[
        Filter { name: "code", kind: FilterKind::Word, index: "lost_reasons_code_key" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "lost_reasons_updated_at" },
    ],
    sorts: &[Sort { name: "code", index: "lost_reasons_code_key" }, Sort { name: "updated_at", index: "lost_reasons_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{LOST_REASONS, LostReason, TEAMS, Team};
    use crate::team as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{LostReasonId, TeamId};

    endpoints! {
        /// Lists teams.
        Get "/v1/teams" ListTeams () Nothing => Page<Team>, teams:read, list TEAMS;
        /// Creates a team.
        Post "/v1/teams" CreateTeam () body::CreateTeam => Created<Team>, teams:write;
        /// Reads a team.
        Get "/v1/teams/{id}" GetTeam (TeamId) Nothing => Json<Team>, teams:read;
        /// Changes a team.
        Patch "/v1/teams/{id}" UpdateTeam (TeamId) body::UpdateTeam => Json<Team>, teams:write;
        /// Lists reasons why deals are lost.
        Get "/v1/lost-reasons" ListLostReasons () Nothing => Page<LostReason>, stages:read, list LOST_REASONS;
        /// Creates a reason why deals are lost.
        Post "/v1/lost-reasons" CreateLostReason () body::CreateLostReason => Created<LostReason>, stages:write;
        /// Reads a reason why deals are lost.
        Get "/v1/lost-reasons/{id}" GetLostReason (LostReasonId) Nothing => Json<LostReason>, stages:read;
        /// Changes a reason why deals are lost.
        Patch "/v1/lost-reasons/{id}" UpdateLostReason (LostReasonId) body::UpdateLostReason => Json<LostReason>, stages:write;
    }
}
