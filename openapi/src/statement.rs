//! Statements of account: what a customer was billed, paid and owes.

use causeway_value::{AmountText, CompanyId, Currency, Day, PartyId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// The company: all that the caller may see when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The first day: the beginning when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
}

/// What a customer was billed and paid, by company and currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    /// Always `statement`.
    pub object: String,
    /// The customer.
    pub party_id: PartyId,
    /// The first day; null for the beginning.
    pub from: Option<Day>,
    /// The last day.
    pub to: Day,
    /// One section for each company and currency.
    pub sections: Vec<StatementSection>,
}

/// What moved in one currency of one company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementSection {
    /// The company.
    pub company_id: CompanyId,
    /// The currency of the documents. What was paid in another one stands in that one's section until it settles an invoice here: then it moves over.
    pub currency: Currency,
    /// What the customer owed before the first day; negative when we owed.
    pub opening_balance: AmountText,
    /// What moved, in the order of days, of one day invoices first, then credit notes, then the rest as it was made: 1,000 lines at most, the last ones left out.
    pub lines: Vec<StatementLine>,
    /// Whether lines are left out; the closing balance counts them.
    pub has_more: bool,
    /// What the customer owes at the end of the last day.
    pub closing_balance: AmountText,
}

/// A document of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatementLine {
    /// The day it counts for.
    pub date: Day,
    /// `invoice`, `credit_note`, `payment`, `payment_reversal`, `write_off`, `write_off_reversal`, `surplus` or `surplus_reversal`; `settlement` and
    /// `settlement_reversal` for what was paid in one currency and settled in another: it stands in the sections of both.
    pub kind: String,
    /// The document; of a settlement, the one of the other currency.
    pub document_id: String,
    /// Its number; a write-off has that of its invoice.
    pub number: Option<String>,
    /// What the customer owes more for it; negative for less.
    pub amount: AmountText,
    /// What the customer owes after it.
    pub balance: AmountText,
}

/// The operations.
pub mod op {
    use super::{Statement, StatementQuery};
    use causeway_contract::{Json, Nothing, endpoints};
    use causeway_value::PartyId;

    endpoints! {
        /// Gives the statement of account of a customer: opening balance, documents and payments, closing balance.
        Get "/v1/parties/{id}/statement" GetStatement (PartyId) Nothing => Json<Statement>, reports:read, query StatementQuery;
    }
}
