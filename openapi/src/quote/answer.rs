//! What is said to a quote: by who approves it, and by the customer.

use super::Quote;
use crate::order::Order;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Records that the customer accepts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptQuote {
    /// Who accepts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub accepted_by: Option<String>,
    /// The customer's reference, such as `PO 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// The numbers of the options that the customer takes; the others are left out. Those that are chosen already when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub chosen_options: Option<Vec<u32>>,
}

/// Records that the customer declines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineQuote {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Approves a quote that waits for a second person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveQuote {
    /// What the approver says to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub comment: Option<String>,
}

/// Sends a quote back to whoever works on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectQuote {
    /// Why.
    #[schema(min_length = 1, max_length = 2_000)]
    pub reason: String,
}

/// An accepted quote with its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedQuote {
    /// The quote.
    pub quote: Quote,
    /// The order it became.
    pub order: Order,
}
