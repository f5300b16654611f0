//! Invoices and credit notes.

use crate::invoice_tax::TaxDetail;
use crate::line::TaxAmount;
use crate::object::{ExternalRef, MetadataPatch};
use crate::payment::AllocationInput;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AccountId, AllocationId, AmountText, BillableId, CashRounding, CompanyId, Currency, Day, Direction, DiscountPosting, DiscountTaxMode, FlowId,
    InstallmentId, Instant, InvoiceId, InvoiceKind, InvoiceLineId, InvoiceStatus, JournalEntryId, OrderId, OrderLineId, PartyId, PaymentState, PaymentTermId,
    Percent, Price, ProductId, Quantity, TaxId, TaxRounding, TaxStatus,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use strum::{EnumIter, EnumMessage};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// An invoice or a credit note. Once posted it never changes; its payment state is derived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invoice {
    /// Id.
    pub id: InvoiceId,
    /// Always `invoice`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to; null when it belongs to several or none.
    pub flow_id: Option<FlowId>,
    /// The company that bills, or is billed.
    pub company_id: CompanyId,
    /// The customer, or the supplier.
    pub party_id: PartyId,
    /// The order, when all of it comes from one.
    pub order_id: Option<OrderId>,
    /// Whether we bill or are billed.
    pub direction: Direction,
    /// An invoice or a credit note.
    pub kind: InvoiceKind,
    /// The number `INV/2026/00042`; null before posting.
    pub number: Option<String>,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// How far it is settled; null before posting.
    pub payment_state: Option<PaymentState>,
    /// Its date; null before posting.
    pub invoice_date: Option<Day>,
    /// When the last installment is due; null before posting.
    pub due_date: Option<Day>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When it is due.
    pub payment_term_id: Option<PaymentTermId>,
    /// Where its tax is rounded: as the order that it bills was priced, else as its company had it when it was made. So are its step and its discounts.
    pub tax_rounding: TaxRounding,
    /// The step to which its taxes are rounded: the smallest unit when null.
    pub tax_step: Option<AmountText>,
    /// How its discounts are booked.
    pub discount_posting: DiscountPosting,
    /// How what is to be paid is rounded, as its company had it when it was made: not at all when null.
    pub cash_rounding: Option<CashRounding>,
    /// The other side's reference.
    pub reference: Option<String>,
    /// What the other side reads below the lines.
    pub notes: Option<String>,
    /// The sum of the lines without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// What rounding adds to lines and taxes, or takes off.
    pub rounding_amount: AmountText,
    /// What rounding to coins made of it, beside lines and taxes or in a tax.
    pub coin_difference: AmountText,
    /// What is to be paid: untaxed amount, tax and rounding.
    pub total_amount: AmountText,
    /// What of that is not settled; for a draft the total.
    pub open_amount: AmountText,
    /// What of a down payment no invoice has deducted, tax included, drafts of invoices counted; null for what is no down payment.
    pub undeducted_amount: Option<AmountText>,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// How far an external engine has taxed it; null when its taxes are those of its lines.
    pub tax_status: Option<TaxStatus>,
    /// What the engine calls the taxes that it handed over; null before, and for a credit note that takes those of its invoice.
    pub tax_reference: Option<String>,
    /// The lines.
    pub lines: Vec<InvoiceLine>,
    /// The discount for paying early; null without one.
    pub early_discount: Option<EarlyPayment>,
    /// What of it was given up as bad debt.
    pub written_off_amount: AmountText,
    /// Whether the due date of an installment that is open has passed.
    pub overdue: bool,
    /// When it was sent to the other side; null before.
    pub sent_at: Option<Instant>,
    /// Whether the other side disputes it.
    pub disputed: bool,
    /// What the other side says is wrong, as long as it does.
    pub dispute: Option<String>,
    /// The parts with their due dates; empty before posting.
    pub installments: Vec<Installment>,
    /// The invoice that this credit note credits.
    pub credited_invoice_id: Option<InvoiceId>,
    /// Why it was credited.
    pub reason: Option<String>,
    /// Whether what this credit note credits of orders is billed again from its posting on.
    pub rebill: bool,
    /// Its posting in the ledger.
    pub journal_entry_id: Option<JournalEntryId>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// What paying an invoice early saves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EarlyPayment {
    /// The share of the price.
    pub percent: Percent,
    /// Days after the invoice date within which it is granted.
    pub days: u32,
    /// What happens to the tax.
    pub tax_mode: DiscountTaxMode,
    /// The last day on which it is granted; null before posting.
    pub until: Option<Day>,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceLine {
    /// Id.
    pub id: InvoiceLineId,
    /// The billable it bills; null for a free line.
    pub billable_id: Option<BillableId>,
    /// The order line.
    pub order_line_id: Option<OrderLineId>,
    /// The line that this line of a credit note credits.
    pub credited_line_id: Option<InvoiceLineId>,
    /// The line of a down payment that this line deducts.
    pub deducted_line_id: Option<InvoiceLineId>,
    /// What was sold.
    pub product_id: Option<ProductId>,
    /// The text on the document.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of one price base quantity, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// The discount.
    pub discount_percent: Percent,
    /// What of it was taken off the total with tax: the discount of a document whose discounts are.
    pub total_discount_percent: Percent,
    /// What of the discounts is booked by itself: revenue is the net amount and this.
    pub discount_amount: AmountText,
    /// The taxes that it is sold with. An external engine may charge others: see `taxes`.
    pub tax_ids: Vec<TaxId>,
    /// Without tax, after discounts. Parts of an order line come to its amount together: each is what all parts so far come to, less those before, and may be
    /// the smallest amount apart from quantity times price.
    pub net_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// What an external engine says of them besides their amounts.
    pub tax_details: Vec<TaxDetail>,
    /// How much of it posted credit notes took back.
    pub credited_quantity: Quantity,
    /// The account it is posted to.
    pub account_id: AccountId,
    /// What it is looked at by: the code of a value by that of its dimension.
    pub dimensions: BTreeMap<String, String>,
}

/// A part of an invoice with its own due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Installment {
    /// Id.
    pub id: InstallmentId,
    /// When it is due.
    pub due_date: Day,
    /// How much.
    pub amount: AmountText,
    /// What of that is not settled.
    pub open_amount: AmountText,
}

/// What makes a separate invoice when a party's ready billables are invoiced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, EnumIter, EnumMessage, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceGroup {
    /// Each order.
    Order,
    /// Nothing: one invoice for the party, as far as its orders agree on the payment term and on how they round.
    Party,
    /// Each deal.
    Flow,
}

/// A new draft: from `billable_ids`, from the ready billables of an `order_id` or a `party_id`, from free `lines`, or from lines beside one of the others.
/// What is billable from a later day on is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateInvoice {
    /// The company that bills; required when neither billables nor an order tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_id: Option<CompanyId>,
    /// The customer, or the supplier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// Invoices the ready billables of this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// Invoices these billables, all of one company, party and currency, and none before its `billable_date`: what waits of the order or the party when not
    /// given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 500)]
    pub billable_ids: Vec<BillableId>,
    /// What makes a separate invoice when a party is invoiced: `party` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvoiceGroup>,
    /// Whether we bill or are billed: `sale` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// The currency of free lines: the party's, else the company's, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When it is due: as the order says, at once where it names no term; of what belongs to no order the party's, when not given. Required where orders with
    /// different ones are billed together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The other side's reference: that of the orders, when all that is billed is of orders with the same one, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// What the other side reads below the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub notes: Option<String>,
    /// Free lines: only what is billable when not given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<InvoiceLineInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateInvoice {
    /// When it is due.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The other side's reference.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub reference: Patch<String>,
    /// What the other side reads below the lines.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub notes: Patch<String>,
    /// The lines that stay. What they bill less than before waits for the next invoice, and so does what was billed by lines that are left out. What is
    /// deducted of down payments follows.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<KeptLine>, max_items = 500)]
    pub lines: Patch<Vec<KeptLine>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// A line of a draft that stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeptLine {
    /// The line.
    pub id: InvoiceLineId,
    /// How much of it: as before when not given. Of what is billable at most what is left to bill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// What it is looked at by from now on, all of it: as before when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<BTreeMap<String, String>>,
}

/// A free line of an invoice as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceLineInput {
    /// What was sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The text on the document: the product's when not given; required without a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How much.
    pub quantity: Quantity,
    /// The price of one unit, before discounts.
    pub unit_price: Price,
    /// The discount: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The taxes, none when empty: those that product and tax rules determine when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
    /// The account: the one that the product or company decides when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// What it is looked at by: the code of a value by that of its dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// Posts a draft: it gets its number and its journal entry and never changes again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostInvoice {
    /// Its date, at most 330 days ahead and for a credit note not before its invoice: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_date: Option<Day>,
    /// Whether what a supplier sent is posted although another posted document of that supplier has its reference: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_duplicate: Option<bool>,
}

/// Makes a draft credit note of a posted invoice: of lines, of an amount, or of all that remains.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditInvoice {
    /// What is credited: all that remains when neither this nor `amount` is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<CreditLine>,
    /// How much is credited with tax, spread over the remaining lines. Beside lines it says what they come to, within the smallest amount, and is refused when
    /// they do not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<AmountText>,
    /// Whether what it credits of orders is to be billed again, once it is posted: the quantities of `lines`, or all that remains, are ready for the next
    /// invoice, as their order has them now. Not with `amount` alone, which lowers a price. Free lines are not billed again. False when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebill: Option<bool>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Takes all that remains of a posted invoice back at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseInvoice {
    /// The date of the credit note, not before the invoice: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Day>,
    /// Whether what it billed of orders is to be billed again: what is taken back is ready for the next invoice, as its order has it now. Free lines are
    /// not. False when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebill: Option<bool>,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// A line to credit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditLine {
    /// The line.
    pub invoice_line_id: InvoiceLineId,
    /// How much of it, at most what was not credited yet.
    pub quantity: Quantity,
}

/// Settles invoices with a posted credit note.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AllocateCreditNote {
    /// What it settles.
    #[schema(max_items = 500)]
    pub allocations: Vec<AllocationInput>,
}

/// Takes allocations of a credit note back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnallocateCreditNote {
    /// The allocations.
    #[schema(max_items = 500)]
    pub allocation_ids: Vec<AllocationId>,
}

/// Notes that the other side disputes an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeInvoice {
    /// What the other side says is wrong.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// Notes that a dispute is over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettleDispute {
    /// How it ended.
    #[schema(max_length = 2_000)]
    pub resolution: String,
}

/// What the list of invoices offers.
pub const INVOICES: ListSpec = ListSpec {
    table: "invoices",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "invoices_status" },
        Filter { name: "direction", kind: FilterKind::Word, index: "invoices_direction" },
        Filter { name: "kind", kind: FilterKind::Word, index: "invoices_kind" },
        Filter { name: "payment_state", kind: FilterKind::Word, index: "invoices_payment_state" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "invoices_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "invoices_company_id" },
        Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "invoices_order_id" },
        Filter { name: "credited_invoice_id", kind: FilterKind::Id("inv"), index: "invoices_credited_invoice_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "invoices_flow_id" },
        Filter { name: "number", kind: FilterKind::Word, index: "invoices_number" },
        Filter { name: "invoice_date", kind: FilterKind::Day, index: "invoices_invoice_date" },
        Filter { name: "due_date", kind: FilterKind::Day, index: "invoices_due_date" },
        Filter { name: "currency", kind: FilterKind::Word, index: "invoices_currency_total_amount" },
        Filter { name: "total_amount", kind: FilterKind::Amount, index: "invoices_currency_total_amount" },
        Filter { name: "overdue", kind: FilterKind::YesNo, index: "invoices_overdue" },
        Filter { name: "disputed", kind: FilterKind::YesNo, index: "invoices_disputed" },
        Filter { name: "tax_status", kind: FilterKind::Word, index: "invoices_tax_status" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "invoices_updated_at" },
    ],
    sorts: &[
        Sort { name: "number", index: "invoices_number" },
        Sort { name: "invoice_date", index: "invoices_invoice_date" },
        Sort { name: "due_date", index: "invoices_due_date" },
        Sort { name: "updated_at", index: "invoices_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{INVOICES, Invoice};
    use crate::invoice as body;
    use causeway_contract::{Created, Json, Nothing, Page, Pdf, endpoints};
    use causeway_value::InvoiceId;

    endpoints! {
        /// Lists invoices and credit notes.
        Get "/v1/invoices" ListInvoices () Nothing => Page<Invoice>, invoices:read, list INVOICES;
        /// Makes a draft invoice of billables, of an order, of a party or of free lines.
        Post "/v1/invoices" CreateInvoice () body::CreateInvoice => Created<Invoice>, invoices:write, [dry_run];
        /// Reads an invoice or credit note.
        Get "/v1/invoices/{id}" GetInvoice (InvoiceId) Nothing => Json<Invoice>, invoices:read;
        /// Changes a draft: what it says, and how much of what it bills. What it bills less waits for the next invoice.
        Patch "/v1/invoices/{id}" UpdateInvoice (InvoiceId) body::UpdateInvoice => Json<Invoice>, invoices:write, [dry_run];
        /// Prints an invoice or credit note, as sender and recipient were when it was posted.
        Get "/v1/invoices/{id}/pdf" PrintInvoice (InvoiceId) Nothing => Pdf, invoices:read;
        /// Posts a draft: number, due dates and journal entry.
        Post "/v1/invoices/{id}/post" PostInvoice (InvoiceId) body::PostInvoice => Json<Invoice>, invoices:post, [dry_run];
        /// Drops a draft: what it would have billed can be billed again, and what a credit note would have taken back stays billed.
        Post "/v1/invoices/{id}/cancel" CancelInvoice (InvoiceId) Nothing => Json<Invoice>, invoices:write;
        /// Makes a draft credit note of a posted invoice.
        Post "/v1/invoices/{id}/credit" CreditInvoice (InvoiceId) body::CreditInvoice => Created<Invoice>, invoices:credit, [dry_run];
        /// Takes an invoice back: a posted credit note of all that remains, which settles it. Answers the credit note.
        Post "/v1/invoices/{id}/reverse" ReverseInvoice (InvoiceId) body::ReverseInvoice => Created<Invoice>, invoices:reverse, [dry_run];
        /// Settles invoices with a posted credit note.
        Post "/v1/invoices/{id}/allocate" AllocateCreditNote (InvoiceId) body::AllocateCreditNote => Json<Invoice>, payments:allocate, [dry_run];
        /// Takes allocations of a credit note back.
        Post "/v1/invoices/{id}/unallocate" UnallocateCreditNote (InvoiceId) body::UnallocateCreditNote => Json<Invoice>, payments:allocate, [dry_run];
        /// Notes that a posted invoice was sent to the other side.
        Post "/v1/invoices/{id}/send" SendInvoice (InvoiceId) Nothing => Json<Invoice>, invoices:write;
        /// Notes that the other side disputes a posted invoice.
        Post "/v1/invoices/{id}/dispute" DisputeInvoice (InvoiceId) body::DisputeInvoice => Json<Invoice>, invoices:write;
        /// Notes that a dispute is over.
        Post "/v1/invoices/{id}/settle-dispute" SettleDispute (InvoiceId) body::SettleDispute => Json<Invoice>, invoices:write;
    }
}
