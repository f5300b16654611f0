//! What happened, for other systems, and work in the background: events and jobs.

use crate::object::{Actor, Subject};
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{CompanyId, EventId, FlowId, Instant, JobId, JobStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// From which end the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum EventOrder {
    /// The oldest first: for who follows the log.
    #[default]
    #[serde(rename = "sequence")]
    OldestFirst,
    /// The newest first: for who looks at what happened last.
    #[serde(rename = "-sequence")]
    NewestFirst,
}

/// Which events. The log is gap-free and in commit order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Only events after this one; from the beginning when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    /// Only events before this one; to the end when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<EventId>,
    /// The oldest first (`sequence`) when not given, or the newest first (`-sequence`). Events that are written meanwhile have higher numbers: under `sequence`
    /// they come at the end, under `-sequence` they do not come, and what was there when the first page was read comes once. What is new since then stands
    /// `after` the first event of that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<EventOrder>,
    /// The most events: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// Only events of this type, such as `invoice.posted`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::event_types::event_type)]
    pub kind: Option<String>,
    /// Only events about this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub subject_id: Option<String>,
    /// Only events of this deal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<FlowId>,
}

/// Which events, and from where. The stream is the log of `GET /v1/events`, as it grows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// Only events after this one. The header `Last-Event-ID` wins over it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<EventId>,
    /// Without `after`: only what happens from now on, instead of the log from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<bool>,
    /// Only events of this type, such as `invoice.posted`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = crate::event_types::event_type)]
    pub kind: Option<String>,
    /// Only events about this object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub subject_id: Option<String>,
    /// Only events of this deal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_id: Option<FlowId>,
}

/// Something that happened to an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Event {
    /// Id.
    pub id: EventId,
    /// Always `event`.
    pub object: String,
    /// Its place in the tenant's log, without gaps.
    pub sequence: i64,
    /// What happened, such as `invoice.posted`.
    #[serde(rename = "type")]
    pub kind: String,
    /// When, by the tenant's clock.
    pub occurred_at: Instant,
    /// The company it happened in.
    pub company_id: Option<CompanyId>,
    /// What it happened to.
    pub subject: Subject,
    /// The version that it made.
    pub subject_version: i64,
    /// The deal.
    pub flow_id: Option<FlowId>,
    /// The request that did it.
    pub request_id: String,
    /// Who did it.
    pub actor: Actor,
    /// The whole object at that version.
    pub data: Value,
    /// The changed fields as they were before; null when the object is new.
    pub previous: Value,
}

/// Work that runs after its request was answered. It survives a crash and resumes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Job {
    /// Id.
    pub id: JobId,
    /// Always `job`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// What it does, such as `clock.advance`.
    pub kind: String,
    /// Where it stands.
    pub status: JobStatus,
    /// How far it is.
    pub progress: JobProgress,
    /// What came out.
    pub result: Option<Value>,
    /// Why it failed, and what to do; null unless it has.
    pub error: Option<String>,
    /// Where the file of its errors is.
    pub errors_url: Option<String>,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobProgress {
    /// Steps done.
    pub done: i64,
    /// Steps in all; null when not known.
    pub total: Option<i64>,
}

/// What the list of jobs offers.
pub const JOBS: ListSpec = ListSpec {
    table: "jobs",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "jobs_status" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "jobs_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "jobs_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{Event, EventsQuery, JOBS, Job, StreamQuery};
    use causeway_contract::{Events, Json, Nothing, Page, endpoints};
    use causeway_value::JobId;

    endpoints! {
        /// Reads the log of events about objects that the caller may read; `next_cursor` is the id to give as `after`, or as `before` where the newest come first.
        Get "/v1/events" ListEvents () Nothing => Page<Event>, events:read, query EventsQuery;
        /// Streams the log of events about objects that the caller may read as server-sent events: what there is, then what happens, each with its id, its type and the event as JSON.
        Get "/v1/events/stream" StreamEvents () Nothing => Events<Event>, events:read, query StreamQuery;
        /// Lists jobs; whoever may see some companies only sees no imports into others.
        Get "/v1/jobs" ListJobs () Nothing => Page<Job>, jobs:read, list JOBS;
        /// Reads a job.
        Get "/v1/jobs/{id}" GetJob (JobId) Nothing => Json<Job>, jobs:read;
    }
}
