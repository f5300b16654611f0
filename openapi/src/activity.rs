//! What is to be done about a lead, a deal, a customer or a document: calls, mails, meetings, tasks (CRM-09, RPT-07).

use crate::object::ExternalRef;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{ActivityId, ActivityKind, ActivityStatus, CompanyId, FlowId, Instant, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Something to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Activity {
    /// Id.
    pub id: ActivityId,
    /// Always `activity`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The type of what it is about, such as `opportunity`.
    pub subject_type: String,
    /// What it is about.
    pub subject_id: String,
    /// The company of that, when it has one.
    pub company_id: Option<CompanyId>,
    /// The deal of that, when it has one: what was done about a lead is found with its opportunity, too.
    pub flow_id: Option<FlowId>,
    /// What is to be done.
    pub kind: ActivityKind,
    /// Whether it is done.
    pub status: ActivityStatus,
    /// By when; null for some time.
    pub due_at: Option<Instant>,
    /// What about.
    pub note: Option<String>,
    /// Who does it.
    pub owner_id: Option<UserId>,
    /// What came of it, or why it was cancelled.
    pub outcome: Option<String>,
    /// When it was done.
    pub completed_at: Option<Instant>,
    /// When it was cancelled.
    pub cancelled_at: Option<Instant>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// Something new to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateActivity {
    /// What it is about: a lead, opportunity, party, quote, order or invoice.
    #[schema(max_length = 40)]
    pub subject_id: String,
    /// What is to be done.
    pub kind: ActivityKind,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Instant>,
    /// What about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub note: Option<String>,
    /// Who does it: who creates it when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Its ids in other systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes something that is not done yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateActivity {
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = ActivityKind)]
    pub kind: Patch<ActivityKind>,
    /// By when.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Instant>)]
    pub due_at: Patch<Instant>,
    /// What about.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub note: Patch<String>,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Patch<UserId>,
    /// All ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// Says that it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompleteActivity {
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub outcome: Option<String>,
}

/// Says that it will not be done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelActivity {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Which activities a report counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityReportQuery {
    /// The company of what they are about: all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// Only those of this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
}

/// How many activities each person has, by the tenant's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityReport {
    /// Always `activity_report`.
    pub object: String,
    /// The time it is seen from. The overdue ones are the activities with `status=open` and `due_at[lt]` this.
    pub now: Instant,
    /// The people, most overdue first.
    pub rows: Vec<ActivityReportRow>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActivityReportRow {
    /// Who; null for what nobody was given.
    pub owner_id: Option<UserId>,
    /// The name.
    pub name: Option<String>,
    /// Should have been done by now.
    pub overdue: i64,
    /// Due within the next 24 hours.
    pub due_soon: i64,
    /// To be done later, or some time.
    pub later: i64,
    /// Done.
    pub done: i64,
}

/// What the list of activities offers.
pub const ACTIVITIES: ListSpec = ListSpec {
    table: "activities",
    filters: &[
        Filter { name: "subject_id", kind: FilterKind::AnyId, index: "activities_subject_id" },
        Filter { name: "status", kind: FilterKind::Word, index: "activities_status" },
        Filter { name: "kind", kind: FilterKind::Word, index: "activities_kind" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "activities_owner_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "activities_company_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "activities_flow_id" },
        Filter { name: "due_at", kind: FilterKind::Instant, index: "activities_due_at" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "activities_updated_at" },
    ],
    sorts: &[Sort { name: "due_at", index: "activities_due_at" }, Sort { name: "updated_at", index: "activities_updated_at" }],
    search: false,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ACTIVITIES, Activity, ActivityReport, ActivityReportQuery};
    use crate::activity as body;
    use crate::measure::ReportDefinition;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::ActivityId;

    endpoints! {
        /// Lists activities about what the caller may read; the overdue ones are those with `status=open` and `due_at[lt]` now.
        Get "/v1/activities" ListActivities () Nothing => Page<Activity>, activities:read, list ACTIVITIES;
        /// Creates an activity.
        Post "/v1/activities" CreateActivity () body::CreateActivity => Created<Activity>, activities:write;
        /// Reads an activity.
        Get "/v1/activities/{id}" GetActivity (ActivityId) Nothing => Json<Activity>, activities:read;
        /// Changes an activity that is not done.
        Patch "/v1/activities/{id}" UpdateActivity (ActivityId) body::UpdateActivity => Json<Activity>, activities:write;
        /// Says that an activity is done.
        Post "/v1/activities/{id}/complete" CompleteActivity (ActivityId) body::CompleteActivity => Json<Activity>, activities:write;
        /// Says that an activity will not be done.
        Post "/v1/activities/{id}/cancel" CancelActivity (ActivityId) body::CancelActivity => Json<Activity>, activities:write;
        /// Counts what is overdue, due and done, by person.
        Get "/v1/reports/activities" GetActivityReport () Nothing => Json<ActivityReport>, pipeline:read, query ActivityReportQuery;
        /// What the report activities means: what it counts, and from where.
        Get "/v1/reports/activities/definition" DefineActivities () Nothing => Json<ReportDefinition>, pipeline:read;
    }
}
