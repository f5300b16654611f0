//! Measures of the flow from order to cash: bookings, billings, backlog, unbilled work, collections and cycle times, and what each of them means.

use causeway_value::{AmountText, CompanyId, Currency, Day, OrderId, PartyId, ProductId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which months of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeriodQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given. At most 120 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

/// What bookings and billings are split by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SalesBy {
    /// The month.
    #[default]
    Month,
    /// The customer.
    Customer,
    /// The product that the lines name; lines without one stand together.
    Product,
    /// Who works on the order.
    Rep,
}

/// Which sales of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesQuery {
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are: months when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<SalesBy>,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given. At most 120 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// What collections are split by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CollectionsBy {
    /// The month.
    #[default]
    Month,
    /// The customer.
    Customer,
    /// Who works on the orders whose invoices were paid.
    Rep,
}

/// Which payments of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectionsQuery {
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are: months when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<CollectionsBy>,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given. At most 120 months after `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// Which day of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AsOfQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The last day that counts: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Day>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// What was ordered, by month of confirmation, customer, product or whoever works on the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bookings {
    /// Always `bookings`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are.
    pub by: SalesBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The months, in order, those without any included; else the largest amounts first, at most 1,000.
    pub rows: Vec<BookingsRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// All of them.
    pub total: BookingsTotal,
}

/// The orders of a month, a customer, a product or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookingsRow {
    /// The month `YYYY-MM`, when the rows are months.
    pub month: Option<String>,
    /// The customer, when the rows are customers.
    pub party_id: Option<PartyId>,
    /// The product, when the rows are products.
    pub product_id: Option<ProductId>,
    /// The person, when the rows are people.
    pub owner_id: Option<UserId>,
    /// What the customer, product or person is called.
    pub name: Option<String>,
    /// How many orders; one with several products counts with each of them.
    pub count: i64,
    /// What they come to without tax; with a product, its lines.
    pub amount: AmountText,
}

/// All orders, whatever the rows are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BookingsTotal {
    /// How many orders.
    pub count: i64,
    /// What they come to without tax.
    pub amount: AmountText,
}

/// What was invoiced less what was credited, by month of the document, customer, product or whoever works on the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Billings {
    /// Always `billings`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are.
    pub by: SalesBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The months, in order, those without any included; else the largest amounts first, at most 1,000.
    pub rows: Vec<BillingsRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// All of them.
    pub total: BillingsTotal,
}

/// The invoices and credit notes of a month, a customer, a product or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingsRow {
    /// The month `YYYY-MM`, when the rows are months.
    pub month: Option<String>,
    /// The customer, when the rows are customers.
    pub party_id: Option<PartyId>,
    /// The product, when the rows are products.
    pub product_id: Option<ProductId>,
    /// The person, when the rows are people.
    pub owner_id: Option<UserId>,
    /// What the customer, product or person is called.
    pub name: Option<String>,
    /// How many documents; one with several products or people counts with each of them.
    pub count: i64,
    /// Without tax; credit notes are negative.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// With tax.
    pub total_amount: AmountText,
}

/// All invoices and credit notes, whatever the rows are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingsTotal {
    /// How many documents.
    pub count: i64,
    /// Without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// With tax.
    pub total_amount: AmountText,
}

/// What customers paid less what was paid back, by month of the payment, customer or whoever works on the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Collections {
    /// Always `collections`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are.
    pub by: CollectionsBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The months, in order, those without any included; else the largest amounts first, at most 1,000.
    pub rows: Vec<CollectionsRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// All of them.
    pub total: CollectionsTotal,
}

/// The payments of a month, a customer or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollectionsRow {
    /// The month `YYYY-MM`, when the rows are months.
    pub month: Option<String>,
    /// The customer, when the rows are customers.
    pub party_id: Option<PartyId>,
    /// The person, when the rows are people.
    pub owner_id: Option<UserId>,
    /// What the customer or person is called.
    pub name: Option<String>,
    /// How many entries: payments, refunds, and payments taken back.
    pub count: i64,
    /// What came in less what went out.
    pub amount: AmountText,
}

/// All payments, whatever the rows are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CollectionsTotal {
    /// How many entries.
    pub count: i64,
    /// What came in less what went out.
    pub amount: AmountText,
}

/// What is ordered and not yet billable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Backlog {
    /// Always `backlog`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The last day that counts.
    pub as_of: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The customers with a backlog, the largest first, at most 1,000.
    pub rows: Vec<BacklogRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// Of all customers.
    pub total: AmountText,
}

/// What one customer ordered and what is not yet billable of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacklogRow {
    /// The customer.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// How many order lines.
    pub lines: i64,
    /// Without tax.
    pub amount: AmountText,
}

/// Which days of which company.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MovementQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000)]
    pub offset: Option<u32>,
}

/// How the backlog of one day became that of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacklogMovement {
    /// Always `backlog_movement`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// By currency and customer, at most 1,000.
    pub rows: Vec<BacklogMovementRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// Of all customers, by currency.
    pub totals: Vec<BacklogMovementTotal>,
}

/// How the backlog of one customer moved, without tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacklogMovementRow {
    /// The customer.
    pub party_id: PartyId,
    /// Its name.
    pub name: String,
    /// The currency of the orders.
    pub currency: Currency,
    /// The backlog at the end of the day before `from`.
    pub opening_amount: AmountText,
    /// What was confirmed.
    pub booked_amount: AmountText,
    /// What amendments changed; negative for less.
    pub amended_amount: AmountText,
    /// What was cancelled: the rest of orders, or all of them.
    pub cancelled_amount: AmountText,
    /// What became billable, less what is none any more: what was taken off, taken back, or is billed again.
    pub billed_amount: AmountText,
    /// What was amended or cancelled below what is billed: it is to be credited, and took nothing off the backlog.
    pub to_credit_amount: AmountText,
    /// The backlog at the end of `to`: opening, booked, amended and to credit, less cancelled and billed.
    pub closing_amount: AmountText,
}

/// How the backlog of all customers moved, without tax.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BacklogMovementTotal {
    /// The currency of the orders.
    pub currency: Currency,
    /// The backlog at the end of the day before `from`.
    pub opening_amount: AmountText,
    /// What was confirmed.
    pub booked_amount: AmountText,
    /// What amendments changed; negative for less.
    pub amended_amount: AmountText,
    /// What was cancelled: the rest of orders, or all of them.
    pub cancelled_amount: AmountText,
    /// What became billable, less what is none any more: what was taken off, taken back, or is billed again.
    pub billed_amount: AmountText,
    /// What was amended or cancelled below what is billed: it is to be credited, and took nothing off the backlog.
    pub to_credit_amount: AmountText,
    /// The backlog at the end of `to`: opening, booked, amended and to credit, less cancelled and billed.
    pub closing_amount: AmountText,
}

/// What may be billed and is not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Unbilled {
    /// Always `unbilled`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The last day that counts.
    pub as_of: Day,
    /// The company's currency.
    pub currency: Currency,
    /// By customer and order, the oldest first, at most 1,000.
    pub rows: Vec<UnbilledRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// Of all.
    pub total: AmountText,
}

/// What may be billed of one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnbilledRow {
    /// The customer.
    pub party_id: PartyId,
    /// The order; null for what has none.
    pub order_id: Option<OrderId>,
    /// Without tax.
    pub amount: AmountText,
    /// What of it is held now.
    pub held_amount: AmountText,
    /// Since when the oldest part may be billed.
    pub since: Day,
}

/// How long the steps of deals take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CycleTimes {
    /// Always `cycle_times`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The measures: `deal_cycle`, `quote_turnaround`, `quote_to_order`, `order_cycle`, `billing_cycle`, `days_to_cash`.
    pub rows: Vec<CycleTime>,
}

/// How long one step took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CycleTime {
    /// Which.
    pub measure: String,
    /// The change that it is measured from.
    pub from_event: String,
    /// The change that it is measured to.
    pub to_event: String,
    /// How many deals or documents have both.
    pub count: i64,
    /// The mean in whole seconds; null without a document.
    pub average_seconds: Option<i64>,
    /// Half of them took no longer than this; null without a document.
    pub median_seconds: Option<i64>,
    /// The slowest; null without a document.
    pub longest_seconds: Option<i64>,
}

/// What a report means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportDefinition {
    /// Always `report_definition`.
    pub object: String,
    /// The report, as in its path.
    pub name: String,
    /// What it answers, in one sentence.
    pub meaning: String,
    /// What is counted, and what is not.
    pub counts: String,
    /// What it reads.
    pub source: String,
    /// How amounts in other currencies become the company's, and where it rounds.
    pub conversion: String,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{
        AsOfQuery, Backlog, BacklogMovement, Billings, Bookings, Collections, CollectionsQuery, CycleTimes, MovementQuery, PeriodQuery, ReportDefinition,
        SalesQuery, Unbilled,
    };
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// What was ordered, by month of confirmation, customer, product or rep, without tax.
        Get "/v1/reports/bookings" GetBookings () Nothing => Json<Bookings>, reports:read, query SalesQuery;
        /// What was invoiced less what was credited, by month, customer, product or rep.
        Get "/v1/reports/billings" GetBillings () Nothing => Json<Billings>, reports:read, query SalesQuery;
        /// What customers paid less what was paid back, by month, customer or rep.
        Get "/v1/reports/collections" GetCollections () Nothing => Json<Collections>, reports:read, query CollectionsQuery;
        /// What is ordered and not yet billable, by customer, as of a day.
        Get "/v1/reports/backlog" GetBacklog () Nothing => Json<Backlog>, fulfilment:read, query AsOfQuery;
        /// How the backlog of one day became that of another: opening, booked, amended, cancelled, billed and closing, by customer.
        Get "/v1/reports/backlog-movement" GetBacklogMovement () Nothing => Json<BacklogMovement>, fulfilment:read, query MovementQuery;
        /// What may be billed and is not, by order, as of a day.
        Get "/v1/reports/unbilled" GetUnbilled () Nothing => Json<Unbilled>, fulfilment:read, query AsOfQuery;
        /// How long quotes, orders, billing and collecting take.
        Get "/v1/reports/cycle-times" GetCycleTimes () Nothing => Json<CycleTimes>, fulfilment:read, query PeriodQuery;
        /// What the report trial-balance means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/trial-balance/definition" DefineTrialBalance () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report aging means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/aging/definition" DefineAging () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report aging-items means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/aging-items/definition" DefineAgingItems () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report bookings means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/bookings/definition" DefineBookings () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report billings means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/billings/definition" DefineBillings () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report collections means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/collections/definition" DefineCollections () Nothing => Json<ReportDefinition>, reports:read;
        /// What the report backlog means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/backlog/definition" DefineBacklog () Nothing => Json<ReportDefinition>, fulfilment:read;
        /// What the report backlog-movement means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/backlog-movement/definition" DefineBacklogMovement () Nothing => Json<ReportDefinition>, fulfilment:read;
        /// What the report unbilled means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/unbilled/definition" DefineUnbilled () Nothing => Json<ReportDefinition>, fulfilment:read;
        /// What the report cycle-times means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/cycle-times/definition" DefineCycleTimes () Nothing => Json<ReportDefinition>, fulfilment:read;
    }
}
