//! The intake of leads: who gets them, and which may be the same (CRM-01, CRM-02, CRM-06).

use crate::crm::Lead;
use crate::party::DuplicateReason;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AssignmentRuleId, CompanyId, Instant, LeadId, LeadStatus, PartyId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Who gets which leads. The active rules are asked by position; the first one that fits gives the lead to its team and to the next of its people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssignmentRule {
    /// Id.
    pub id: AssignmentRuleId,
    /// Always `assignment_rule`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The name, unique.
    pub name: String,
    /// Its place, lowest first.
    pub position: i32,
    /// The company whose leads it gives away; null for every company's.
    pub company_id: Option<CompanyId>,
    /// The sources of its leads, such as `web`; empty for any.
    pub sources: Vec<String>,
    /// The countries of its leads; empty for any.
    pub countries: Vec<String>,
    /// The fewest people at the organization; null for any number.
    pub min_employees: Option<i64>,
    /// The most people at the organization; null for any number.
    pub max_employees: Option<i64>,
    /// The team that gets them.
    pub team_id: Option<TeamId>,
    /// The people who get them in turn; the members of the team when empty.
    pub owner_ids: Vec<UserId>,
    /// Whether it is asked.
    pub active: bool,
}

/// A new rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateAssignmentRule {
    /// The name, unique.
    #[schema(max_length = 200)]
    pub name: String,
    /// Its place, lowest first.
    pub position: i32,
    /// The company whose leads it gives away: every company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The sources of its leads: any when empty.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub sources: Vec<String>,
    /// The countries of its leads, ISO 3166-1 alpha-2: any when empty.
    #[serde(default)]
    #[schema(max_items = 300)]
    pub countries: Vec<String>,
    /// The fewest people at the organization: any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub min_employees: Option<i64>,
    /// The most people at the organization: any number when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub max_employees: Option<i64>,
    /// The team that gets them. A rule has a team, people, or both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// The people who get them in turn: the members of the team when empty.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub owner_ids: Vec<UserId>,
}

/// Changes a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateAssignmentRule {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// Its place.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = i32)]
    pub position: Patch<i32>,
    /// All sources from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 50)]
    pub sources: Patch<Vec<String>>,
    /// All countries from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<String>, max_items = 300)]
    pub countries: Patch<Vec<String>>,
    /// The fewest people at the organization.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000_000)]
    pub min_employees: Patch<i64>,
    /// The most people at the organization.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000_000)]
    pub max_employees: Patch<i64>,
    /// The team that gets them.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<TeamId>)]
    pub team_id: Patch<TeamId>,
    /// All people from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<UserId>, max_items = 100)]
    pub owner_ids: Patch<Vec<UserId>>,
    /// Whether it is asked.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
}

/// Gives a lead to somebody: to whom the body names, else by the assignment rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignLead {
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
}

/// Leads and parties that may be the same as a lead, the likeliest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadDuplicates {
    /// Always `lead_duplicates`.
    pub object: String,
    /// At most 20 leads and 20 parties.
    pub data: Vec<LeadDuplicate>,
}

/// A lead or a party that may be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadDuplicate {
    /// The other lead; null when it is a party.
    pub lead_id: Option<LeadId>,
    /// The party; null when it is a lead.
    pub party_id: Option<PartyId>,
    /// The organization or person.
    pub name: String,
    /// Where the other lead stands; null for a party.
    pub status: Option<LeadStatus>,
    /// How much speaks for it, at most 100.
    pub score: i32,
    /// Whether both are taken for one: 70 or more, or the same name where no country says otherwise and, of leads, no person or mail address does.
    pub likely: bool,
    /// What speaks for it and against it.
    pub reasons: Vec<DuplicateReason>,
}

/// What the list of assignment rules offers.
pub const ASSIGNMENT_RULES: ListSpec = ListSpec {
    table: "assignment_rules",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "assignment_rules_company_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "assignment_rules_updated_at" },
    ],
    sorts: &[Sort { name: "position", index: "assignment_rules_position" }, Sort { name: "updated_at", index: "assignment_rules_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ASSIGNMENT_RULES, AssignmentRule, Lead, LeadDuplicates};
    use crate::intake as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{AssignmentRuleId, LeadId};

    endpoints! {
        /// Gives the leads and parties that may be the same as a lead, with a score and what speaks for it.
        Get "/v1/leads/{id}/duplicates" FindLeadDuplicates (LeadId) Nothing => Json<LeadDuplicates>, leads:read;
        /// Gives a lead to somebody: to whom the body names, else by the assignment rules.
        Post "/v1/leads/{id}/assign" AssignLead (LeadId) body::AssignLead => Json<Lead>, leads:write;
        /// Lists assignment rules.
        Get "/v1/assignment-rules" ListAssignmentRules () Nothing => Page<AssignmentRule>, teams:read, list ASSIGNMENT_RULES;
        /// Creates an assignment rule.
        Post "/v1/assignment-rules" CreateAssignmentRule () body::CreateAssignmentRule => Created<AssignmentRule>, teams:write;
        /// Reads an assignment rule.
        Get "/v1/assignment-rules/{id}" GetAssignmentRule (AssignmentRuleId) Nothing => Json<AssignmentRule>, teams:read;
        /// Changes an assignment rule.
        Patch "/v1/assignment-rules/{id}" UpdateAssignmentRule (AssignmentRuleId) body::UpdateAssignmentRule => Json<AssignmentRule>, teams:write;
    }
}
