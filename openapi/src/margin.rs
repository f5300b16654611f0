//! The margin of what was sold, by order, customer, product or whoever sold it (ORD-17, QTE-18, ACC-15, RPT-03).

use causeway_value::{AmountText, CompanyId, Currency, Day, OrderId, PartyId, Percent, ProductId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What margins are grouped by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarginBy {
    /// The order.
    Order,
    /// The customer.
    #[default]
    Customer,
    /// The product; lines without one stand together.
    Product,
    /// Who works on the order.
    Rep,
}

/// Which margins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarginQuery {
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are: customers when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<MarginBy>,
    /// The first day that counts: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day that counts: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only what carries a value of this dimension: its code. With `dimension_value`, that value only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension: Option<String>,
    /// The code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension_value: Option<String>,
    /// How many rows to pass over: what `next_offset` said, to go on; none when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u32>,
}

/// What confirmed orders leave after cost. Costs and margins are null for who may not see costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarginReport {
    /// Always `margin_report`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// What the rows are.
    pub by: MarginBy,
    /// The first day that counts.
    pub from: Day,
    /// The last day that counts.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The largest amounts first, at most 1,000 in one answer.
    pub rows: Vec<MarginRow>,
    /// How many rows there are, those included that are left out.
    pub count: i64,
    /// The `offset` of the rows that come after these; null when none are left out. As CSV it stands in the header `next-offset`.
    pub next_offset: Option<u32>,
    /// All sales, converted together: rows, each rounded by itself, may add up to some cents more or less.
    pub total: MarginSum,
}

/// An order, a customer, a product or a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarginRow {
    /// The order, when the rows are orders.
    pub order_id: Option<OrderId>,
    /// The customer, when the rows are customers.
    pub party_id: Option<PartyId>,
    /// The product, when the rows are products.
    pub product_id: Option<ProductId>,
    /// The person, when the rows are people.
    pub owner_id: Option<UserId>,
    /// Its number or name.
    pub name: Option<String>,
    /// What it comes to.
    pub sum: MarginSum,
}

/// What lines of orders come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MarginSum {
    /// How many order lines.
    pub lines: i64,
    /// What they were sold for, without tax.
    pub amount: AmountText,
    /// What of it is of lines whose cost is not known: it is in no margin.
    pub unknown_amount: AmountText,
    /// What the other lines cost; null when none is known, or masked.
    pub cost_amount: Option<AmountText>,
    /// What they leave: their amount less their cost.
    pub margin_amount: Option<AmountText>,
    /// That as a share of their amount; null for nothing.
    pub margin_percent: Option<Percent>,
}

/// The operations.
pub mod op {
    use super::{MarginQuery, MarginReport};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, endpoints};

    endpoints! {
        /// What confirmed orders leave after cost, by order, customer, product or rep.
        Get "/v1/reports/margin" GetMargin () Nothing => Json<MarginReport>, reports:read, query MarginQuery;
        /// What the report margin means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/margin/definition" DefineMargin () Nothing => Json<ReportDefinition>, reports:read;
    }
}
