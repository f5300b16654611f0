//! Write-offs: what is given up of invoices.

use crate::line::TaxAmount;
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{
    AccountId, AmountText, CompanyId, Currency, Day, FlowId, Instant, InvoiceId, JournalEntryId, PartyId, PaymentId, WriteOffId, WriteOffKind, WriteOffStatus,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A part of an invoice that is given up: a bad debt, a discount for paying early, a bank fee or a small difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WriteOff {
    /// Id.
    pub id: WriteOffId,
    /// Always `write_off`.
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
    /// The party of the invoice.
    pub party_id: PartyId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// The payment that it came with; null for one of its own.
    pub payment_id: Option<PaymentId>,
    /// Why.
    pub kind: WriteOffKind,
    /// Where it stands.
    pub status: WriteOffStatus,
    /// When it counts.
    pub date: Day,
    /// The invoice's currency.
    pub currency: Currency,
    /// How much is given up, with its tax.
    pub amount: AmountText,
    /// The tax that is corrected with it, tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// The account that bears what is not tax.
    pub account_id: AccountId,
    /// Why, in words.
    pub reason: Option<String>,
    /// Its posting in the ledger.
    pub journal_entry_id: JournalEntryId,
    /// The entry that took it back.
    pub reversal_entry_id: Option<JournalEntryId>,
}

/// Gives up what an invoice has open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffInvoice {
    /// How much: all that is open when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// What it is: `bad_debt` when not given, of a bill of a supplier `difference`. A discount for paying early comes only with a payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<WriteOffKind>,
    /// The account that bears it: the company's for this kind when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// When it counts, not before the invoice and not ahead: today, or the day of an invoice that is ahead, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// Takes a write-off back: the invoice is open again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseWriteOff {
    /// When that counts, not before the write-off and not ahead: today when not given, or its day when that is later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What the list of write-offs offers.
pub const WRITE_OFFS: ListSpec = ListSpec {
    table: "write_offs",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "write_offs_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "write_offs_party_id" },
        Filter { name: "invoice_id", kind: FilterKind::Id("inv"), index: "write_offs_invoice_id" },
        Filter { name: "payment_id", kind: FilterKind::Id("pay"), index: "write_offs_payment_id" },
        Filter { name: "kind", kind: FilterKind::Word, index: "write_offs_kind" },
        Filter { name: "status", kind: FilterKind::Word, index: "write_offs_status" },
        Filter { name: "date", kind: FilterKind::Day, index: "write_offs_date" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "write_offs_flow_id" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "write_offs_updated_at" },
    ],
    sorts: &[Sort { name: "date", index: "write_offs_date" }, Sort { name: "updated_at", index: "write_offs_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{WRITE_OFFS, WriteOff};
    use crate::write_off as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::{InvoiceId, WriteOffId};

    endpoints! {
        /// Gives up what an invoice has open.
        Post "/v1/invoices/{id}/write-off" WriteOffInvoice (InvoiceId) body::WriteOffInvoice => Created<WriteOff>, invoices:write_off, [dry_run];
        /// Lists write-offs.
        Get "/v1/write-offs" ListWriteOffs () Nothing => Page<WriteOff>, invoices:read, list WRITE_OFFS;
        /// Reads a write-off.
        Get "/v1/write-offs/{id}" GetWriteOff (WriteOffId) Nothing => Json<WriteOff>, invoices:read;
        /// Takes a write-off back.
        Post "/v1/write-offs/{id}/reverse" ReverseWriteOff (WriteOffId) body::ReverseWriteOff => Json<WriteOff>, invoices:write_off, [dry_run];
    }
}
