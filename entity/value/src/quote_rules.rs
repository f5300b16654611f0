//! What a company's quotes, and its orders without one, may grant without a second person.

use crate::{PaymentTermId, Percent};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The limits of a company's quotes, and of orders that no quote agreed. What is null has no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteRules {
    /// The most that line and document may take off together; a line of no list that reduces counts as a discount of the whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_discount_percent: Option<Percent>,
    /// The most that a given price may lie below that of the lists, or above it where the line gives something back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_price_override_percent: Option<Percent>,
    /// The least margin, set by who may see costs and judged by the lines whose cost is known. A line whose cost is not known needs a second person: give its product a cost, be it 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_margin_percent: Option<Percent>,
    /// The payment terms that may be offered to anybody; the customer's own always may. Empty means all.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub payment_term_ids: Vec<PaymentTermId>,
    /// How many days a quote is valid that does not say until when; null means without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub validity_days: Option<u32>,
    /// The fewest days between submitting a quote and a delivery that it promises; null means that any day may be promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub min_lead_days: Option<u32>,
    /// Whether a line needs a second person whose taxes are given and not those that product and tax rules determine, or that has no tax without a tax rule
    /// that says so; null means that it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_override: Option<bool>,
}

/// Why a quote needs a second person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApprovalReason {
    /// The rule that it breaks: the name of a limit.
    pub rule: String,
    /// The line, from 1; null for the whole quote.
    pub line: Option<u32>,
    /// What the quote has.
    pub value: String,
    /// What the rule allows.
    pub limit: String,
    /// Both in words.
    pub because: String,
}
