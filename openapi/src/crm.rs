//! Leads and the pipeline: stages and opportunities (CRM-01 to CRM-05).

use crate::object::{ExternalRef, MetadataPatch};
use crate::party::{Contact, Party};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AmountText, AssignmentRuleId, CompanyId, ContactId, Currency, Day, DealField, FlowId, Instant, LeadId, LeadStatus, OpportunityId, OpportunityStatus,
    PartyId, Percent, ProductId, StageId, TeamId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

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
    /// Counts every visible change; the ETag is `"v<version>"`.
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
}

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
    /// Counts every visible change; the ETag is `"v<version>"`.
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
    #[schema(min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$")]
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
    /// Who works on it: by the assignment rules when not given.
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
    #[schema(value_type = Option<String>, min_length = 2, max_length = 2, pattern = "^[A-Z]{2}$")]
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
    /// The party it belongs to; without it the one with the same mail address or organization name, else a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
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
    pub contact: Option<Contact>,
    /// Its opportunity.
    pub opportunity: Opportunity,
}

/// A deal that may be won.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Opportunity {
    /// Id.
    pub id: OpportunityId,
    /// Always `opportunity`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts every visible change; the ETag is `"v<version>"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that would sell.
    pub company_id: CompanyId,
    /// The customer; null while it is not known.
    pub party_id: Option<PartyId>,
    /// The person at the customer.
    pub contact_id: Option<ContactId>,
    /// The lead it came from.
    pub lead_id: Option<LeadId>,
    /// What it is about.
    pub title: String,
    /// Open, won or lost.
    pub status: OpportunityStatus,
    /// Where it stands in the pipeline.
    pub stage: StageRef,
    /// Since when it stands there.
    pub stage_since: Instant,
    /// How likely it is won.
    pub probability: Percent,
    /// What it may be worth; zero while unknown.
    pub expected_value: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// When it may be decided.
    pub expected_close_date: Option<Day>,
    /// When it was won or lost.
    pub closed_at: Option<Instant>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// The product it is about, when it is one.
    pub product_id: Option<ProductId>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// The team that works on it.
    pub team_id: Option<TeamId>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// The stage of an opportunity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageRef {
    /// The stage.
    pub id: StageId,
    /// Its name.
    pub name: String,
}

/// The stages in which an opportunity stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageHistory {
    /// Always `stage_history`.
    pub object: String,
    /// The opportunity.
    pub opportunity_id: OpportunityId,
    /// Its visits to stages, oldest first.
    pub visits: Vec<StageVisit>,
}

/// A time in a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageVisit {
    /// The stage.
    pub stage: StageRef,
    /// When it came.
    pub entered_at: Instant,
    /// When it left; null while it stands there.
    pub left_at: Option<Instant>,
    /// How long it stood there, until now while it still does, in seconds.
    pub seconds: i64,
}

/// A new opportunity without a lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOpportunity {
    /// The company that would sell.
    pub company_id: CompanyId,
    /// The customer: that of the contact, or not known yet, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// The person at the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// What it is about.
    #[schema(max_length = 200)]
    pub title: String,
    /// What it may be worth: zero when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_value: Option<AmountText>,
    /// The currency of that: the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When it may be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_close_date: Option<Day>,
    /// The product it is about, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// The team that works on it: the owner's when not given and the owner is in one only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Where it stands: the first stage when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<StageId>,
    /// When it came up: back-dated history of a sandbox or an import, never in the future. When it ended, if only that is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Instant>,
    /// How it ended, for back-dated history: `open` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OpportunityStatus>,
    /// When it ended, for back-dated history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// Why it was lost, for back-dated history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub lost_reason: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes an open opportunity. Its stage changes by `advance`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOpportunity {
    /// What it is about.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub title: Patch<String>,
    /// The customer. Another one takes the contact with it, unless the body names one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PartyId>)]
    pub party_id: Patch<PartyId>,
    /// The person at the customer.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<ContactId>)]
    pub contact_id: Patch<ContactId>,
    /// What it may be worth.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = AmountText)]
    pub expected_value: Patch<AmountText>,
    /// The currency of that; another one needs the value in it, too.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Currency)]
    pub currency: Patch<Currency>,
    /// When it may be decided.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub expected_close_date: Patch<Day>,
    /// How likely it is won, 0 to 100, until the stage changes.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Percent)]
    pub probability: Patch<Percent>,
    /// The product it is about.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<ProductId>)]
    pub product_id: Patch<ProductId>,
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

/// Moves an open opportunity to a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdvanceOpportunity {
    /// The stage, forward or back.
    pub stage_id: StageId,
}

/// Wins an opportunity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WinOpportunity {
    /// When, for back-dated history of a sandbox or an import: now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
}

/// Loses an opportunity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoseOpportunity {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// When, for back-dated history of a sandbox or an import: now when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
}

/// Reopens a won or lost opportunity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenOpportunity {
    /// Where it stands again: the stage it had before it ended when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<StageId>,
}

/// What the list of stages offers.
pub const STAGES: ListSpec = ListSpec {
    table: "stages",
    filters: &[Filter { name: "updated_at", kind: FilterKind::Instant, index: "stages_updated_at" }],
    sorts: &[Sort { name: "position", index: "stages_position" }, Sort { name: "updated_at", index: "stages_updated_at" }],
    search: false,
    external_refs: false,
};

/// What the list of leads offers.
pub const LEADS: ListSpec = ListSpec {
    table: "leads",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "leads_status" },
        Filter { name: "source", kind: FilterKind::Word, index: "leads_source" },
        Filter { name: "country", kind: FilterKind::Word, index: "leads_country" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "leads_owner_id" },
        Filter { name: "team_id", kind: FilterKind::Id("team"), index: "leads_team_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "leads_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "leads_party_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "leads_flow_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "leads_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "leads_updated_at" }],
    search: true,
    external_refs: true,
};

/// What the list of opportunities offers.
pub const OPPORTUNITIES: ListSpec = ListSpec {
    table: "opportunities",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "opportunities_status" },
        Filter { name: "stage_id", kind: FilterKind::Id("stg"), index: "opportunities_stage_id" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "opportunities_owner_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "opportunities_party_id" },
        Filter { name: "has_party", kind: FilterKind::Given("party_id"), index: "opportunities_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "opportunities_company_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "opportunities_flow_id" },
        Filter { name: "product_id", kind: FilterKind::Id("prd"), index: "opportunities_product_id" },
        Filter { name: "team_id", kind: FilterKind::Id("team"), index: "opportunities_team_id" },
        Filter { name: "created_at", kind: FilterKind::Instant, index: "opportunities_created_at" },
        Filter { name: "stage_since", kind: FilterKind::Instant, index: "opportunities_stage_since" },
        Filter { name: "closed_at", kind: FilterKind::Instant, index: "opportunities_closed_at" },
        Filter { name: "expected_close_date", kind: FilterKind::Day, index: "opportunities_expected_close_date" },
        Filter { name: "currency", kind: FilterKind::Word, index: "opportunities_currency_expected_value" },
        Filter { name: "expected_value", kind: FilterKind::Amount, index: "opportunities_currency_expected_value" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "opportunities_updated_at" },
    ],
    sorts: &[
        Sort { name: "expected_close_date", index: "opportunities_expected_close_date" },
        Sort { name: "closed_at", index: "opportunities_closed_at" },
        Sort { name: "stage_since", index: "opportunities_stage_since" },
        Sort { name: "updated_at", index: "opportunities_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{LEADS, Lead, OPPORTUNITIES, Opportunity, QualifiedLead, STAGES, Stage, StageHistory};
    use crate::crm as body;
    use causeway_contract::{Bulk, BulkResult, Created, Json, Multi, Nothing, Page, endpoints};
    use causeway_value::{LeadId, OpportunityId, StageId};

    endpoints! {
        /// Lists stages.
        Get "/v1/stages" ListStages () Nothing => Page<Stage>, stages:read, list STAGES;
        /// Creates a stage.
        Post "/v1/stages" CreateStage () body::CreateStage => Created<Stage>, stages:write;
        /// Reads a stage.
        Get "/v1/stages/{id}" GetStage (StageId) Nothing => Json<Stage>, stages:read;
        /// Changes a stage.
        Patch "/v1/stages/{id}" UpdateStage (StageId) body::UpdateStage => Json<Stage>, stages:write;
        /// Lists leads.
        Get "/v1/leads" ListLeads () Nothing => Page<Lead>, leads:read, list LEADS;
        /// Creates a lead.
        Post "/v1/leads" CreateLead () body::CreateLead => Created<Lead>, leads:write;
        /// Creates up to 1,000 leads.
        Post "/v1/leads/bulk" CreateLeads () Bulk<body::CreateLead> => Multi<BulkResult<Lead>>, leads:write;
        /// Reads a lead.
        Get "/v1/leads/{id}" GetLead (LeadId) Nothing => Json<Lead>, leads:read;
        /// Changes a lead.
        Patch "/v1/leads/{id}" UpdateLead (LeadId) body::UpdateLead => Json<Lead>, leads:write;
        /// Makes party, contact and opportunity of a lead, or links those that exist; first the lead must say what its company asks for (`lead_rules`).
        Post "/v1/leads/{id}/qualify" QualifyLead (LeadId) body::QualifyLead => Json<QualifiedLead>, leads:qualify;
        /// Gives a lead up.
        Post "/v1/leads/{id}/disqualify" DisqualifyLead (LeadId) body::DisqualifyLead => Json<Lead>, leads:qualify;
        /// Lists opportunities.
        Get "/v1/opportunities" ListOpportunities () Nothing => Page<Opportunity>, opportunities:read, list OPPORTUNITIES;
        /// Creates an opportunity.
        Post "/v1/opportunities" CreateOpportunity () body::CreateOpportunity => Created<Opportunity>, opportunities:write;
        /// Creates up to 1,000 opportunities.
        Post "/v1/opportunities/bulk" CreateOpportunities () Bulk<body::CreateOpportunity> => Multi<BulkResult<Opportunity>>, opportunities:write;
        /// Reads an opportunity.
        Get "/v1/opportunities/{id}" GetOpportunity (OpportunityId) Nothing => Json<Opportunity>, opportunities:read;
        /// Changes an opportunity.
        Patch "/v1/opportunities/{id}" UpdateOpportunity (OpportunityId) body::UpdateOpportunity => Json<Opportunity>, opportunities:write;
        /// Tells in which stages an opportunity stood, and how long.
        Get "/v1/opportunities/{id}/stages" GetStageHistory (OpportunityId) Nothing => Json<StageHistory>, opportunities:read;
        /// Moves an opportunity to another stage.
        Post "/v1/opportunities/{id}/advance" AdvanceOpportunity (OpportunityId) body::AdvanceOpportunity => Json<Opportunity>, opportunities:write;
        /// Wins an opportunity.
        Post "/v1/opportunities/{id}/win" WinOpportunity (OpportunityId) body::WinOpportunity => Json<Opportunity>, opportunities:write;
        /// Loses an opportunity.
        Post "/v1/opportunities/{id}/lose" LoseOpportunity (OpportunityId) body::LoseOpportunity => Json<Opportunity>, opportunities:write;
        /// Reopens a won or lost opportunity.
        Post "/v1/opportunities/{id}/reopen" ReopenOpportunity (OpportunityId) body::ReopenOpportunity => Json<Opportunity>, opportunities:write;
    }
}
