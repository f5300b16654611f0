//! Orders: what customers ordered and how far it is fulfilled and billed.

use crate::line::{LineInput, TaxAmount};
use crate::object::{ExternalRef, MetadataPatch};
use crate::order_amendment::OrderAmendment;
use crate::quote::QuoteSection;
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AddressId, AmountText, BillingPolicy, CompanyId, ContactId, Currency, Day, DiscountBase, DiscountPosting, FlowId, HoldId, HoldKind, HoldStep, Instant,
    OpportunityId, OrderId, OrderLineId, OrderStatus, PartyId, PaymentTermId, Percent, Price, ProductId, Quantity, QuoteId, TaxId, TaxRounding, TaxRuleId,
    UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// What a customer ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Always `order`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// Whom it is with at the customer.
    pub contact_id: Option<ContactId>,
    /// Where its goods go, an address of the customer; null for the customer's shipping address.
    pub ship_to_id: Option<AddressId>,
    /// The opportunity it came from.
    pub opportunity_id: Option<OpportunityId>,
    /// The quote it came from.
    pub quote_id: Option<QuoteId>,
    /// The number `SO/2026/00042`.
    pub number: String,
    /// Where it stands.
    pub status: OrderStatus,
    /// The day of the order; price lists and rates of a direct order are those of the day when its lines were last priced.
    pub order_date: Day,
    /// The currency of its amounts.
    pub currency: Currency,
    /// When its invoices will be due; null means at once, whatever the customer is given later.
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document; it multiplies with those of lines.
    pub discount_percent: Percent,
    /// What its discount is a share of, as its company had it when it was made.
    pub discount_base: DiscountBase,
    /// What paying early takes off, when its payment term lowers taxes up front by that: its taxes are those of its invoices. Null else. What is paid in advance
    /// is taxed in full.
    pub upfront_percent: Option<Percent>,
    /// How its discounts will be booked, as its company had it when it was made.
    pub discount_posting: DiscountPosting,
    /// Where its tax is rounded.
    pub tax_rounding: TaxRounding,
    /// The step to which its taxes are rounded: the smallest unit when null.
    pub tax_step: Option<AmountText>,
    /// The customer's reference, such as `PO 4711`.
    pub reference: Option<String>,
    /// Who works on it.
    pub owner_id: Option<UserId>,
    /// What the customer reads below the lines.
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    pub terms: Option<String>,
    /// The sum of the lines without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// What rounding adds to that, or takes off, as its invoice will: zero unless taxes are rounded `per_document_adjusted`.
    pub rounding_amount: AmountText,
    /// What the customer will pay: untaxed amount, tax and rounding.
    pub total_amount: AmountText,
    /// What remains after cost; null when a cost is unknown or masked.
    pub margin_amount: Option<AmountText>,
    /// That as a share of the untaxed amount.
    pub margin_percent: Option<Percent>,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// What its posted down payments come to with tax, less what was credited of them.
    pub down_payments_amount: AmountText,
    /// What of that no invoice has deducted; the next invoices will.
    pub undeducted_amount: AmountText,
    /// The lines.
    pub lines: Vec<OrderLine>,
    /// The sections in their order, with what each comes to; none when no line stands in one.
    pub sections: Vec<QuoteSection>,
    /// What blocks named steps of it now, oldest first.
    pub holds: Vec<Hold>,
    /// The kind of the oldest of them.
    pub hold_kind: Option<HoldKind>,
    /// Where it came from, such as `web`.
    pub channel: Option<String>,
    /// What the credit check of its confirmation found, where the policy only warns.
    pub credit_warning: Option<String>,
    /// When it was confirmed.
    pub confirmed_at: Option<Instant>,
    /// Why it was cancelled, or what was left of it.
    pub cancelled_reason: Option<String>,
    /// Whether a promised day passed with something of its line left to deliver; until that is delivered, cancelled, or promised for another day.
    pub late: bool,
    /// Whether it stands as a draft, or confirmed and not fulfilled, for longer than its company lets it (`order_rules`); until it moves on. When its holds change or it is amended, it is told anew with what it waits for then; when a part of it is shipped or billed, at once.
    pub stalled: bool,
    /// What it waits for.
    pub stalled_reason: Option<String>,
    /// How often it was amended since it was confirmed.
    pub amendments: i64,
    /// What the last amendment changed, with the credit notes that it proposes.
    pub last_amendment: Option<OrderAmendment>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A line of an order with its six quantities. Its amounts are those of what is ordered and not cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderLine {
    /// Id.
    pub id: OrderLineId,
    /// What is sold.
    pub product_id: Option<ProductId>,
    /// The text on the document.
    pub description: String,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of one price base quantity, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// Why the price was overridden.
    pub price_override_reason: Option<String>,
    /// The discount of this line.
    pub discount_percent: Percent,
    /// What makes it billable.
    pub billing_policy: BillingPolicy,
    /// The taxes.
    pub tax_ids: Vec<TaxId>,
    /// The tax rule that determined them; null when they are the product's or were given.
    pub tax_rule_id: Option<TaxRuleId>,
    /// What product and tax rules determine, where other taxes were given; null where they are the same.
    pub determined_tax_ids: Option<Vec<TaxId>>,
    /// Without tax, after discounts.
    pub net_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// The tax by tax.
    pub taxes: Vec<TaxAmount>,
    /// What remains after cost.
    pub margin_amount: Option<AmountText>,
    /// That as a share of the net amount.
    pub margin_percent: Option<Percent>,
    /// How much the customer ordered.
    pub ordered_quantity: Quantity,
    /// How much stock is set aside for it.
    pub reserved_quantity: Quantity,
    /// How much was delivered.
    pub delivered_quantity: Quantity,
    /// How much was invoiced: what stands on posted invoices, less what was credited.
    pub invoiced_quantity: Quantity,
    /// How much waits to be invoiced: what became billable, held or not, and stands on no invoice and on no draft of one. Like the next two fields it is looked
    /// up among the invoices whenever the order is read; an event of the order tells all three as they were before it.
    pub to_invoice_quantity: Quantity,
    /// How much stands on drafts of invoices; in events as it was before.
    pub drafted_quantity: Quantity,
    /// What posted invoices bill of it without tax, less what was credited; in events as it was before.
    pub invoiced_amount: AmountText,
    /// How much came back and stays sold, such as for an exchange. What came back for money counts as not delivered; its deliveries show it as refunded.
    pub returned_quantity: Quantity,
    /// How much will not be delivered.
    pub cancelled_quantity: Quantity,
    /// The number of the amendment that added it.
    pub amendment: Option<i64>,
    /// The line whose rest it carries on at another price.
    pub replaces_line_id: Option<OrderLineId>,
    /// When it was promised.
    pub promised_date: Option<Day>,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// The document's discount that it keeps, because it had begun when an amendment changed the order's; null means the order's.
    pub document_discount_percent: Option<Percent>,
    /// What it is looked at by: the code of a value by that of its dimension.
    pub dimensions: BTreeMap<String, String>,
}

/// Something that blocks named steps of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hold {
    /// Id; null for a hold on a single billable.
    pub id: Option<HoldId>,
    /// What kind.
    pub kind: HoldKind,
    /// What it blocks.
    pub blocks: Vec<HoldStep>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Instant,
    /// Who has to clear it.
    pub owner_id: Option<UserId>,
}

/// Holds an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldOrder {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// What kind: `manual` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<HoldKind>,
    /// What a manual hold blocks: every step when not given. The other kinds block what they always do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 3)]
    pub blocks: Option<Vec<HoldStep>>,
    /// Who has to clear it: the caller when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
}

/// Releases holds of an order: that of an id, all of a kind, or the only one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseOrder {
    /// Why. For a credit hold: why the risk is taken.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// All of this kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<HoldKind>,
    /// This one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_id: Option<HoldId>,
}

/// A new order without a quote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrder {
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer: the opportunity's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// The opportunity it came from, of the same customer or of none yet. Confirming the order wins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opportunity_id: Option<OpportunityId>,
    /// The currency of its amounts: the opportunity's, the party's or the company's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When its invoices will be due: the party's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
    /// The discount of the whole document: 0 when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// Whom it is with at the customer: one of its contacts, the opportunity's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_id: Option<ContactId>,
    /// Where its goods go, an address of the customer: its shipping address when not given. Deliveries that say nothing else go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to_id: Option<AddressId>,
    /// The customer's reference, such as `PO 4711`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
    /// Who works on it: the opportunity's owner when not given, else whoever is signed in and enters it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
    /// Where it comes from, such as `web`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub channel: Option<String>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub notes: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    pub terms: Option<String>,
    /// The lines.
    #[schema(max_items = 500)]
    pub lines: Vec<LineInput>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
    /// What becomes of an order that carries one of these external references and says otherwise: `refuse` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<OrderConflict>,
}

/// What becomes of an order that another one would repeat: it carries an external reference of the new one and says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderConflict {
    /// The new one is refused with what differs.
    Refuse,
    /// The order becomes what the new one says: a draft is changed, a confirmed order amended.
    Update,
}

/// Changes a draft. Lines are replaced as a whole and priced again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOrder {
    /// The customer from now on. Comes with `lines`: prices, taxes and, unless it is given, the payment term are those of this customer.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = PartyId)]
    pub party_id: Patch<PartyId>,
    /// The currency from now on. Comes with `lines`, which are priced in it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Currency)]
    pub currency: Patch<Currency>,
    /// When its invoices will be due.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The discount of the whole document.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Percent)]
    pub discount_percent: Patch<Percent>,
    /// Whom it is with at the customer. Another customer takes it along, unless the body names one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<ContactId>)]
    pub contact_id: Patch<ContactId>,
    /// Where its goods go, an address of the customer. Another customer takes it along, unless the body names one.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AddressId>)]
    pub ship_to_id: Patch<AddressId>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub reference: Patch<String>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<UserId>)]
    pub owner_id: Patch<UserId>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub notes: Patch<String>,
    /// The contract conditions.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    pub terms: Patch<String>,
    /// All lines from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<LineInput>, max_items = 500)]
    pub lines: Patch<Vec<LineInput>>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// Cancels what is not delivered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelOrder {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// Promises when what is not delivered yet will come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromiseOrder {
    /// The day for every line that says no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_date: Option<Day>,
    /// Lines with a day of their own.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<PromisedLine>,
}

/// The day of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromisedLine {
    /// The line.
    pub order_line_id: OrderLineId,
    /// When it will come.
    pub promised_date: Day,
}

/// What the list of orders offers.
pub const ORDERS: ListSpec = ListSpec {
    table: "orders",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "orders_status" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "orders_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "orders_company_id" },
        Filter { name: "quote_id", kind: FilterKind::Id("qot"), index: "orders_quote_id_key" },
        Filter { name: "opportunity_id", kind: FilterKind::Id("opp"), index: "orders_opportunity_id" },
        Filter { name: "owner_id", kind: FilterKind::Id("usr"), index: "orders_owner_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "orders_flow_id" },
        Filter { name: "number", kind: FilterKind::Word, index: "orders_number" },
        Filter { name: "order_date", kind: FilterKind::Day, index: "orders_order_date" },
        Filter { name: "currency", kind: FilterKind::Word, index: "orders_currency_total_amount" },
        Filter { name: "total_amount", kind: FilterKind::Amount, index: "orders_currency_total_amount" },
        Filter { name: "hold_kind", kind: FilterKind::Word, index: "orders_hold_kind" },
        Filter { name: "incomplete", kind: FilterKind::Chosen("hold_kind"), index: "orders_hold_kind" },
        Filter { name: "late", kind: FilterKind::YesNo, index: "orders_late" },
        Filter { name: "stalled", kind: FilterKind::Given("stalled_reason"), index: "orders_stalled_reason" },
        Filter { name: "channel", kind: FilterKind::Word, index: "orders_channel" },
        Filter { name: "confirmed_at", kind: FilterKind::Instant, index: "orders_confirmed_at" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "orders_updated_at" },
    ],
    sorts: &[
        Sort { name: "number", index: "orders_number" },
        Sort { name: "order_date", index: "orders_order_date" },
        Sort { name: "total_amount", index: "orders_total_amount" },
        Sort { name: "confirmed_at", index: "orders_confirmed_at" },
        Sort { name: "updated_at", index: "orders_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ORDERS, Order};
    use crate::object::HandOver;
    use crate::order as body;
    use causeway_contract::{Created, Json, Nothing, Page, Pdf, endpoints};
    use causeway_value::OrderId;

    endpoints! {
        /// Lists orders.
        Get "/v1/orders" ListOrders () Nothing => Page<Order>, orders:read, list ORDERS;
        /// Creates an order. The same again with the same external reference is the order of the first time; another content is refused with what differs or, with `on_conflict` `update`, changes the draft or amends the confirmed order (which takes `orders:amend`): lines belong together by product, or without one by their text; those that are not given any more are ended, and what a line leaves out stays.
        Post "/v1/orders" CreateOrder () body::CreateOrder => Created<Order>, orders:write;
        /// Reads an order.
        Get "/v1/orders/{id}" GetOrder (OrderId) Nothing => Json<Order>, orders:read;
        /// Prints the confirmation of an order.
        Get "/v1/orders/{id}/pdf" PrintOrder (OrderId) Nothing => Pdf, orders:read;
        /// Changes a draft. Another customer or currency comes with the lines: all of it is priced and taxed anew.
        Patch "/v1/orders/{id}" UpdateOrder (OrderId) body::UpdateOrder => Json<Order>, orders:write;
        /// Confirms a draft: from now on we owe it. An order that no accepted quote agreed keeps to the company's `quote_rules` as a quote does: beyond them it gets an `approval` hold and stays a draft, until a second person who may approve quotes releases the hold and it is confirmed again. Credit may hold it likewise. Confirmed, such an order wins its opportunity, even a lost one, whatever stages ask for; one whose customer or worth was not known has the order's from then on.
        Post "/v1/orders/{id}/confirm" ConfirmOrder (OrderId) Nothing => Json<Order>, orders:confirm, [dry_run];
        /// Holds an order: names steps that wait, and who has to clear them.
        Post "/v1/orders/{id}/hold" HoldOrder (OrderId) body::HoldOrder => Json<Order>, orders:hold;
        /// Releases holds of an order. An `approval` hold takes the right to approve quotes and, where a confirmation or an amendment asked for it, another person than who asked.
        Post "/v1/orders/{id}/release" ReleaseOrder (OrderId) body::ReleaseOrder => Json<Order>, orders:release, [dry_run];
        /// Checks the customer's credit again and releases the credit hold when it is in order; one that somebody placed by hand stays until it is released.
        Post "/v1/orders/{id}/recheck" RecheckOrder (OrderId) Nothing => Json<Order>, orders:confirm, [dry_run];
        /// Hands an order over, whatever its status: somebody else works on it from now on, and clears the holds that waited for whoever did. Reports by owner count it for the new one.
        Post "/v1/orders/{id}/assign" AssignOrder (OrderId) HandOver => Json<Order>, orders:assign;
        /// Promises when what is not delivered yet will come: for the whole order, or line by line.
        Post "/v1/orders/{id}/promise" PromiseOrder (OrderId) body::PromiseOrder => Json<Order>, orders:promise;
        /// Cancels an order as far as it is not delivered. What stays is held against the company's `quote_rules` as after an amendment to less: the price of a hundred is not that of one.
        Post "/v1/orders/{id}/cancel" CancelOrder (OrderId) body::CancelOrder => Json<Order>, orders:cancel, [dry_run];
    }
}
