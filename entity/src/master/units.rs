//! Units of measure.
//!
//! Units: `factor` in millionths of the category's reference unit.
//!
//! No personal fields.

use causeway_value::{Instant, Json, Quantity, TenantId, UnitId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "units")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitId,
    pub code: String,
    pub name: Option<String>,
    /// Units of one category convert into each other.
    pub category: String,
    /// How much of the reference unit one of it is.
    pub factor: Quantity,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What invoiced quantities are counted in.
    pub step: Option<Quantity>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
