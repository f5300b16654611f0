//! The general ledger: every account with its opening balance, its postings and its closing balance (ACC-01, ACC-10, RPT-03).

use causeway_value::{AccountId, AmountText, CompanyId, Currency, Day, JournalEntryId, PartyId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Which part of which ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneralLedgerQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The first day of the postings: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day of the postings: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Only what concerns this customer or supplier, opening balances included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Only what carries a value of this dimension: its code. With `dimension_value`, that value only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension: Option<String>,
    /// The code of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, pattern = "^[a-z0-9][a-z0-9_-]*$")]
    pub dimension_value: Option<String>,
}

/// Which postings, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LedgerPostingsQuery {
    /// The company.
    pub company_id: CompanyId,
    /// The first day of the postings: the first day of the month eleven months before `to` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day of the postings: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// Only this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// Only what concerns this customer or supplier, balances included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Postings of a page: 1 to 200, 50 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
    /// Where the page starts: `next_cursor` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1_000)]
    pub cursor: Option<String>,
}

/// The accounts of a company with what stood on them, what was posted, and what stands on them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneralLedger {
    /// Always `general_ledger`.
    pub object: String,
    /// The company.
    pub company_id: CompanyId,
    /// The first day of the postings.
    pub from: Day,
    /// The last day of the postings.
    pub to: Day,
    /// The company's currency.
    pub currency: Currency,
    /// The accounts that moved in the period or had a balance before it, by code. Their postings are at `/v1/reports/general-ledger/postings`.
    pub rows: Vec<GeneralLedgerAccount>,
    /// All debits of the period.
    pub total_debit: AmountText,
    /// All credits of the period; the same, unless an account or a party is asked for.
    pub total_credit: AmountText,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GeneralLedgerAccount {
    /// The account.
    pub account_id: AccountId,
    /// Its number in the chart.
    pub account_code: String,
    /// Its name.
    pub name: String,
    /// Debit less credit before the first day.
    pub opening_balance: AmountText,
    /// Debits of the period.
    pub debit: AmountText,
    /// Credits of the period.
    pub credit: AmountText,
    /// Debit less credit at the end of the last day.
    pub closing_balance: AmountText,
    /// How many postings the period has.
    pub postings: i64,
}

/// A line of a journal entry, as it stands on its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LedgerPosting {
    /// The account.
    pub account_id: AccountId,
    /// Its number in the chart.
    pub account_code: String,
    /// The day it counts for.
    pub date: Day,
    /// The entry.
    pub journal_entry_id: JournalEntryId,
    /// Its number.
    pub number: String,
    /// The line of the entry, from 1.
    pub line: i64,
    /// What was posted, such as `invoice.posted`.
    pub event: String,
    /// The document that the entry posts.
    pub document_id: String,
    /// What somebody wrote on an entry of their own.
    pub description: Option<String>,
    /// Whom it concerns.
    pub party_id: Option<PartyId>,
    /// Debit in the company's currency.
    pub debit: AmountText,
    /// Credit in the company's currency.
    pub credit: AmountText,
    /// Debit less credit of the account after it, from the beginning on.
    pub balance: AmountText,
    /// The document's currency.
    pub currency: Currency,
    /// Debit less credit in the document's currency.
    pub amount_currency: AmountText,
    /// When the installment is due that it stands for.
    pub due_date: Option<Day>,
}

/// The operations.
pub mod op {
    use super::{GeneralLedger, GeneralLedgerQuery, LedgerPosting, LedgerPostingsQuery};
    use crate::measure::ReportDefinition;
    use causeway_contract::{Json, Nothing, Page, endpoints};

    endpoints! {
        /// Gives every account with its opening balance, its turnover and its closing balance.
        Get "/v1/reports/general-ledger" GetGeneralLedger () Nothing => Json<GeneralLedger>, ledger:read, query GeneralLedgerQuery;
        /// Gives the postings, account after account and day after day, each with the balance of its account after it.
        Get "/v1/reports/general-ledger/postings" ListLedgerPostings () Nothing => Page<LedgerPosting>, ledger:read, query LedgerPostingsQuery;
        /// What the report general-ledger means: what it counts, from where, and how it converts and rounds.
        Get "/v1/reports/general-ledger/definition" DefineGeneralLedger () Nothing => Json<ReportDefinition>, reports:read;
    }
}
