//! When a company's orders stand too long.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How long a company's orders may stand where they are, and won deals without one, before somebody is told. What is null may stand for ever.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderRules {
    /// Days that an order may be a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub draft_days: Option<u32>,
    /// Days from confirmation on that an order may take to be fulfilled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub confirmed_days: Option<u32>,
    /// Days after a deal is won within which there is an order of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub won_days: Option<u32>,
}
