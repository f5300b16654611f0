//! Billables: what makes money due and waits for an invoice.

use crate::order::Hold;
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{
    AmountText, BillableId, BillableStatus, CompanyId, Currency, Day, FlowId, Instant, InvoiceId, OrderId, OrderLineId, PartyId, Percent, Price, ProductId,
    Quantity, SourceType, TaxId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// Something that makes money due. Each source has at most one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Billable {
    /// Id.
    pub id: BillableId,
    /// Always `billable`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to; null when it belongs to several or none.
    pub flow_id: Option<FlowId>,
    /// The company that bills.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The order.
    pub order_id: Option<OrderId>,
    /// The order line.
    pub order_line_id: Option<OrderLineId>,
    /// What was sold.
    pub product_id: Option<ProductId>,
    /// The text on the invoice.
    pub description: String,
    /// What made it.
    pub source_type: SourceType,
    /// The id of what made it.
    pub source_id: String,
    /// How much.
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    /// The price of one price base quantity, before discounts.
    pub unit_price: Price,
    /// How many units the price is for.
    pub price_base_quantity: Quantity,
    /// The discount of its line and document together.
    pub discount_percent: Percent,
    /// What of it is taken off the total with tax when it is invoiced.
    pub total_discount_percent: Percent,
    /// Without tax, after discounts.
    pub amount: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// The taxes.
    pub tax_ids: Vec<TaxId>,
    /// Where it stands.
    pub status: BillableStatus,
    /// The day it became billable.
    pub billable_date: Day,
    /// What holds it.
    pub hold: Option<Hold>,
    /// The invoice it is on.
    pub invoice_id: Option<InvoiceId>,
    /// The billable that it was split off, because a draft bills a part of that one only, or that was credited and is billed again by this one.
    pub split_of: Option<BillableId>,
    /// What it is looked at by: the code of a value by that of its dimension.
    pub dimensions: BTreeMap<String, String>,
}

/// Makes a part of a line of a confirmed order billable, when its billing policy leaves that to somebody: `milestone`, `time`, `recurring` and `usage`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBillable {
    /// The line of a confirmed order.
    pub order_line_id: OrderLineId,
    /// How much of it, at most what is left to bill: all of that when neither this nor `percent` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// The share of what was ordered, instead of `quantity`: 30 for a first third of a milestone plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Percent>,
    /// From when it is billable: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable_date: Option<Day>,
    /// The text on the invoice, such as what was reached: the order line's when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
}

/// Keeps a billable off invoices.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldBillable {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What the list of billables offers.
pub const BILLABLES: ListSpec = ListSpec {
    table: "billables",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "billables_status" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "billables_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "billables_company_id" },
        Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "billables_order_id" },
        Filter { name: "order_line_id", kind: FilterKind::Id("oln"), index: "billables_order_line_id" },
        Filter { name: "invoice_id", kind: FilterKind::Id("inv"), index: "billables_invoice_id" },
        Filter { name: "source_type", kind: FilterKind::Word, index: "billables_source_type" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "billables_flow_id" },
        Filter { name: "billable_date", kind: FilterKind::Day, index: "billables_billable_date" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "billables_updated_at" },
    ],
    sorts: &[Sort { name: "billable_date", index: "billables_billable_date" }, Sort { name: "updated_at", index: "billables_updated_at" }],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{BILLABLES, Billable};
    use crate::billable as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::BillableId;

    endpoints! {
        /// Lists billables.
        Get "/v1/billables" ListBillables () Nothing => Page<Billable>, billables:read, list BILLABLES;
        /// Makes a part of an order line billable that nothing else bills: a milestone that was reached, time that was spent, usage that was counted.
        Post "/v1/billables" CreateBillable () body::CreateBillable => Created<Billable>, billables:write, [dry_run];
        /// Reads a billable.
        Get "/v1/billables/{id}" GetBillable (BillableId) Nothing => Json<Billable>, billables:read;
        /// Keeps a billable off invoices until it is released.
        Post "/v1/billables/{id}/hold" HoldBillable (BillableId) body::HoldBillable => Json<Billable>, billables:hold;
        /// Releases a held billable.
        Post "/v1/billables/{id}/release" ReleaseBillable (BillableId) Nothing => Json<Billable>, billables:release;
    }
}
