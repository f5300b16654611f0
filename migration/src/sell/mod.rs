//! From the lead to the order.

pub(crate) mod m0014_opportunities;
pub(crate) mod m0015_quotes;
pub(crate) mod m0016_orders;
pub(crate) mod m0091_holds;
pub(crate) mod m0140_pipeline;
pub(crate) mod m0142_activities;
