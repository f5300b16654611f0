//! What is looked at before an invoice or credit note is posted.

use causeway_value::{Day, InvoiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// On which day it would be posted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceChecksQuery {
    /// The date it would have: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_date: Option<Day>,
}

/// What was looked at before an invoice or credit note is posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceChecks {
    /// Always `invoice_checks`.
    pub object: String,
    /// The invoice or credit note.
    pub invoice_id: InvoiceId,
    /// The date it would have.
    pub invoice_date: Day,
    /// Whether nothing failed, so that it can be posted. Warnings do not count.
    pub ready: bool,
    /// Each check, in the order in which they are made.
    pub checks: Vec<InvoiceCheck>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceCheck {
    /// Which check.
    pub name: InvoiceCheckName,
    /// How it ended.
    pub result: CheckResult,
    /// What is wrong and what to do; null when it passed.
    pub detail: Option<String>,
    /// The code of the problem with which posting is refused; null unless it failed.
    pub code: Option<String>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Nothing is wrong.
    Passed,
    /// It can be posted, and somebody should have a look.
    Warning,
    /// It cannot be posted like this.
    Failed,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceCheckName {
    /// It is a draft.
    Draft,
    /// It says what its company asks for.
    Complete,
    /// The external engine that computes its taxes has handed them over.
    TaxesComputed,
    /// Of a credit note, its date is not before its invoice's.
    NotBeforeInvoice,
    /// Of a credit note, its invoice still has what it takes back.
    Remaining,
    /// Nothing that it bills is held.
    NotHeld,
    /// Its lines are what its billables say: quantity, price, discount and taxes.
    AsBilled,
    /// Of a down payment, it is within what is neither billed of its order nor paid in advance.
    WithinOrder,
    /// No other posted document of the same supplier has its reference.
    OnlyOnce,
    /// Its currency has a rate on the day.
    Rate,
    /// Who made a credit note beyond the limit does not post it.
    SecondPerson,
    /// The company has the accounts it is posted to.
    Accounts,
    /// Its date is not before the last number of its series. A warning for one that is ahead of today: until then no earlier date has a number.
    NumberOrder,
    /// The books are open on its date.
    PeriodOpen,
    /// Its date is not before what it bills was delivered, done or ordered.
    NotBeforeBillables,
    /// Every line has a tax.
    LineTaxes,
    /// It deducts the down payments of its orders: none is a draft still, or was posted after it was made.
    DownPayments,
    /// It is due as its order agreed.
    Terms,
    /// The party has an address for bills.
    PartyAddress,
    /// A party abroad that is charged no tax has a tax registration.
    PartyTaxId,
}

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{InvoiceChecks, InvoiceChecksQuery};
    use causeway_contract::{Json, Nothing, endpoints};
    use causeway_value::InvoiceId;

    endpoints! {
        /// Checks by name whether an invoice or credit note can be posted, and what to do where it cannot. Posting refuses what fails, all of it at once.
        Get "/v1/invoices/{id}/checks" CheckInvoice (InvoiceId) Nothing => Json<InvoiceChecks>, invoices:read, query InvoiceChecksQuery;
    }
}
