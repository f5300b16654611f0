//! Opportunities, and the stages in which they stood.

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AmountText, CompanyId, ContactId, Currency, Day, FlowId, Instant, LeadId, OpportunityId, OpportunityStatus, PartyId, Percent, ProductId, StageId, TeamId,
    UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

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
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
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
    /// What it may be worth; zero while unknown. While it is zero, an accepted quote or a confirmed order gives it what that comes to without tax, in its
    /// currency.
    pub expected_value: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// When it may be decided.
    pub expected_close_date: Option<Day>,
    /// When it was won or lost.
    pub closed_at: Option<Instant>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// Why it was won and has no order for longer than its company lets it (`order_rules`); null until then, and once there is an order. Such deals are what
    /// the filter `stalled` finds. It says nothing of open deals that stand long in a stage: the report on the pipeline's ageing counts those.
    pub stalled_reason: Option<String>,
    /// Where it came from, such as `web`: that of its lead, when it has one.
    pub source: Option<String>,
    /// What else is known.
    pub description: Option<String>,
    /// What is needed, and why.
    pub need: Option<String>,
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
    /// How likely it is won, from 0 to 100: as its stage says when not given. What has ended is certain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<Percent>,
    /// When it may be decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_close_date: Option<Day>,
    /// Where it came from, such as `web`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub source: Option<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// What is needed, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub need: Option<String>,
    /// The product it is about, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Who works on it: whoever is signed in and enters it when neither owner nor team is given.
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
    /// How it ended, for back-dated history of a sandbox or an import: `open` when not given. A deal that goes on ends by `win` or `lose`.
    /// History that has ended is taken as it was, whatever its stage asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<OpportunityStatus>,
    /// When it ended, for back-dated history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Instant>,
    /// Why it was lost, for back-dated history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub lost_reason: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes an open opportunity. Its stage changes by `advance`; what that stage asks for stays there.
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
    /// Where it came from, such as `web`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub source: Patch<String>,
    /// What else is known.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub description: Patch<String>,
    /// What is needed, and why.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub need: Patch<String>,
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
    /// Why: the code of one of the tenant's lost reasons where there are some that are active, else any text.
    #[schema(max_length = 500)]
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

/// What the list of opportunities offers.
pub const OPPORTUNITIES: ListSpec = ListSpec {
    table: "opportunities",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "opportunities_status" },
        Filter { name: "stage_id", kind: FilterKind::Id("stg"), index: "opportunities_stage_id" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "opportunities_owner_id" },
        Filter { name: "has_owner", kind: FilterKind::Given("owner_id"), index: "opportunities_owner_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "opportunities_party_id" },
        Filter { name: "has_party", kind: FilterKind::Given("party_id"), index: "opportunities_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "opportunities_company_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "opportunities_flow_id" },
        Filter { name: "product_id", kind: FilterKind::Id("prd"), index: "opportunities_product_id" },
        Filter { name: "stalled", kind: FilterKind::Given("stalled_reason"), index: "opportunities_stalled_reason" },
        Filter { name: "source", kind: FilterKind::Word, index: "opportunities_source" },
        Filter { name: "lost_reason", kind: FilterKind::Word, index: "opportunities_lost_reason" },
        Filter { name: "team_id", kind: FilterKind::Id("team"), index: "opportunities_team_id" },
        Filter { name: "created_at", kind: FilterKind::Instant, index: "opportunities_created_at" },
        Filter { name: "stage_since", kind: FilterKind::Instant, index: "opportunities_stage_since" },
        Filter { name: "closed_at", kind: FilterKind::Instant, index: "opportunities_closed_at" },
        Filter { name: "expected_close_date", kind: FilterKind::Day, index: "opportunities_expected_close_date" },
        Filter { name: "has_expected_close_date", kind: FilterKind::Given("expected_close_date"), index: "opportunities_expected_close_date" },
        Filter { name: "currency", kind: FilterKind::Word, index: "opportunities_currency_expected_value" },
        Filter { name: "expected_value", kind: FilterKind::Amount, index: "opportunities_currency_expected_value" },
        Filter { name: "has_expected_value", kind: FilterKind::Worth("expected_value"), index: "opportunities_expected_value" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "opportunities_updated_at" },
    ],
    sorts: &[
        Sort { name: "expected_close_date", index: "opportunities_expected_close_date" },
        Sort { name: "expected_value", index: "opportunities_expected_value" },
        Sort { name: "closed_at", index: "opportunities_closed_at" },
        Sort { name: "stage_since", index: "opportunities_stage_since" },
        Sort { name: "created_at", index: "opportunities_created_at" },
        Sort { name: "updated_at", index: "opportunities_updated_at" },
    ],
    search: true,
    external_refs: true,
};
