//! Deliveries of goods.

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{
    AddressId, CompanyId, Day, DeliveryId, DeliveryLineId, DeliveryStatus, FlowId, Instant, InvoiceId, OrderId, OrderLineId, PartyId, ProductId, Quantity,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A delivery of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// Id.
    pub id: DeliveryId,
    /// Always `delivery`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The deal it belongs to.
    pub flow_id: FlowId,
    /// The company that delivers.
    pub company_id: CompanyId,
    /// The customer.
    pub party_id: PartyId,
    /// The order.
    pub order_id: OrderId,
    /// The number `DLV/2026/00042`.
    pub number: String,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// When it shipped, or is planned to.
    pub ship_date: Option<Day>,
    /// The earliest day that was promised for what it ships.
    pub promised_date: Option<Day>,
    /// How many days after that it shipped; negative before.
    pub days_late: Option<i64>,
    /// The address of the customer that it goes to; null means its first one for goods, or else that for bills.
    pub ship_to_id: Option<AddressId>,
    /// Who carries it.
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking: Option<String>,
    /// The lines.
    pub lines: Vec<DeliveryLine>,
    /// The delivery of the rest.
    pub backorder_id: Option<DeliveryId>,
    /// When it was shipped.
    pub shipped_at: Option<Instant>,
    /// The day on which the customer received it.
    pub received_date: Option<Day>,
    /// Who took it there.
    pub received_by: Option<String>,
    /// When the shipment was taken back.
    pub reversed_at: Option<Instant>,
    /// Why it was taken back, or cancelled.
    pub reason: Option<String>,
    /// The credit notes that were drafted when it was taken back, or a part of it came back for money, of what was invoiced of that. Somebody posts them.
    pub credit_note_ids: Vec<InvoiceId>,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A line of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryLine {
    /// Id.
    pub id: DeliveryLineId,
    /// The order line.
    pub order_line_id: OrderLineId,
    /// What is delivered.
    pub product_id: Option<ProductId>,
    /// The text on the document.
    pub description: String,
    /// How much.
    pub quantity: Quantity,
    /// What of that came back and stays sold.
    pub returned_quantity: Quantity,
    /// What of that came back for money: it counts as not delivered.
    pub refunded_quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
}

/// A new delivery of a confirmed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateDelivery {
    /// The order.
    pub order_id: OrderId,
    /// What is delivered: all that remains of goods and is planned in no other delivery when not given. Backorders give way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(min_items = 1, max_items = 500)]
    pub lines: Vec<DeliveryLineInput>,
    /// When it is to ship: at most three years from today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_date: Option<Day>,
    /// The address of the customer that it goes to, which its note prints: the order's, or else the first one for goods, or else that for bills, when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_to_id: Option<AddressId>,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub carrier: Option<String>,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "lines", max_length = 200)]
    pub tracking: Option<String>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// A line of a delivery as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryLineInput {
    /// The order line.
    pub order_line_id: OrderLineId,
    /// How much, at most what remains.
    pub quantity: Quantity,
}

/// Ships a delivery; the rest of the order becomes a backorder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipDelivery {
    /// When it shipped: the planned day, else today, when not given. At most 330 days from today.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship_date: Option<Day>,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub carrier: Option<String>,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "lines", max_length = 200)]
    pub tracking: Option<String>,
}

/// Changes a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateDelivery {
    /// When it is to ship, until it did: at most three years from today.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub ship_date: Patch<Day>,
    /// The address of the customer that it goes to, until it ships.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<AddressId>)]
    pub ship_to_id: Patch<AddressId>,
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub carrier: Patch<String>,
    /// The carrier's number.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, format = "lines", max_length = 200)]
    pub tracking: Patch<String>,
    /// The day on which the customer received it, once that is confirmed; null takes the receipt back.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<Day>)]
    pub received_date: Patch<Day>,
    /// Who took it there, once that is confirmed.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub received_by: Patch<String>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// Cancels a delivery that is planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelDelivery {
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// Confirms that the customer received a shipment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmReceipt {
    /// Who took it there, such as the name on the carrier's slip.
    #[schema(max_length = 200)]
    pub received_by: String,
    /// On which day, not before it shipped and not after today: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_date: Option<Day>,
}

/// Takes a shipment back that was recorded by mistake.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseDelivery {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Notes what came back of a shipment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnDelivery {
    /// What came back.
    #[schema(max_items = 500)]
    pub lines: Vec<DeliveryLineInput>,
    /// Whether the customer is given the money back. With false, as in an exchange or a repair, what was delivered and billed stays. With true it was not
    /// delivered any more and is open again, until it is delivered anew or the rest of the order is cancelled; what waits to be billed of it waits no longer,
    /// and of what was invoiced credit notes are drafted. Needs the permission `deliveries:reverse`, too.
    pub refund: bool,
    /// Why.
    #[schema(max_length = 2_000)]
    pub reason: String,
}

/// What the list of deliveries offers.
pub const DELIVERIES: ListSpec = ListSpec {
    table: "deliveries",
    filters: &[
        Filter { name: "status", kind: FilterKind::Word, index: "deliveries_status" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "deliveries_party_id" },
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "deliveries_company_id" },
        Filter { name: "order_id", kind: FilterKind::Id("ord"), index: "deliveries_order_id" },
        Filter { name: "flow_id", kind: FilterKind::Id("flw"), index: "deliveries_flow_id" },
        Filter { name: "number", kind: FilterKind::Word, index: "deliveries_number" },
        Filter { name: "ship_date", kind: FilterKind::Day, index: "deliveries_ship_date" },
        Filter { name: "promised_date", kind: FilterKind::Day, index: "deliveries_promised_date" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "deliveries_updated_at" },
    ],
    sorts: &[
        Sort { name: "number", index: "deliveries_number" },
        Sort { name: "ship_date", index: "deliveries_ship_date" },
        Sort { name: "promised_date", index: "deliveries_promised_date" },
        Sort { name: "updated_at", index: "deliveries_updated_at" },
    ],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{DELIVERIES, Delivery};
    use crate::delivery as body;
    use causeway_contract::{Created, Json, Nothing, Page, Pdf, endpoints};
    use causeway_value::DeliveryId;

    endpoints! {
        /// Lists deliveries. `q` finds by number, by the carrier's number, and by the customer. What is overdue is `status=ready` with `promised_date[lt]` of today.
        Get "/v1/deliveries" ListDeliveries () Nothing => Page<Delivery>, deliveries:read, list DELIVERIES;
        /// Plans a delivery of what is left of an order and planned in no other one. A backorder gives way: it is cut when what is planned of it ships.
        Post "/v1/deliveries" CreateDelivery () body::CreateDelivery => Created<Delivery>, deliveries:write;
        /// Reads a delivery.
        Get "/v1/deliveries/{id}" GetDelivery (DeliveryId) Nothing => Json<Delivery>, deliveries:read;
        /// Prints the delivery note: what the shipment contains, without prices.
        Get "/v1/deliveries/{id}/pdf" PrintDelivery (DeliveryId) Nothing => Pdf, deliveries:read;
        /// Changes a delivery: until it ships its planned day, where it goes, and carrier and tracking; afterwards carrier, tracking and a receipt that is confirmed.
        Patch "/v1/deliveries/{id}" UpdateDelivery (DeliveryId) body::UpdateDelivery => Json<Delivery>, deliveries:write;
        /// Cancels a delivery that is planned: what it was to ship can be planned anew.
        Post "/v1/deliveries/{id}/cancel" CancelDelivery (DeliveryId) body::CancelDelivery => Json<Delivery>, deliveries:write;
        /// Confirms that the customer received a shipment: when, and who took it. It is billed and booked by shipping; this is the proof.
        Post "/v1/deliveries/{id}/confirm-receipt" ConfirmReceipt (DeliveryId) body::ConfirmReceipt => Json<Delivery>, deliveries:write;
        /// Ships a delivery and makes its lines billable.
        Post "/v1/deliveries/{id}/ship" ShipDelivery (DeliveryId) body::ShipDelivery => Json<Delivery>, deliveries:ship, [dry_run];
        /// Takes a shipment back: what it delivered is open again, and of what was invoiced of it credit notes are drafted.
        Post "/v1/deliveries/{id}/reverse" ReverseDelivery (DeliveryId) body::ReverseDelivery => Json<Delivery>, deliveries:reverse, [dry_run];
        /// Notes what came back of a shipment: without a refund what was delivered and billed stays, with one it is taken back and credit notes are drafted.
        Post "/v1/deliveries/{id}/return" ReturnDelivery (DeliveryId) body::ReturnDelivery => Json<Delivery>, deliveries:ship, [dry_run];
    }
}
