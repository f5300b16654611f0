//! What became of the leads that came in (CRM-01, CRM-04, CRM-10).

use causeway_value::{CompanyId, Day, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What leads are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadConversionBy {
    /// The month in which they came in.
    #[default]
    Month,
    /// Where they came from.
    Source,
    /// Who works on them.
    Owner,
}

/// Which leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadConversionQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// What the rows are: months when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<LeadConversionBy>,
    /// The first day on which a lead may have come in: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last such day: today when not given. At most 120 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only leads of this owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only leads of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Only leads from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub source: Option<String>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// What became of the leads that came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadConversion {
    /// Always `lead_conversion`.
    pub object: String,
    /// What the rows are.
    pub by: LeadConversionBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The months in order, those without a lead included; else who and what has the most leads first, at most 1,000.
    pub rows: Vec<LeadConversionRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// All of them.
    pub total: LeadConversionSum,
}

/// The leads of a month, a source or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadConversionRow {
    /// The month `YYYY-MM`, when the rows are months.
    pub month: Option<String>,
    /// Where they came from, when the rows are sources; null for leads without one.
    pub source: Option<String>,
    /// The person, when the rows are people; null for leads that nobody works on.
    pub owner_id: Option<UserId>,
    /// The name of that person.
    pub name: Option<String>,
    /// What became of them.
    pub sum: LeadConversionSum,
}

/// What became of leads. Those that came in are open, qualified or disqualified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeadConversionSum {
    /// How many came in.
    pub captured_count: i64,
    /// How many of them are neither qualified nor disqualified yet.
    pub open_count: i64,
    /// How many became deals.
    pub qualified_count: i64,
    /// How many of those deals are won.
    pub converted_count: i64,
    /// How many of those deals are lost.
    pub lost_count: i64,
    /// How many were given up.
    pub disqualified_count: i64,
    /// Qualified out of captured ones, to four decimals; null without a lead.
    pub qualification_rate: Option<String>,
    /// Converted out of captured ones, to four decimals; null without a lead.
    pub conversion_rate: Option<String>,
}

/// The operations.
pub mod op {
    use super::{LeadConversion, LeadConversionQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// Gives what became of the leads that came in: how many are open, qualified, converted and disqualified, by month, source or owner.
        Get "/v1/reports/lead-conversion" GetLeadConversion () Nothing => Json<LeadConversion>, pipeline:read, query LeadConversionQuery;
        /// What the report lead-conversion means: what it counts, from where, and how it rounds.
        Get "/v1/reports/lead-conversion/definition" DefineLeadConversion () Nothing => Json<ReportDefinition>, pipeline:read;
    }
}
