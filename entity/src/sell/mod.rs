//! From the lead to the order.

pub mod activities;
pub mod assignment_rules;
pub mod leads;
pub mod lost_reasons;
pub mod opportunities;
pub mod order_amendments;
pub mod order_holds;
pub mod order_lines;
pub mod orders;
pub mod quote_lines;
pub mod quote_links;
pub mod quote_templates;
pub mod quote_traces;
pub mod quotes;
pub mod stage_visits;
pub mod stages;
pub mod team_members;
pub mod teams;
