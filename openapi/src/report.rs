//! Reports: trial balance, aging, and the story of one deal.

use causeway_value::{AmountText, CompanyId, Currency, Day, FlowId, Instant, PartyId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which trial balance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialBalanceQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The last day that counts: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Day>,
    /// Only what carries a value of this dimension: its code. With `dimension_value`, that value only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension: Option<String>,
    /// The code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension_value: Option<String>,
    /// Splits each account by the values of this dimension: its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub by_dimension: Option<String>,
}

/// Turnover and balance of every account since the beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialBalance {
    /// Always `trial_balance`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The last day that counts.
    pub as_of: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The accounts that moved, by code.
    pub rows: Vec<TrialBalanceRow>,
    /// The sum of debits.
    pub total_debit: AmountText,
    /// The sum of credits: the same.
    pub total_credit: AmountText,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrialBalanceRow {
    /// Its number in the chart.
    pub account_code: String,
    /// Its name.
    pub name: String,
    /// The code of the value, when split by a dimension; null for what carries none.
    pub dimension_value: Option<String>,
    /// Debit turnover.
    pub debit: AmountText,
    /// Credit turnover.
    pub credit: AmountText,
    /// Debit minus credit.
    pub balance: AmountText,
}

/// Which aging.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgingQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The day it is seen from: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Day>,
    /// Only this customer: all when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// What customers owe, by how long it is overdue, per installment. What is due on the day itself is current; unallocated credit is current and negative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Aging {
    /// Always `aging`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The day it is seen from.
    pub as_of: Day,
    /// The company's currency.
    pub currency: Currency,
    /// `current`, `1-30`, `31-60`, `61-90` and `90+` days overdue.
    pub buckets: Vec<String>,
    /// The customers that owe or have credit, by name, at most 1,000.
    pub rows: Vec<AgingRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// The sums.
    pub totals: AgingTotals,
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgingRow {
    /// The customer.
    pub party_id: PartyId,
    /// The name.
    pub name: String,
    /// What is owed, in the order of `buckets`.
    pub amounts: Vec<AmountText>,
    /// The sum.
    pub total: AmountText,
}

/// The sums over all customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgingTotals {
    /// In the order of `buckets`.
    pub amounts: Vec<AmountText>,
    /// Everything.
    pub total: AmountText,
}

/// What the aging of a day is made of, document by document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgingItems {
    /// Always `aging_items`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The day it is seen from.
    pub as_of: Day,
    /// The company's currency.
    pub currency: Currency,
    /// What was open of each document, by customer and due date, at most 1,000.
    pub rows: Vec<AgingItem>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// The sum of all rows.
    pub total: AmountText,
}

/// What was open of a document: of an invoice, of each installment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgingItem {
    /// The customer.
    pub party_id: PartyId,
    /// The name.
    pub name: String,
    /// `invoice`, `credit_note` or `payment`.
    pub document_type: String,
    /// The document: an invoice, which a credit note is, too, or a payment.
    pub document_id: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: Day,
    /// When that is due; null for credit.
    pub due_date: Option<Day>,
    /// The bucket of the aging: `current`, `1-30`, `31-60`, `61-90` or `90+` days overdue.
    pub bucket: String,
    /// What was open, in the company's currency; negative for credit.
    pub amount: AmountText,
}

/// The story of one deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Flow {
    /// Id.
    pub id: FlowId,
    /// Always `flow`.
    pub object: String,
    /// Its documents, oldest first.
    pub documents: Vec<FlowDocument>,
    /// The time between them, measured by status changes.
    pub steps: Vec<FlowStep>,
    /// What blocks it for the longest time; null when nothing blocks it.
    pub blocked_by: Option<Blocker>,
    /// Everything that it waits for now, longest first: what blocks it, and the steps that are open next. Empty when it is done with.
    pub waits_for: Vec<Blocker>,
}

/// A document of a deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowDocument {
    /// The type, such as `order`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its number; null for who may not read such documents.
    pub number: Option<String>,
    /// Where it stands.
    pub status: String,
    /// What it is worth; null for who may not read such documents.
    pub amount: Option<AmountText>,
    /// The currency of that.
    pub currency: Option<Currency>,
    /// When it was created.
    pub at: Instant,
}

/// The way from one status change to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowStep {
    /// The change before, such as `quote.sent`.
    pub from: String,
    /// The change after, such as `quote.accepted`.
    pub to: String,
    /// The time between, in seconds.
    pub waited_seconds: i64,
}

/// What a deal waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blocker {
    /// The type of the object that blocks it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Why it blocks.
    pub reason: String,
    /// Who has to act.
    pub owner_id: Option<UserId>,
    /// Since when.
    pub since: Instant,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{Aging, AgingItems, AgingQuery, Flow, TrialBalance, TrialBalanceQuery};
    use causeway_contract::{Json, Nothing, endpoints};
    use causeway_value::FlowId;

    endpoints! {
        /// Gives turnover and balance of every account.
        Get "/v1/reports/trial-balance" GetTrialBalance () Nothing => Json<TrialBalance>, ledger:read, query TrialBalanceQuery;
        /// Gives what customers owe, by how long it is overdue.
        Get "/v1/reports/aging" GetAging () Nothing => Json<Aging>, reports:read, query AgingQuery;
        /// Gives what the aging of a day is made of: what was open of each document then.
        Get "/v1/reports/aging-items" GetAgingItems () Nothing => Json<AgingItems>, reports:read, query AgingQuery;
        /// Tells the whole story of one deal.
        Get "/v1/flows/{id}" GetFlow (FlowId) Nothing => Json<Flow>, flows:read;
    }
}
