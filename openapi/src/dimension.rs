//! Dimensions: what documents and postings are looked at by, besides accounts and parties, such as business unit, segment, service line, project and region.

use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{AllowedValue, CompanyId, DimensionId, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A dimension with the values that it may have. Lines of quotes, orders and invoices and entries of the ledger carry one value of each in `dimensions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dimension {
    /// Id.
    pub id: DimensionId,
    /// Always `dimension`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company that uses it; null for every company.
    pub company_id: Option<CompanyId>,
    /// What documents call it, such as `business_unit`.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The values that it may have, in their order.
    pub values: Vec<AllowedValue>,
    /// Whether it may be given any more.
    pub active: bool,
}

/// A new dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDimension {
    /// The company that uses it: every company when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// What documents call it, unique: lower case letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub code: String,
    /// What people call it.
    #[schema(max_length = 200)]
    pub name: String,
    /// The values that it may have.
    #[schema(max_items = 500)]
    pub values: Vec<AllowedValue>,
}

/// Changes a dimension. What carries a value keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDimension {
    /// What people call it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// All values from now on. One that is left out cannot be given any more; one that is not active neither.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<AllowedValue>, max_items = 500)]
    pub values: Patch<Vec<AllowedValue>>,
    /// Whether it may be given any more.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
}

/// What the list of dimensions offers.
pub const DIMENSIONS: ListSpec = ListSpec {
    table: "dimensions",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "dimensions_company_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "dimensions_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "dimensions_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{DIMENSIONS, Dimension};
    use crate::dimension as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::DimensionId;

    endpoints! {
        /// Lists dimensions.
        Get "/v1/dimensions" ListDimensions () Nothing => Page<Dimension>, dimensions:read, list DIMENSIONS;
        /// Creates a dimension with the values that it may have.
        Post "/v1/dimensions" CreateDimension () body::CreateDimension => Created<Dimension>, dimensions:write;
        /// Reads a dimension.
        Get "/v1/dimensions/{id}" GetDimension (DimensionId) Nothing => Json<Dimension>, dimensions:read;
        /// Changes a dimension.
        Patch "/v1/dimensions/{id}" UpdateDimension (DimensionId) body::UpdateDimension => Json<Dimension>, dimensions:write;
    }
}
