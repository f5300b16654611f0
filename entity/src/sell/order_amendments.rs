//! What changed of confirmed orders. A row never changes.
//!
//! Personal: `reason`, and the descriptions in `before_terms` and `after_terms`, are free text.

use causeway_value::{AmendmentId, Instant, InvoiceId, Json, OrderId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_amendments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    pub order_id: OrderId,
    /// From 1.
    pub number: i64,
    pub reason: String,
    pub amended_by: Option<UserId>,
    /// JSON: what was agreed until then, as on the wire.
    pub before_terms: String,
    /// JSON: what is agreed since.
    pub after_terms: String,
    pub credit_note_ids: Json<Vec<InvoiceId>>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
