//! Payments and their allocation to invoices.

use crate::object::ExternalRef;
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{
    AllocationId, AllocationState, AmountText, AutoAllocation, CompanyId, Currency, Day, FlowId, InstallmentId, Instant, InvoiceId, JournalEntryId, OffsetKind,
    PartyId, PaymentDifference, PaymentDirection, PaymentId, PaymentMethod, PaymentOffsetId, PaymentPlan, PaymentStatus, WriteOffId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use causeway_value::AllocationInput;
pub use op::ENDPOINTS;

/// Money received or paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// Id.
    pub id: PaymentId,
    /// Always `payment`.
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
    /// Who paid, or was paid.
    pub party_id: PartyId,
    /// To us or from us.
    pub direction: PaymentDirection,
    /// How the money moved.
    pub method: PaymentMethod,
    /// The number `PAY/2026/00042`; null before posting.
    pub number: Option<String>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// How much.
    pub amount: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// When the money moved, or moves.
    pub payment_date: Day,
    /// What stood on the transfer.
    pub reference: Option<String>,
    /// What it settles when its day comes; null unless it is scheduled and planned for something. One that is a draft again keeps it, and settles what still
    /// fits of it when it is posted; the rest stays with the payer.
    pub planned: Option<PaymentPlan>,
    /// The parts that settle invoices, reversed ones included.
    pub allocations: Vec<Allocation>,
    /// The parts that were refunded, pay back or were kept as income, reversed ones included.
    pub offsets: Vec<PaymentOffset>,
    /// What settles nothing yet.
    pub unallocated_amount: AmountText,
    /// How far it is allocated.
    pub allocation_state: AllocationState,
    /// Its posting in the ledger.
    pub journal_entry_id: Option<JournalEntryId>,
    /// Why it was reversed, or why a scheduled one is a draft again: it could not be booked on its day.
    pub reason: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// The part of a payment or credit note that settles an installment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Allocation {
    /// Id.
    pub id: AllocationId,
    /// The invoice it settles.
    pub invoice_id: InvoiceId,
    /// The installment it settles.
    pub installment_id: InstallmentId,
    /// How much of the payment, in its currency.
    pub amount: AmountText,
    /// How much of the invoice that settles, in the invoice's currency.
    pub settled_amount: AmountText,
    /// The day it counts from.
    pub date: Day,
    /// Whether it was taken back.
    pub reversed: bool,
}

/// A part of a payment that is used without an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentOffset {
    /// Id.
    pub id: PaymentOffsetId,
    /// How it is used.
    pub kind: OffsetKind,
    /// How much, in the payment's currency.
    pub amount: AmountText,
    /// The payment on the other side of a refund.
    pub payment_id: Option<PaymentId>,
    /// The day it counts from.
    pub date: Day,
    /// Whether it was taken back.
    pub reversed: bool,
}

/// What settles an installment, as the list of allocations shows it: a part of a payment, of a credit note or a write-off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settlement {
    /// Id.
    pub id: AllocationId,
    /// Always `allocation`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// The company.
    pub company_id: CompanyId,
    /// Whose invoice it settles.
    pub party_id: PartyId,
    /// The payment that settles.
    pub payment_id: Option<PaymentId>,
    /// The credit note that settles.
    pub credit_note_id: Option<InvoiceId>,
    /// The write-off that settles.
    pub write_off_id: Option<WriteOffId>,
    /// The invoice it settles.
    pub invoice_id: InvoiceId,
    /// The installment it settles.
    pub installment_id: InstallmentId,
    /// The invoice's currency.
    pub currency: Currency,
    /// How much of the invoice is settled, in its currency.
    pub settled_amount: AmountText,
    /// How much of the invoice is settled, in the company's currency.
    pub company_amount: AmountText,
    /// The realised exchange difference in the company's currency: a gain is positive.
    pub exchange_difference: AmountText,
    /// The day it counts from.
    pub date: Day,
    /// Whether it was taken back.
    pub reversed: bool,
    /// The entry of the exchange difference.
    pub journal_entry_id: Option<JournalEntryId>,
}

/// A new payment, posted at once unless `status` says otherwise or its day is ahead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePayment {
    /// The company.
    pub company_id: CompanyId,
    /// Who paid, or was paid.
    pub party_id: PartyId,
    /// To us or from us.
    pub direction: PaymentDirection,
    /// How the money moved.
    pub method: PaymentMethod,
    /// How much, more than zero.
    pub amount: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// When the money moves, at most 330 days ahead: today when not given. Money of a later day is scheduled: it is booked, and settles what is then still open
    /// of what it is planned for, when its day begins where the company is. Where it needs exchange rates it waits for those of that day, and is booked as the
    /// day ends with the latest that the company takes. What cannot be booked then is a draft again, with the `reason`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_date: Option<Day>,
    /// What stood on the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// `draft` leaves it for a second person to post, and needs no other right: `posted` when not given. What is to be posted and is of a later day is
    /// `scheduled` in the answer, whatever was given: nothing of it is posted before its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<PaymentStatus>,
    /// What it settles.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub allocations: Vec<AllocationInput>,
    /// Settles these documents together, instead of `allocations`: credit notes are netted first, then what is due first, installment by installment whichever
    /// invoice it is of. In time, an invoice needs what is open less its discount; more money than that takes less of the discount, and all of it none.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub invoice_ids: Vec<InvoiceId>,
    /// Settles what the party has open in the payment's currency, instead of `allocations`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocate: Option<AutoAllocation>,
    /// What becomes of what is left open of the named documents, and of what is too much: `keep_open` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<PaymentDifference>,
    /// Whether it is recorded although another payment of this party has its direction, amount, day and reference: false when not given. Payments without a
    /// reference are never taken for the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_duplicate: Option<bool>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Pays documents, all of what is due of them now unless an amount says otherwise: what is open, less the discount of who pays on that day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterPayments {
    /// The posted documents: invoices, bills and credit notes.
    #[schema(max_items = 100)]
    pub invoice_ids: Vec<InvoiceId>,
    /// Whether one payment settles all of them, credits netted: true when not given. Otherwise each has its own payment of all that is due of it, in its
    /// own direction. What is due of an invoice is what is open, less the discount for paying it that early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grouped: Option<bool>,
    /// How much one payment of all is: what they come to together when not given. Payments that are not grouped pay each document in full whatever stands
    /// here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// What becomes of what a grouped payment leaves open, and of what is too much: `keep_open` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<PaymentDifference>,
    /// How the money moved.
    pub method: PaymentMethod,
    /// When the money moves, at most 330 days ahead: today when not given. Payments of a later day are scheduled, as when they are recorded one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_date: Option<Day>,
    /// What stood on the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// Own data of the caller on each payment: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Payments that one call made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RegisteredPayments {
    /// Always `registered_payments`.
    pub object: String,
    /// The payments, those of single documents in the order in which these were named.
    pub payments: Vec<Payment>,
}

/// Settles invoices with what is unallocated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocatePayment {
    /// What it settles.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub allocations: Vec<AllocationInput>,
    /// Settles these documents together, instead of `allocations`: credit notes are netted first, then what is due first, installment by installment whichever
    /// invoice it is of. In time, an invoice needs what is open less its discount; more money than that takes less of the discount, and all of it none.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub invoice_ids: Vec<InvoiceId>,
    /// Settles what the party has open in the payment's currency, instead of `allocations`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allocate: Option<AutoAllocation>,
    /// What becomes of what is left open of the named documents, and of what is too much: `keep_open` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<PaymentDifference>,
}

/// Pays back what is left of a credit note or of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRefund {
    /// The credit note that is paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit_note_id: Option<InvoiceId>,
    /// The payment that is paid back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// How much, in its currency: all that is left when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// How the money moves.
    pub method: PaymentMethod,
    /// When the money moved, not ahead and not before a payment that is paid back: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_date: Option<Day>,
    /// What stands on the transfer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
}

/// Takes allocations back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnallocatePayment {
    /// The allocations.
    #[schema(max_items = 500)]
    pub allocation_ids: Vec<AllocationId>,
}

/// Takes a posted payment back with all its allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReversePayment {
    /// When the money went back, not before the payment and not ahead: today when not given. A return of the last month is entered as of its day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What the list of payments offers.
pub const PAYMENTS: ListSpec = ListSpec {
    table: "payments",
    filters: &[
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "payments_party_id" },
        Filter { name: "status", kind: FilterKind::Word, index: "payments_status" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "payments_company_id" },
        Filter { name: "direction", kind: FilterKind::Word, index: "payments_direction" },
        Filter { name: "allocation_state", kind: FilterKind::Word, index: "payments_allocation_state" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "payments_flow_id" },
        Filter { name: "number", kind: FilterKind::Word, index: "payments_number" },
        Filter { name: "payment_date", kind: FilterKind::Day, index: "payments_payment_date" },
        Filter { name: "currency", kind: FilterKind::Word, index: "payments_currency_amount" },
        Filter { name: "amount", kind: FilterKind::Amount, index: "payments_currency_amount" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "payments_updated_at" },
    ],
    sorts: &[
        Sort { name: "number", index: "payments_number" },
        Sort { name: "payment_date", index: "payments_payment_date" },
        Sort { name: "updated_at", index: "payments_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// What the list of allocations offers.
pub const ALLOCATIONS: ListSpec = ListSpec {
    table: "allocations",
    filters: &[
        Filter { name: "payment_id", kind: FilterKind::Id("pay"), index: "allocations_payment_id" },
        Filter { name: "credit_note_id", kind: FilterKind::Id("inv"), index: "allocations_credit_note_id" },
        Filter { name: "write_off_id", kind: FilterKind::Id("wof"), index: "allocations_write_off_id" },
        Filter { name: "invoice_id", kind: FilterKind::Id("inv"), index: "allocations_invoice_id" },
    ],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ALLOCATIONS, PAYMENTS, Payment, RegisteredPayments, Settlement};
    use crate::payment as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::PaymentId;

    endpoints! {
        /// Lists payments. `q` finds by number, by the reference of the other side, and by party.
        Get "/v1/payments" ListPayments () Nothing => Page<Payment>, payments:read, list PAYMENTS;
        /// Records a payment, posts it and allocates it, when its day is there. Unless it stays a draft that needs `refunds:write` when it pays a customer, and `invoices:write_off` for a difference beyond the company's tolerance. An outbound payment of what scheduled ones pay in full already is refused; money that came in is recorded all the same.
        Post "/v1/payments" CreatePayment () body::CreatePayment => Created<Payment>, payments:write, [dry_run];
        /// Pays documents in full: all by one payment, or each by its own. All of them are paid, or none. The rights are those of recording, posting and allocating each.
        Post "/v1/payments/register" RegisterPayments () body::RegisterPayments => Created<RegisteredPayments>, payments:write, [dry_run];
        /// Reads a payment.
        Get "/v1/payments/{id}" GetPayment (PaymentId) Nothing => Json<Payment>, payments:read;
        /// Posts a draft payment, or schedules it when its day is ahead. One that pays a customer needs `refunds:write`, too.
        Post "/v1/payments/{id}/post" PostPayment (PaymentId) Nothing => Json<Payment>, payments:post, [dry_run];
        /// Drops a draft or scheduled payment: nothing was booked of it.
        Post "/v1/payments/{id}/cancel" CancelPayment (PaymentId) Nothing => Json<Payment>, payments:write;
        /// Settles invoices with a payment. A difference beyond the company's tolerance needs `invoices:write_off`, too.
        Post "/v1/payments/{id}/allocate" AllocatePayment (PaymentId) body::AllocatePayment => Json<Payment>, payments:allocate, [dry_run];
        /// Takes allocations back.
        Post "/v1/payments/{id}/unallocate" UnallocatePayment (PaymentId) body::UnallocatePayment => Json<Payment>, payments:allocate, [dry_run];
        /// Takes a payment back.
        Post "/v1/payments/{id}/reverse" ReversePayment (PaymentId) body::ReversePayment => Json<Payment>, payments:reverse, [dry_run];
        /// Pays back what is left of a credit note or of a payment; answers the payment that does.
        Post "/v1/refunds" CreateRefund () body::CreateRefund => Created<Payment>, refunds:write, [dry_run, step_up];
        /// Lists what payments, credit notes and write-offs settle.
        Get "/v1/allocations" ListAllocations () Nothing => Page<Settlement>, payments:read, list ALLOCATIONS;
    }
}
