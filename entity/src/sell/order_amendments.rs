//! What changed of an order after its confirmation, numbered within the order (ORD-18). A row is never changed.
//!
//! Units: amounts in minor units of the order's currency; they are what the order's changed by.
//!
//! Personal: `reason` and what `fields` holds of notes, conditions and reference are free text.

use crate::{AmendedField, AmendedLine};
use causeway_value::{
    AmendmentKind, Amount, CompanyId, Currency, FlowId, Instant, InvoiceId, Json, OrderAmendmentId, OrderId, PartyId, PaymentTermId, TenantId, UserId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_amendments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderAmendmentId,
    pub order_id: OrderId,
    /// From 1, within the order.
    pub number: i64,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub flow_id: FlowId,
    pub kind: AmendmentKind,
    pub reason: String,
    pub currency: Currency,
    pub untaxed_change: Amount,
    pub tax_change: Amount,
    pub total_change: Amount,
    pub changes: Json<Vec<AmendedLine>>,
    /// Drafts that take back what is on invoices and stands no longer.
    pub credit_note_ids: Json<Vec<InvoiceId>>,
    /// The order's payment term from then on, when it changed.
    pub payment_term_id: Option<PaymentTermId>,
    /// What a second person had to say yes to.
    pub approval_reasons: Json<Vec<String>>,
    pub amended_by: Option<UserId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The fields of the order that changed; null means none.
    pub fields: Option<Json<Vec<AmendedField>>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
