//! The lines of a quote.
//!
//! Units: amounts in minor units of the quote's currency, prices in millionths of its major unit per `price_base_quantity` units.
//!
//! Personal: `description`, `section` and `price_override_reason` are free text.

use crate::TaxAmount;
use causeway_value::{Amount, BillingPolicy, Day, Dimensions, Json, Percent, Price, ProductId, Quantity, QuoteId, QuoteLineId, TaxId, TaxRuleId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteLineId,
    pub quote_id: QuoteId,
    pub position: i64,
    pub product_id: Option<ProductId>,
    pub description: String,
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
    /// The product's when it was offered.
    pub billing_policy: BillingPolicy,
    /// After both discounts.
    pub net_amount: Amount,
    pub tax_amount: Amount,
    pub tax_ids: Json<Vec<TaxId>>,
    pub taxes: Json<Vec<TaxAmount>>,
    /// Per `price_base_quantity` units, in the quote's currency.
    pub unit_cost: Option<Price>,
    /// The heading that it stands below.
    pub section: Option<String>,
    /// The number of the option that it belongs to, from 1; null for what comes in any case. Components of a bundle have the same.
    pub option_number: Option<i64>,
    /// Whether an option is taken: only then its amounts count. Null for what is no option.
    pub chosen: Option<bool>,
    /// When it is promised; or `lead_days`, or neither: then what the quote says.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery.
    pub lead_days: Option<i64>,
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
