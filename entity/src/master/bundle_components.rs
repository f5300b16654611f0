//! What a product of the kind `bundle` holds.
//!
//! Units: `quantity` in millionths of the component's unit, per unit of the bundle.
//!
//! No personal fields.

use causeway_value::{ProductId, Quantity, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bundle_components")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub bundle_id: ProductId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub component_id: ProductId,
    pub quantity: Quantity,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
