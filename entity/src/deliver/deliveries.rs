//! Deliveries of goods. What is not shipped becomes a backorder.
//!
//! Personal: `received_by`; `reversal_reason` is free text.

use causeway_value::{AddressId, CompanyId, Day, DeliveryId, DeliveryStatus, FlowId, Instant, InvoiceId, Json, OrderId, PartyId, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deliveries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub order_id: OrderId,
    pub number: String,
    pub status: DeliveryStatus,
    pub ship_date: Option<Day>,
    pub carrier: Option<String>,
    /// The carrier's number.
    pub tracking: Option<String>,
    /// The delivery that holds the rest.
    pub backorder_id: Option<DeliveryId>,
    pub shipped_at: Option<Instant>,
    /// Set when shipping was taken back.
    pub reversed_at: Option<Instant>,
    /// Why it was taken back, or cancelled.
    pub reversal_reason: Option<String>,
    pub flow_id: FlowId,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The earliest day that was promised for what it ships.
    pub promised_date: Option<Day>,
    /// When the customer received it.
    pub received_date: Option<Day>,
    /// Who took it there.
    pub received_by: Option<String>,
    /// The address of the party that it goes to; null means the usual one.
    pub ship_to_id: Option<AddressId>,
    /// The credit notes that taking it back proposed; null means none.
    pub credit_note_ids: Option<Json<Vec<InvoiceId>>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
