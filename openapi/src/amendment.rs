//! Amendments: what changed of an order after it was confirmed.

use crate::invoice::Invoice;
use causeway_contract::{Filter, FilterKind, ListSpec};
use causeway_value::{AmendmentId, AmountText, InvoiceId, Instant, OrderId, OrderLineId, PaymentTermId, Percent, Price, ProductId, Quantity, TaxId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A numbered change of a confirmed order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Amendment {
    /// Id.
    pub id: AmendmentId,
    /// Always `amendment`.
    pub object: String,
    /// When it was made.
    pub created_at: Instant,
    /// The order.
    pub order_id: OrderId,
    /// Counts the amendments of the order, from 1.
    pub number: u32,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub amended_by: Option<UserId>,
    /// What was agreed until then.
    pub before: AgreedTerms,
    /// What is agreed since.
    pub after: AgreedTerms,
    /// The draft credit notes that it proposed: the order was billed for more than is wanted now.
    pub credit_note_ids: Vec<InvoiceId>,
}

/// What an order agrees on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedTerms {
    /// When its invoices are due.
    pub payment_term_id: Option<PaymentTermId>,
    /// Without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// Both.
    pub total_amount: AmountText,
    /// The lines.
    pub lines: Vec<AgreedLine>,
}

/// A line of what an order agrees on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AgreedLine {
    /// The order line.
    pub id: OrderLineId,
    /// The text on the document.
    pub description: String,
    /// How much is wanted: ordered and not cancelled.
    pub quantity: Quantity,
    /// The price, before discounts.
    pub unit_price: Price,
    /// The discount of the line.
    pub discount_percent: Percent,
    /// Without tax, of all that was ordered.
    pub net_amount: AmountText,
}

/// What changing a confirmed order led to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consequences {
    /// The amendment that was made.
    pub amendment: Option<Amendment>,
    /// The draft credit notes over what was billed and is not wanted any more: post or cancel each.
    pub credit_notes: Vec<Invoice>,
}

/// Changes a confirmed order. Lines that are not named stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendOrder {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
    /// The lines that change, and those that are new.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub lines: Vec<AmendLine>,
    /// When its invoices will be due from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_term_id: Option<PaymentTermId>,
}

/// A line that changes: its id and what is new of quantity, price and discount. Without an id it is a new line, given as in a new order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmendLine {
    /// The line that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<OrderLineId>,
    /// What is sold in a new line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_id: Option<ProductId>,
    /// The text of a new line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// How much is wanted from now on; 0 takes the line off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The price from now on. A line of which something is billed keeps its price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Price>,
    /// Why the price is another than that of the lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub price_override_reason: Option<String>,
    /// The discount from now on. A line of which something is billed keeps its discount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount_percent: Option<Percent>,
    /// The taxes of a new line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 500)]
    pub tax_ids: Option<Vec<TaxId>>,
}

/// What the list of amendments offers.
pub const AMENDMENTS: ListSpec = ListSpec {
    table: "order_amendments",
    filters: &[Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "order_amendments_order_id_number_key" }],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{AMENDMENTS, Amendment};
    use crate::amendment as body;
    use crate::order::Order;
    use causeway_contract::{Json, Nothing, Page, endpoints};
    use causeway_value::{AmendmentId, OrderId};

    endpoints! {
        /// Lists amendments of orders.
        Get "/v1/order-amendments" ListOrderAmendments () Nothing => Page<Amendment>, orders:read, list AMENDMENTS;
        /// Reads an amendment of an order.
        Get "/v1/order-amendments/{id}" GetOrderAmendment (AmendmentId) Nothing => Json<Amendment>, orders:read;
        /// Changes a confirmed order: quantities, prices, new lines, payment terms.
        Post "/v1/orders/{id}/amend" AmendOrder (OrderId) body::AmendOrder => Json<Order>, orders:amend, [dry_run];
    }
}
