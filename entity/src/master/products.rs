//! What we sell.
//!
//! Units: prices in millionths of the major unit, per `price_base_quantity` units.
//!
//! No personal fields.

use causeway_value::{BillingPolicy, CategoryId, Currency, Instant, Json, Price, ProductId, ProductKind, Quantity, TaxId, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub code: String,
    pub name: String,
    pub description: Option<String>,
    pub kind: ProductKind,
    /// The code of its base unit.
    pub unit: String,
    pub list_price: Price,
    /// Of list price and cost.
    pub currency: Currency,
    pub cost: Option<Price>,
    /// How many units the prices are for (EN 16931 BT-149).
    pub price_base_quantity: Quantity,
    pub billing_policy: BillingPolicy,
    /// Of all companies; a line takes those of its own.
    pub tax_ids: Json<Vec<TaxId>>,
    pub category_id: Option<CategoryId>,
    /// Null means the company's default.
    pub revenue_account_code: Option<String>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
