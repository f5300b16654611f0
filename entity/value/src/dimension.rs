//! What documents and postings are looked at by, besides accounts and parties: business unit, segment, service line, project, region (ACC-03).

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One value of each dimension that something has: the code of the value by that of the dimension. Its JSON is one text, as the map is in order.
pub type Dimensions = BTreeMap<String, String>;

/// A value that a dimension may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllowedValue {
    /// What documents carry: lower case letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub code: String,
    /// What people read.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Whether it may be given any more.
    pub active: bool,
}
