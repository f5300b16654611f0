//! The lines of an order. The quantities that move later are counted by the line's obligation.
//!
//! Units: amounts in minor units of the order's currency, prices in millionths of its major unit per `price_base_quantity` units.
//!
//! Personal: `description`, `section` and `price_override_reason` are free text.

use crate::TaxAmount;
use causeway_value::{Amount, BillingPolicy, Day, Dimensions, Json, OrderId, OrderLineId, Percent, Price, ProductId, Quantity, TaxId, TaxRuleId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "order_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderLineId,
    pub order_id: OrderId,
    pub position: i64,
    pub product_id: Option<ProductId>,
    pub description: String,
    /// Ordered.
    pub quantity: Quantity,
    /// The code of the unit; null without a product.
    pub unit: Option<String>,
    pub unit_price: Price,
    pub price_base_quantity: Quantity,
    /// Which rule gave the price.
    pub price_source: String,
    /// What the lists give, when the price was overridden.
    pub list_unit_price: Option<Price>,
    pub price_override_reason: Option<String>,
    pub discount_percent: Percent,
    /// The product's when it was ordered.
    pub billing_policy: BillingPolicy,
    /// After both discounts.
    pub net_amount: Amount,
    pub tax_amount: Amount,
    pub tax_ids: Json<Vec<TaxId>>,
    pub taxes: Json<Vec<TaxAmount>>,
    /// Per `price_base_quantity` units, in the order's currency.
    pub unit_cost: Option<Price>,
    /// What stands after amendments took a part back; null means all of `quantity`. The amounts are those of what stands.
    pub kept_quantity: Option<Quantity>,
    /// The number of the amendment that added it.
    pub amendment: Option<i64>,
    /// The line whose rest it carries on at another price.
    pub replaces_line_id: Option<OrderLineId>,
    /// When it was promised.
    pub promised_date: Option<Day>,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// The document's discount that it keeps, because it had begun when an amendment changed the order's; null means the order's.
    pub document_discount_percent: Option<Percent>,
    /// What it is looked at by; null means nothing.
    pub dimensions: Option<Json<Dimensions>>,
    /// The tax rule that determined its taxes; null when they are the product's or were given.
    pub tax_rule_id: Option<TaxRuleId>,
    /// What would have been its taxes, when others were given.
    pub determined_tax_ids: Option<Json<Vec<TaxId>>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
