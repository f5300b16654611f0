//! The lines of a delivery. Shipping one makes its quantity billable, with the line as source.
//!
//! Units: quantities in millionths of the unit.
//!
//! Personal: `description` is free text.

use causeway_value::{DeliveryId, DeliveryLineId, OrderLineId, ProductId, Quantity, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeliveryLineId,
    pub delivery_id: DeliveryId,
    pub position: i64,
    pub order_line_id: OrderLineId,
    pub product_id: Option<ProductId>,
    pub description: String,
    /// The code of the unit.
    pub unit: Option<String>,
    /// To ship; after shipping, what was shipped.
    pub quantity: Quantity,
    /// What of that came back and stays sold.
    pub returned_quantity: Option<Quantity>,
    /// What came back for money; null means nothing.
    pub refunded_quantity: Option<Quantity>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
