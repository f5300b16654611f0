//! When which part of an invoice is due.
//!
//! No personal fields.

use causeway_value::{EarlyDiscount, Instant, Json, PaymentTermId, TenantId, TermLine};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_terms")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentTermId,
    pub code: String,
    pub name: String,
    pub installments: Json<Vec<TermLine>>,
    pub early_discount: Json<Option<EarlyDiscount>>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
