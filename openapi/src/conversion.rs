//! How deals go from stage to stage (RPT-01, CRM-10).

use causeway_value::{CompanyId, Day, PartyId, ProductId, StageId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which deals, and when they came to their stages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PipelineConversionQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The first day on which a deal may have come to a stage: any when not given.
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
}

/// What became of the deals that came to each stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineConversion {
    /// Always `pipeline_conversion`.
    pub object: String,
    /// The open stages in their order.
    pub rows: Vec<PipelineConversionRow>,
    /// The deals that were created in the period, whatever stages they stood in: also those of an imported history, which may have stood in none before their end.
    pub deals: DealConversion,
}

/// What became of the deals that were created in the period. Those that were won, were lost and are open are all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DealConversion {
    /// How many were created.
    pub created: i64,
    /// How many of them were won.
    pub won: i64,
    /// How many were lost.
    pub lost: i64,
    /// How many are open.
    pub still_open: i64,
    /// Those that were won out of those that ended, to four decimals; null when none ended.
    pub conversion_rate: Option<String>,
    /// Whole days from the creation of the won ones to their end, in the middle; null when none was won, or only the ends are known.
    pub median_days_to_win: Option<i64>,
    /// The same of the lost ones.
    pub median_days_to_loss: Option<i64>,
}

/// A stage. What came in is what went on, went back, was lost and still stands there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PipelineConversionRow {
    /// Its name.
    pub stage: String,
    /// The stage.
    pub stage_id: StageId,
    /// How often a deal came to it in the period.
    pub entered: i64,
    /// How many of them went on to a later stage, or were won.
    pub went_on: i64,
    /// How many went back to an earlier stage.
    pub went_back: i64,
    /// How many were lost from here.
    pub lost: i64,
    /// How many still stand there.
    pub still_there: i64,
    /// Those that went on out of those that left, to four decimals; null when none left.
    pub conversion_rate: Option<String>,
    /// Whole days that those that left stood there, in the middle; null when none left.
    pub median_days: Option<i64>,
}

/// The operations.
pub mod op {
    use super::{PipelineConversion, PipelineConversionQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// Gives what became of the deals that came to each stage: how many went on, went back, were lost and are still there, how long they stood there, and what became of those created then.
        Get "/v1/reports/pipeline-conversion" GetPipelineConversion () Nothing => Json<PipelineConversion>, pipeline:read, query PipelineConversionQuery;
        /// What the report pipeline-conversion means: what it counts, from where, and how it rounds.
        Get "/v1/reports/pipeline-conversion/definition" DefinePipelineConversion () Nothing => Json<ReportDefinition>, pipeline:read;
    }
}
