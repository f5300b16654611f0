//! What became of the quotes that were sent (ORD-15).

use causeway_value::{AmountText, CompanyId, Currency, Day, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What the quotes are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuoteConversionBy {
    /// The month in which they were sent.
    #[default]
    Month,
    /// Who works on them.
    Owner,
}

/// Which quotes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteConversionQuery {
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are: months when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<QuoteConversionBy>,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given. At most 120 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

/// What became of the quotes that were sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteConversion {
    /// Always `quote_conversion`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are.
    pub by: QuoteConversionBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The months in order, those without a quote too; or those who work on quotes, the most quotes first, at most 1,000.
    pub rows: Vec<QuoteConversionRow>,
    /// All quotes of the period.
    pub total: QuoteConversionSum,
}

/// The quotes of a month or of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteConversionRow {
    /// The month `YYYY-MM`, when the rows are months.
    pub month: Option<String>,
    /// Who works on them, when the rows are people; null for the quotes of nobody.
    pub owner_id: Option<UserId>,
    /// The name of that person.
    pub name: Option<String>,
    /// What became of them.
    pub sum: QuoteConversionSum,
}

/// What became of quotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteConversionSum {
    /// How many quotes were sent.
    pub sent_count: i64,
    /// What they come to without tax.
    pub sent_amount: AmountText,
    /// How many quotes the customer has not answered yet.
    pub open_count: i64,
    /// What they come to without tax.
    pub open_amount: AmountText,
    /// How many quotes the customer accepted.
    pub accepted_count: i64,
    /// What they come to without tax.
    pub accepted_amount: AmountText,
    /// How many quotes the customer declined.
    pub declined_count: i64,
    /// What they come to without tax.
    pub declined_amount: AmountText,
    /// How many quotes expired without an answer.
    pub expired_count: i64,
    /// What they come to without tax.
    pub expired_amount: AmountText,
    /// How many quotes became an order that was confirmed.
    pub ordered_count: i64,
    /// What they come to without tax.
    pub ordered_amount: AmountText,
    /// Ordered quotes out of all that were sent, to four decimals; null without one.
    pub conversion_rate: Option<String>,
}

/// The operations.
pub mod op {
    use super::{QuoteConversion, QuoteConversionQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// Gives what became of the quotes that were sent: accepted, declined, expired, ordered, by number and value.
        Get "/v1/reports/quote-conversion" GetQuoteConversion () Nothing => Json<QuoteConversion>, reports:read, query QuoteConversionQuery;
        /// What the report quote-conversion means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/quote-conversion/definition" DefineQuoteConversion () Nothing => Json<ReportDefinition>, reports:read;
    }
}
