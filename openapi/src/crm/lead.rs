//! Leads: who may want to buy.

use super::Opportunity;
use crate::object::{ExternalRef, MetadataPatch};
use crate::party::{Duplicate, Party, PartyContact};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AmountText, AssignmentRuleId, CompanyId, Currency, Day, FlowId, Instant, LeadId, LeadStatus, OpportunityId, PartyId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Someone who may want to buy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Lead {
    /// Id.
    pub id: LeadId,
    /// Always `lead`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that would sell.
    pub company_id: CompanyId,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub status: LeadStatus,
    /// How promising it is, 0 to 100; null before it is scored.
    pub score: Option<i32>,
    /// The person.
    pub contact_name: Option<String>,
    /// Where the person works.
    pub organization_name: Option<String>,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// Where it came from, such as `web`.
    pub source: Option<String>,
    /// What else is known.
    pub description: Option<String>,
    /// The country of the organization, ISO 3166-1 alpha-2.
    #[schema(format = "country")]
    pub country: Option<String>,
    /// How many people work there.
    pub employee_count: Option<i64>,
    /// What may be spent.
    pub budget: Option<AmountText>,
    /// The currency of that.
    pub currency: Option<Currency>,
    /// Who decides.
    pub authority: Option<String>,
    /// What is needed, and why.
    pub need: Option<String>,
    /// When it is needed.
    pub needed_by: Option<Day>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// The team that works on it.
    pub team_id: Option<TeamId>,
    /// The assignment rule that gave it to its owner or team; null when a person did.
    pub assignment: Option<LeadAssignment>,
    /// The party that qualifying made or found.
    pub party_id: Option<PartyId>,
    /// The opportunity that qualifying made.
    pub opportunity_id: Option<OpportunityId>,
    /// Why it was disqualified.
    pub disqualified_reason: Option<String>,
    /// When it was made to forget whom it was about, by a retention rule for disqualified leads.
    pub erased_at: Option<Instant>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// Why a lead was given to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadAssignment {
    /// The rule.
    pub rule_id: AssignmentRuleId,
    /// What of the lead it goes by, and whose turn it was.
    pub because: String,
}

/// A new lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateLead {
    /// The company that would sell.
    pub company_id: CompanyId,
    /// What it is about.
    #[schema(max_length = 200)]
    pub title: String,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub contact_name: Option<String>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub organization_name: Option<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// Where it came from, such as `web`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub source: Option<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// The country of the organization, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Option<String>,
    /// How many people work there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000)]
    pub employee_count: Option<i64>,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<AmountText>,
    /// The currency of the budget: the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Who decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub authority: Option<String>,
    /// What is needed, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub need: Option<String>,
    /// When it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Day>,
    /// Whether to refuse the lead when an open one that is likely the same exists: false when not given. `GET /v1/leads/{id}/duplicates` explains likeness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse_duplicates: Option<bool>,
    /// Who works on it: by the assignment rules when neither owner nor team is given, else whoever is signed in and enters it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The team that works on it: by the assignment rules when neither owner nor team is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// When it came in: back-dated history of a sandbox or an import, never in the future.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Instant>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a lead that is neither qualified nor disqualified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateLead {
    /// `new` or `working`; a lead ends by `qualify` or `disqualify`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = LeadStatus)]
    pub status: Patch<LeadStatus>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub title: Patch<String>,
    /// The person.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub contact_name: Patch<String>,
    /// Where the person works.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub organization_name: Patch<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    pub email: Patch<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Patch<String>,
    /// Where it came from.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub source: Patch<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub description: Patch<String>,
    /// The country of the organization, ISO 3166-1 alpha-2.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, min_length = 2, max_length = 2, format = "country", pattern = "^[A-Z]{2}$")]
    pub country: Patch<String>,
    /// How many people work there.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000_000)]
    pub employee_count: Patch<i64>,
    /// What may be spent.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AmountText>)]
    pub budget: Patch<AmountText>,
    /// The currency of the budget; another one needs the budget in it, too.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Currency>)]
    pub currency: Patch<Currency>,
    /// Who decides.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub authority: Patch<String>,
    /// What is needed, and why.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub need: Patch<String>,
    /// When it is needed.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub needed_by: Patch<Day>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Patch<UserId>,
    /// The team that works on it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<TeamId>)]
    pub team_id: Patch<TeamId>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// Makes party, contact and opportunity of a lead, or links those that exist (CRM-04, CRM-05).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualifyLead {
    /// The party it belongs to; without it the one that has its mail address, or whose name it is and that is likely the same or in the same country, else a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Whether to refuse a new party when one that is likely the same exists: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse_duplicates: Option<bool>,
    /// What the deal may be worth: the lead's budget when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_value: Option<AmountText>,
    /// The currency of that and of the budget: the lead's, or the company's, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When it may be decided: when it is needed, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_close_date: Option<Day>,
    /// What may be spent, if the lead does not say so yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget: Option<AmountText>,
    /// Who decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub authority: Option<String>,
    /// What is needed, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub need: Option<String>,
    /// When it is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_by: Option<Day>,
}

/// Gives a lead up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisqualifyLead {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// A qualified lead with what it became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QualifiedLead {
    /// The lead.
    pub lead: Lead,
    /// Its party.
    pub party: Party,
    /// Its contact; null when the lead names no person.
    pub contact: Option<PartyContact>,
    /// Its opportunity.
    pub opportunity: Opportunity,
    /// When it got a new party: those that it may be all the same, with their scores, best first; a name alone links no lead, and neither does an unknown
    /// country. Merge them if they are.
    pub candidates: Vec<Duplicate>,
}

/// What the list of leads offers.
pub const LEADS: ListSpec = ListSpec {
    table: "leads",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "leads_status" },
        Filter { name: "source", kind: FilterKind::Word, index: "leads_source" },
        Filter { name: "email", kind: FilterKind::Mail { small: false }, index: "leads_email_lower" },
        Filter { name: "country", kind: FilterKind::Word, index: "leads_country" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "leads_owner_id" },
        Filter { name: "has_owner", kind: FilterKind::Given("owner_id"), index: "leads_owner_id" },
        Filter { name: "team_id", kind: FilterKind::Id("team"), index: "leads_team_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "leads_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "leads_party_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "leads_flow_id" },
        Filter { name: "created_at", kind: FilterKind::Instant, index: "leads_created_at" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "leads_updated_at" },
    ],
    sorts: &[Sort { name: "created_at", index: "leads_created_at" }, Sort { name: "updated_at", index: "leads_updated_at" }],
    search: true,
    external_refs: true,
};
