//! What documents and postings are looked at by, besides accounts and parties.
//!
//! No personal fields.

use causeway_value::{AllowedValue, CompanyId, DimensionId, Instant, Json, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dimensions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DimensionId,
    /// Null means every company.
    pub company_id: Option<CompanyId>,
    pub code: String,
    pub name: String,
    /// The values that it may have, in their order.
    pub allowed: Json<Vec<AllowedValue>>,
    pub active: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
