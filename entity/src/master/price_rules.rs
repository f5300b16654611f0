//! The rules of a price list. Exactly one of `price`, `percent_off`, `surcharge` and `cost_plus_percent` is set.
//!
//! Units: prices in millionths of the major unit of the list's currency, percentages in millionths of a percent.
//!
//! No personal fields.

use causeway_value::{CategoryId, Percent, Price, PriceListId, PriceRuleId, ProductId, Quantity, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriceRuleId,
    pub price_list_id: PriceListId,
    pub position: i64,
    pub product_id: Option<ProductId>,
    /// Neither product nor category means every product.
    pub category_id: Option<CategoryId>,
    /// In the product's base unit.
    pub min_quantity: Quantity,
    pub price: Option<Price>,
    pub percent_off: Option<Percent>,
    pub surcharge: Option<Price>,
    pub cost_plus_percent: Option<Percent>,
    /// The result is rounded to a multiple of it.
    pub rounding_step: Option<Price>,
    /// The least margin the result may leave.
    pub margin_floor_percent: Option<Percent>,
    /// The list whose price `percent_off` and `surcharge` change; null means the product's own price.
    pub base_price_list_id: Option<PriceListId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
