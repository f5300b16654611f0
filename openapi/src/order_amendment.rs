//! What changes of an order after its confirmation, numbered within the order.

use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AmendmentKind, AmountText, CompanyId, Currency, Day, FlowId, Instant, InvoiceId, LineChange, OrderAmendmentId, OrderId, OrderLineId, PartyId,
    PaymentTermId, Percent, Price, ProductId, Quantity, TaxId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A change of a confirmed order, and what followed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderAmendment {
    /// Id.
    pub id: OrderAmendmentId,
    /// Always `order_amendment`.
    pub object: String,
    /// When it was agreed.
    pub created_at: Instant,
    /// The same: an amendment never changes.
    pub updated_at: Instant,
    /// Always 1.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The order.
    pub order_id: OrderId,
    /// From 1, within the order.
    pub number: i64,
    /// The company that sells.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// Whether terms changed, or the rest was cancelled.
    pub kind: AmendmentKind,
    /// Why.
    pub reason: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What the order's untaxed amount changed by.
    pub untaxed_change: AmountText,
    /// What its tax changed by.
    pub tax_change: AmountText,
    /// What its total changed by.
    pub total_change: AmountText,
    /// Line by line.
    pub changes: Vec<AmendedLine>,
    /// Draft credit notes of what is on posted invoices and stands no longer. Posting them is the decision.
    pub credit_note_ids: Vec<InvoiceId>,
    /// The order's payment term from then on, when it changed.
    pub payment_term_id: Option<PaymentTermId>,
    /// The fields of the order that changed.
    pub fields: Vec<AmendedField>,
    /// Why it waits for a second person: the order has an `approval` hold until then.
    pub approval_reasons: Vec<String>,
    /// Who made it.
    pub amended_by: Option<UserId>,
}

/// A line before and after an amendment. Quantities are those that stand: ordered and not cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AmendedLine {
    /// Which line.
    pub order_line_id: OrderLineId,
    /// What happened to it.
    pub change: LineChange,
    /// The line whose rest this new one carries on.
    pub replaces_line_id: Option<OrderLineId>,
    /// What stood before.
    pub quantity_before: Quantity,
    /// What stands now.
    pub quantity: Quantity,
    /// The price before; null for a new line.
    pub unit_price_before: Option<Price>,
    /// The price now.
    pub unit_price: Price,
    /// The discount before; null for a new line.
    pub discount_percent_before: Option<Percent>,
    /// The discount now.
    pub discount_percent: Percent,
    /// What its net amount changed by.
    pub net_change: AmountText,
}

/// A field of an order before and after an amendment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AmendedField {
    /// Its name.
    pub field: String,
    /// What it was.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// Changes a confirmed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendOrder {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// The lines that change and those that are new. Others stay.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<AmendLine>,
    /// When what is not invoiced yet will be due.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<PaymentTermId>)]
    pub payment_term_id: Patch<PaymentTermId>,
    /// The discount of the whole document from now on. What is delivered or invoiced keeps the one that it has: the rest of its line goes on as a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The customer's reference.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub reference: Patch<String>,
    /// What the customer reads below the lines.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub notes: Patch<String>,
    /// The contract conditions.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 20_000)]
    pub terms: Patch<String>,
}

/// A line that changes, or a new one. What is delivered or invoiced keeps its price: another price makes a new line of the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendLine {
    /// The line that changes; a new one when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line_id: Option<OrderLineId>,
    /// How much stands from now on: 0 ends the line. Required for a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The price from now on; of a new line an override of the price lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// Why the price is overridden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub price_override_reason: Option<String>,
    /// The discount from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The discount as an amount, instead of `discount_percent`; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_amount: Option<AmountText>,
    /// What is sold; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The text on the document; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// The code of the unit; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub unit: Option<String>,
    /// The taxes; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
    /// The heading that it stands below; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub section: Option<String>,
    /// When it is promised; of a new line only, others are promised anew by `promise`. Not together with `lead_days`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_date: Option<Day>,
    /// Days between the amendment and delivery; of a new line only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 3650)]
    pub lead_days: Option<u32>,
    /// What it is looked at by, of a new line only: the code of a value by that of its dimension.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
}

/// What the list of amendments offers.
pub const ORDER_AMENDMENTS: ListSpec = ListSpec {
    table: "order_amendments",
    filters: &[
        Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "order_amendments_order_id_number_key" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "order_amendments_company_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "order_amendments_party_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "order_amendments_flow_id" },
        Filter { name: "kind", kind: FilterKind::Word, index: "order_amendments_kind" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "order_amendments_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "order_amendments_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{ORDER_AMENDMENTS, OrderAmendment};
    use crate::order::Order;
    use crate::order_amendment as body;
    use causeway_contract::{Json, Nothing, Page, endpoints};
    use causeway_value::{OrderAmendmentId, OrderId};

    endpoints! {
        /// Amends a confirmed order: more, less, another price, new lines, other terms. The order answers with its new amendment as `last_amendment`. What breaks a limit of the company gets an `approval` hold, and so does more of a line that a new order would need a second person for, or a price of more pieces, or of a whole bundle, than are left: nothing of the order ships or is billed until a second person releases it. Who says no has it amended back to what it was, and releases the hold then.
        Post "/v1/orders/{id}/amend" AmendOrder (OrderId) body::AmendOrder => Json<Order>, orders:amend, [dry_run];
        /// Lists amendments of orders.
        Get "/v1/order-amendments" ListOrderAmendments () Nothing => Page<OrderAmendment>, orders:read, list ORDER_AMENDMENTS;
        /// Reads an amendment of an order.
        Get "/v1/order-amendments/{id}" GetOrderAmendment (OrderAmendmentId) Nothing => Json<OrderAmendment>, orders:read;
    }
}
