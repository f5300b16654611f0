//! From the lead to the order.

pub(crate) mod m0014_opportunities;
pub(crate) mod m0015_quotes;
pub(crate) mod m0016_orders;
pub(crate) mod m0024_holds;
pub(crate) mod m0034_quote_links;
pub(crate) mod m0035_quote_rules;
pub(crate) mod m0036_pipeline;
pub(crate) mod m0038_activities;
pub(crate) mod m0039_prospects;
pub(crate) mod m0040_intake;
pub(crate) mod m0045_order_amendments;
pub(crate) mod m0046_order_intake;
pub(crate) mod m0047_promises;
pub(crate) mod m0070_quote_offers;
pub(crate) mod m0071_quote_templates;
pub(crate) mod m0073_stalled_orders;
pub(crate) mod m0085_order_terms;
pub(crate) mod m0086_pipeline_groups;
pub(crate) mod m0096_limits_on_orders;
pub(crate) mod m0098_deal_origins;
pub(crate) mod m0099_deals_without_orders;
pub(crate) mod m0107_places;
pub(crate) mod m0110_deal_values;
pub(crate) mod m0145_holds_by_hand;
pub(crate) mod m0146_copied_quotes;
pub(crate) mod m0150_leads_by_age;
