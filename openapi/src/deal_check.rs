//! What is looked at before a quote or an order is handed on: what refuses the next step, and what finance would stumble over later.

use crate::invoice_check::CheckResult;
use causeway_value::{OrderId, QuoteId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// The step that a deal is looked at for: the next one of its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DealStep {
    /// A draft quote is submitted.
    Submit,
    /// The customer accepts a quote as it stands.
    Accept,
    /// An order is confirmed.
    Confirm,
}

/// What was looked at before a quote goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuoteChecks {
    /// Always `quote_checks`.
    pub object: String,
    /// The quote.
    pub quote_id: QuoteId,
    /// What it is looked at for: `submit` while it is a draft, `accept` afterwards.
    pub step: DealStep,
    /// Whether nothing failed, so that the step can be taken. Warnings do not count.
    pub ready: bool,
    /// Each check: first those that refuse the step, in the order in which it comes to them, then those that only warn.
    pub checks: Vec<DealCheck>,
}

/// What was looked at before an order is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderChecks {
    /// Always `order_checks`.
    pub object: String,
    /// The order.
    pub order_id: OrderId,
    /// Always `confirm`.
    pub step: DealStep,
    /// Whether nothing failed, so that it can be confirmed. Warnings do not count.
    pub ready: bool,
    /// Each check: first those that refuse the step, in the order in which it comes to them, then those that only warn.
    pub checks: Vec<DealCheck>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DealCheck {
    /// Which check.
    pub name: DealCheckName,
    /// How it ended.
    pub result: CheckResult,
    /// What is wrong and what to do; null when it passed.
    pub detail: Option<String>,
    /// The code of the problem with which the step is refused; null unless it failed.
    pub code: Option<String>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DealCheckName {
    /// It stands where the step is taken.
    State,
    /// It has lines that count.
    Lines,
    /// It says what its company asks for.
    Complete,
    /// Its last day has not passed.
    Valid,
    /// Its opportunity is its customer's and can be won.
    Opportunity,
    /// Nothing holds it.
    NotHeld,
    /// The party is a customer.
    Customer,
    /// The customer's credit covers it.
    Credit,
    /// Customer, price list and opportunity deal in its currency.
    Currency,
    /// Its currency has a rate to the company's.
    Rate,
    /// It names the customer's payment term.
    PaymentTerm,
    /// The party is active and has a country.
    Party,
    /// The party has an address for bills.
    PartyAddress,
    /// An organization has a tax registration.
    PartyTaxId,
    /// There is a person at the customer, who has a mail address.
    Contact,
    /// It comes to about what the opportunity expects.
    OpportunityAmount,
    /// Its days follow each other.
    Dates,
    /// Every line has a price.
    LinePrices,
    /// Every line has a tax.
    LineTaxes,
    /// The least margin of the company remains.
    Margin,
    /// The other limits of the company are kept.
    Limits,
    /// The customer is active, so that something may be agreed with it.
    CustomerActive,
    /// Every product is still sold.
    LineProducts,
    /// No other order of the customer has its reference.
    OnlyOnce,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{OrderChecks, QuoteChecks};
    use causeway_contract::{Json, Nothing, endpoints};
    use causeway_value::{OrderId, QuoteId};

    endpoints! {
        /// Checks by name what stands in the way of a quote's next step, and what finance would stumble over later.
        Get "/v1/quotes/{id}/checks" CheckQuote (QuoteId) Nothing => Json<QuoteChecks>, quotes:read;
        /// Checks by name what stands in the way of confirming an order, and what finance would stumble over later.
        Get "/v1/orders/{id}/checks" CheckOrder (OrderId) Nothing => Json<OrderChecks>, orders:read;
    }
}
