//! The machinery of the contract: what an endpoint is, what a reply, a list, a patch and a problem look like, and how a body is checked against its schema.
//!
//! What it is: types without any business word in them. What it is not: no endpoint stands here (they stand in `openapi`), no HTTP server, no client.

mod bulk;
mod compare;
mod composed;
mod document;
mod endpoint;
mod list;
mod mask;
mod meaning;
mod mended;
mod patch;
mod problem;
mod relation;
mod reply;
mod shape;
mod unseen;

/// The version of the API, as every answer names it (INT-22).
pub const API_VERSION: &str = "2026-11-21";

pub use bulk::{BULK_ITEMS, Bulk, BulkItem, BulkMode, BulkResult, set_aside};
pub use compare::breaking;
pub use composed::composed;
pub use document::{document, operation_id};
pub use endpoint::{Audience, Endpoint, Flag, Method, Nothing, PathParams, Row, row};
pub use list::{Filter, FilterKind, ListQuery, ListSpec, Page, Sort};
pub use mask::{COSTS, CREDIT, CREDIT_FIGURES, MASKED, mask_costs, mask_credit, tells_cost, tells_credit, without_credit};
pub use mended::Mended;
pub use patch::Patch;
pub use problem::{Code, FieldError, MOST_ERRORS, Problem};
pub use relation::{Relation, read_at, relations};
pub use reply::{Accepted, Content, Created, Events, File, Json, Multi, Pdf, Reply, Result};
pub use shape::{Field, Shape, is_email, parse_json};
