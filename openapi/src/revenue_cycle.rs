//! From the deals that were won to the money that came in, month by month in one currency (RPT-03, RPT-04, RPT-14).

use causeway_value::{AmountText, CompanyId, Currency, Day};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which months of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevenueCycleQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given. At most 24 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

/// What was won, booked, delivered, billed and paid in each month, and what stood at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevenueCycle {
    /// Always `revenue_cycle`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency, in which all amounts are.
    pub currency: Currency,
    /// The months, in order.
    pub rows: Vec<RevenueCycleRow>,
    /// All of them: what moved is added up, what stood is that of the first and the last day.
    pub total: RevenueCycleSum,
}

/// A month, or the part of it that the report covers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevenueCycleRow {
    /// The month `YYYY-MM`.
    pub month: String,
    /// What happened in it.
    pub sum: RevenueCycleSum,
}

/// What happened in some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevenueCycleSum {
    /// How many deals were won: as in the pipeline.
    pub won_count: i64,
    /// What they were expected to be worth.
    pub won_amount: AmountText,
    /// How many orders were confirmed: as in bookings.
    pub bookings_count: i64,
    /// What they come to now, without tax.
    pub bookings_amount: AmountText,
    /// The backlog before the first day.
    pub opening_backlog_amount: AmountText,
    /// What the same orders came to when they were confirmed: as in the movement of the backlog, like the next four.
    pub booked_amount: AmountText,
    /// What amendments changed; negative for less.
    pub amended_amount: AmountText,
    /// What was cancelled.
    pub cancelled_amount: AmountText,
    /// What became billable, less what is none any more.
    pub became_billable_amount: AmountText,
    /// What was amended or cancelled below what is billed: it is to be credited, and took nothing off the backlog.
    pub to_credit_amount: AmountText,
    /// What other rates made of the backlog; zero while all orders are in the company's currency.
    pub revalued_amount: AmountText,
    /// The backlog at the end of the last day: opening, booked, amended, to credit and revalued, less cancelled and what became billable.
    pub closing_backlog_amount: AmountText,
    /// What might be billed at the end of the last day, and was not: as in unbilled.
    pub closing_unbilled_amount: AmountText,
    /// How many invoices and credit notes: as in billings, like the next three.
    pub billings_count: i64,
    /// What they come to without tax.
    pub billings_untaxed_amount: AmountText,
    /// Their tax.
    pub billings_tax_amount: AmountText,
    /// With tax.
    pub billings_total_amount: AmountText,
    /// What customers owed before the first day.
    pub opening_receivables_amount: AmountText,
    /// How many payments: as in collections.
    pub collections_count: i64,
    /// What came in less what went out.
    pub collections_amount: AmountText,
    /// What else changed what customers owe: discounts, write-offs and exchange differences; negative for less.
    pub other_receivables_amount: AmountText,
    /// What customers owed at the end of the last day: opening, billings with tax and other changes, less collections.
    pub closing_receivables_amount: AmountText,
}

/// The operations.
pub mod op {
    use super::{RevenueCycle, RevenueCycleQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// Gives deals won, bookings, backlog, billings, receivables and collections side by side, month by month in the company's currency.
        Get "/v1/reports/revenue-cycle" GetRevenueCycle () Nothing => Json<RevenueCycle>, reports:read, query RevenueCycleQuery;
        /// What the report revenue-cycle means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/revenue-cycle/definition" DefineRevenueCycle () Nothing => Json<ReportDefinition>, reports:read;
    }
}
