//! The ledger: balanced, immutable, hash-chained journal entries.

use crate::object::Subject;
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{AccountId, AmountText, CompanyId, Currency, Day, FlowId, Instant, JournalEntryId, PartyId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A balanced posting. It never changes; a correction is another entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalEntry {
    /// Id.
    pub id: JournalEntryId,
    /// Always `journal_entry`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to; null when it belongs to several or none.
    pub flow_id: Option<FlowId>,
    /// The company.
    pub company_id: CompanyId,
    /// The number `JE/2026/00042`.
    pub number: String,
    /// The day it counts for.
    pub date: Day,
    /// What was posted. Documents: `invoice.posted`. Money: `payment.received`, `payment.sent`, `payment.reversed`. Realised exchange differences:
    /// `payment.allocated`, `payment.unallocated`, `payment.refunded`, `payment.refund_reversed`, and of credit notes `invoice.allocated`,
    /// `invoice.unallocated`. What is kept of too much money: `payment.surplus_kept`, `payment.surplus_released`. What is given up:
    /// `write_off.posted`, `write_off.reversed`.
    pub event: String,
    /// The currency of debit and credit: the company's.
    pub currency: Currency,
    /// The document that it posts; an entry that somebody made is its own.
    pub source: Subject,
    /// The id of that document.
    pub document_id: String,
    /// What somebody wrote on an entry of their own.
    pub description: Option<String>,
    /// The entry that it reverses.
    pub reversal_of_id: Option<JournalEntryId>,
    /// The entry that reverses it.
    pub reversed_by_id: Option<JournalEntryId>,
    /// The lines; debit and credit add up to the same.
    pub lines: Vec<JournalLine>,
    /// The hash of this entry and the one before it, in hexadecimal.
    pub hash: String,
    /// The hash of the company's entry before; null for the first.
    pub previous_hash: Option<String>,
}

/// A line of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JournalLine {
    /// The account.
    pub account_id: AccountId,
    /// Its number in the chart.
    pub account_code: String,
    /// Whose account it is, for receivables and payables.
    pub party_id: Option<PartyId>,
    /// Debit in the company's currency.
    pub debit: AmountText,
    /// Credit in the company's currency.
    pub credit: AmountText,
    /// Debit minus credit in the document's currency.
    pub amount_currency: AmountText,
    /// The document's currency.
    pub currency: Currency,
    /// When the installment is due that it stands for.
    pub due_date: Option<Day>,
    /// What it is looked at by: the code of a value by that of its dimension.
    pub dimensions: BTreeMap<String, String>,
}

/// An entry of somebody's own. Debits and credits must be the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateJournalEntry {
    /// The company.
    pub company_id: CompanyId,
    /// The day it counts for: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// What it is for.
    #[schema(max_length = 2_000)]
    pub description: String,
    /// Its lines, in the company's currency.
    #[schema(max_items = 500)]
    pub lines: Vec<JournalLineInput>,
}

/// A line of an entry as given: one side.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalLineInput {
    /// The account; no control account, which only documents post to.
    pub account_id: AccountId,
    /// Whom it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Debit; 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debit: Option<AmountText>,
    /// Credit; 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<AmountText>,
    /// What it is looked at by: the code of a value by that of its dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// Takes an entry of somebody's own back by its mirror.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseJournalEntry {
    /// The day the mirror counts for: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What a line of an entry has.
const fn in_lines(prefix: &'static str, column: &'static str) -> FilterKind {
    FilterKind::Within { prefix, table: "journal_lines", column, parent: "entry_id" }
}

/// What the list of journal entries offers.
pub const JOURNAL_ENTRIES: ListSpec = ListSpec {
    table: "journal_entries",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "journal_entries_company_id" },
        Filter { name: "date", kind: FilterKind::Day, index: "journal_entries_date" },
        Filter { name: "number", kind: FilterKind::Word, index: "journal_entries_number" },
        Filter { name: "event", kind: FilterKind::Word, index: "journal_entries_event" },
        Filter { name: "document_id", kind: FilterKind::AnyId, index: "journal_entries_document_id" },
        Filter { name: "account_id", kind: in_lines("acc", "account_id"), index: "journal_lines_account_id" },
        Filter { name: "party_id", kind: in_lines("pty", "party_id"), index: "journal_lines_party_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "journal_entries_flow_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "journal_entries_updated_at" },
    ],
    sorts: &[
        Sort { name: "date", index: "journal_entries_date" },
        Sort { name: "number", index: "journal_entries_number" },
        Sort { name: "updated_at", index: "journal_entries_updated_at" },
    ],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{JOURNAL_ENTRIES, JournalEntry};
    use crate::ledger as body;
    use crate::object::Verification;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::JournalEntryId;

    endpoints! {
        /// Lists journal entries.
        Get "/v1/journal-entries" ListJournalEntries () Nothing => Page<JournalEntry>, ledger:read, list JOURNAL_ENTRIES;
        /// Reads a journal entry.
        Get "/v1/journal-entries/{id}" GetJournalEntry (JournalEntryId) Nothing => Json<JournalEntry>, ledger:read;
        /// Posts an entry of one's own, balanced.
        Post "/v1/journal-entries" CreateJournalEntry () body::CreateJournalEntry => Created<JournalEntry>, ledger:write, [dry_run];
        /// Takes an entry of one's own back; those of documents go back with their documents. Answers the mirror.
        Post "/v1/journal-entries/{id}/reverse" ReverseJournalEntry (JournalEntryId) body::ReverseJournalEntry => Created<JournalEntry>, ledger:write, [dry_run];
        /// Verifies balances, hash chains and sub-ledgers of every company.
        Get "/v1/ledger/verify" VerifyLedger () Nothing => Json<Verification>, ledger:read;
    }
}
