//! Reports about the pipeline: what stands where, what was won and lost, what may come, and what stands still (RPT-01, RPT-08, CRM-08, CRM-10).
//!
//! Amounts of several currencies are each summed exactly and then converted once, at the rate of the last day of the report.

use causeway_value::{AmountText, CompanyId, Currency, Day, OpportunityStatus, PartyId, ProductId, StageId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The first day on which a won or lost deal may have ended: any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last such day: any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only deals of this owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only deals of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// Only deals with this customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Only deals about this product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// Only deals that came from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub source: Option<String>,
    /// What `groups` are of: there are none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PipelineBy>,
    /// The currency of the values: the company's, or that of the first company, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// How many groups to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

/// What the deals of a pipeline are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PipelineBy {
    /// Who works on the deal.
    Owner,
    /// The team that works on it.
    Team,
    /// The product it is about.
    Product,
    /// The customer.
    Party,
    /// Where it came from.
    Source,
    /// Why it was lost.
    LostReason,
}

/// The pipeline: open deals as they stand now, and those that were won or lost in the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pipeline {
    /// Always `pipeline`.
    pub object: String,
    /// The currency of all values.
    pub currency: Currency,
    /// Every stage in its order: an open one with the deals in it now, an end with those that came to it in the period.
    pub rows: Vec<PipelineRow>,
    /// The open deals of all stages.
    pub open: Tally,
    /// What was won in the period.
    pub won: Tally,
    /// What was lost in the period.
    pub lost: Tally,
    /// Won deals out of won and lost ones, to four decimals; null when none ended.
    pub win_rate: Option<String>,
    /// The months in which deals ended, oldest first.
    pub by_month: Vec<PipelineMonth>,
    /// The same deals by what was asked for with `by`: those with the most deals first, at most 500 in one answer.
    pub groups: Vec<PipelineGroup>,
    /// How many groups there are, those included that are left out.
    pub group_count: i64,
    /// The `offset` of the groups that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// The deals whose currency has no rate to that of the report: they count in every number of deals and in no value.
    pub unconverted: Vec<UnconvertedDeals>,
}

/// Deals in a currency that cannot be converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnconvertedDeals {
    /// Their currency.
    pub currency: Currency,
    /// How many.
    pub count: i64,
    /// What they are worth, in that currency.
    pub value: AmountText,
}

/// The deals of one owner, team, product, customer, source or reason: open ones as they stand now, and those that ended in the period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineGroup {
    /// The owner, when grouped by owner.
    pub owner_id: Option<UserId>,
    /// The team, when grouped by team.
    pub team_id: Option<TeamId>,
    /// The product, when grouped by product.
    pub product_id: Option<ProductId>,
    /// The customer, when grouped by customer.
    pub party_id: Option<PartyId>,
    /// Where they came from, when grouped by source.
    pub source: Option<String>,
    /// Why they were lost, when grouped by reason; null for deals that are not.
    pub lost_reason: Option<String>,
    /// The name; null for deals that have none.
    pub name: Option<String>,
    /// The open deals.
    pub open: Tally,
    /// What was won in the period.
    pub won: Tally,
    /// What was lost in the period.
    pub lost: Tally,
    /// Won deals out of won and lost ones, to four decimals; null when none ended.
    pub win_rate: Option<String>,
}

/// Deals and what they are worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tally {
    /// How many.
    pub count: i64,
    /// What they are worth.
    pub value: AmountText,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineRow {
    /// Its name.
    pub stage: String,
    /// The stage.
    pub stage_id: StageId,
    /// What a deal in it is.
    pub status: OpportunityStatus,
    /// How many.
    pub count: i64,
    /// What they are worth.
    pub value: AmountText,
}

/// A month in which deals ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineMonth {
    /// The month, `YYYY-MM`, in the company's time zone.
    pub month: String,
    /// How many were won.
    pub won_count: i64,
    /// What those are worth.
    pub won_value: AmountText,
    /// How many were lost.
    pub lost_count: i64,
}

/// Which forecast.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The first expected close date: any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last expected close date: any when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only deals of this owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only deals of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// What the rows of a month are split by: nothing when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ForecastBy>,
    /// The currency of the values: the company's, or that of the first company, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// What the rows of a forecast are split by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastBy {
    /// Who works on the deal.
    Owner,
    /// The team that works on it.
    Team,
}

/// What open deals may bring, by the month in which they may be decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Forecast {
    /// Always `forecast`.
    pub object: String,
    /// The currency of all values.
    pub currency: Currency,
    /// The months, oldest first; deals without a date last.
    pub rows: Vec<ForecastRow>,
    /// All of them.
    pub total: Expectation,
    /// The deals whose currency has no rate to that of the report: they count in every number of deals and in no value.
    pub unconverted: Vec<UnconvertedDeals>,
}

/// Open deals, what they are worth, and what of it may be expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Expectation {
    /// How many.
    pub count: i64,
    /// What they are worth.
    pub value: AmountText,
    /// Each deal's worth times its probability.
    pub weighted_value: AmountText,
}

/// A month, or the part of a month that is one owner's or team's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ForecastRow {
    /// The month, `YYYY-MM`; null for deals without an expected close date.
    pub month: Option<String>,
    /// The owner, when split by owner.
    pub owner_id: Option<UserId>,
    /// The team, when split by team.
    pub team_id: Option<TeamId>,
    /// The name of the owner or team.
    pub name: Option<String>,
    /// How many.
    pub count: i64,
    /// What they are worth.
    pub value: AmountText,
    /// Each deal's worth times its probability.
    pub weighted_value: AmountText,
}

/// Which ageing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineAgeingQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// Days in one stage after which an open deal is stalled: 30 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3650)]
    pub stalled_days: Option<i32>,
    /// Only deals of this owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Only deals of this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_id: Option<TeamId>,
    /// The currency of the values: the company's, or that of the first company, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
}

/// How long open deals stand in their stages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineAgeing {
    /// Always `pipeline_ageing`.
    pub object: String,
    /// The currency of all values.
    pub currency: Currency,
    /// Days in one stage after which an open deal is stalled. (`stalled` of the list of opportunities is another thing: won deals that wait for an order.)
    pub stalled_days: i32,
    /// The open stages in their order. The deals themselves are the opportunities with `status=open`, `stage_id` and `stage_since[lte]`.
    pub rows: Vec<PipelineAgeingRow>,
    /// The deals whose currency has no rate to that of the report: they count in every number of deals and in no value.
    pub unconverted: Vec<UnconvertedDeals>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineAgeingRow {
    /// Its name.
    pub stage: String,
    /// The stage.
    pub stage_id: StageId,
    /// The deals in it.
    pub count: i64,
    /// What they are worth.
    pub value: AmountText,
    /// Whole days that they stand there on average.
    pub average_days: i64,
    /// Whole days that the one stands there that came first.
    pub oldest_days: i64,
    /// How many stand in it for `stalled_days` or longer.
    pub stalled_count: i64,
    /// What those are worth.
    pub stalled_value: AmountText,
}

/// The operations.
pub mod op {
    use super::{Forecast, ForecastQuery, Pipeline, PipelineAgeing, PipelineAgeingQuery, PipelineQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// Gives the deals by stage, what was won and lost, the win rate and the months.
        Get "/v1/reports/pipeline" GetPipeline () Nothing => Json<Pipeline>, pipeline:read, query PipelineQuery;
        /// Gives how long open deals stand in their stages.
        Get "/v1/reports/pipeline-ageing" GetPipelineAgeing () Nothing => Json<PipelineAgeing>, pipeline:read, query PipelineAgeingQuery;
        /// Gives what open deals may bring, by the month in which they may be decided.
        Get "/v1/reports/forecast" GetForecast () Nothing => Json<Forecast>, pipeline:read, query ForecastQuery;
        /// What the report pipeline means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/pipeline/definition" DefinePipeline () Nothing => Json<ReportDefinition>, pipeline:read;
        /// What the report pipeline-ageing means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/pipeline-ageing/definition" DefinePipelineAgeing () Nothing => Json<ReportDefinition>, pipeline:read;
        /// What the report forecast means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/forecast/definition" DefineForecast () Nothing => Json<ReportDefinition>, pipeline:read;
    }
}
