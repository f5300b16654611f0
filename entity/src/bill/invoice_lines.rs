//! The lines of an invoice or credit note.
//!
//! Units: amounts in minor units of the invoice's currency, prices in millionths of its major unit per `price_base_quantity` units.
//!
//! Personal: `description` is free text.

use crate::{TaxAmount, TaxDetail};
use causeway_value::{
    AccountId, Amount, BillableId, Dimensions, DiscountBase, InvoiceId, InvoiceLineId, Json, OrderLineId, Percent, Price, ProductId, Quantity, TaxId, TenantId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invoice_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvoiceLineId,
    pub invoice_id: InvoiceId,
    pub position: i64,
    pub billable_id: Option<BillableId>,
    pub order_line_id: Option<OrderLineId>,
    pub credited_line_id: Option<InvoiceLineId>,
    pub product_id: Option<ProductId>,
    /// Where its net is posted.
    pub account_id: AccountId,
    pub description: String,
    pub quantity: Quantity,
    /// The code of the unit.
    pub unit: Option<String>,
    pub unit_price: Price,
    pub price_base_quantity: Quantity,
    pub discount_percent: Percent,
    pub net_amount: Amount,
    pub tax_amount: Amount,
    pub tax_ids: Json<Vec<TaxId>>,
    pub taxes: Json<Vec<TaxAmount>>,
    /// What credit notes took back.
    pub credited_quantity: Quantity,
    /// Net, what credit notes took back.
    pub credited_amount: Amount,
    /// What credit notes took back, tax by tax.
    pub credited_taxes: Json<Vec<TaxAmount>>,
    /// The line of a down payment that it deducts, or that the line it credits did.
    pub deducted_line_id: Option<InvoiceLineId>,
    /// What of its discount was taken off the total with tax.
    pub total_discount_percent: Option<Percent>,
    /// What of its discounts is booked on the account of discounts given; revenue is its net and this.
    pub discount_amount: Option<Amount>,
    /// Of that, what credit notes took back.
    pub credited_discount_amount: Option<Amount>,
    /// What it is looked at by; null means nothing.
    pub dimensions: Option<Json<Dimensions>>,
    /// What an external engine says of its taxes besides their amounts; null means nothing.
    pub tax_details: Option<Json<Vec<TaxDetail>>>,
    /// What the discount off the total is a share of; null means the whole total with tax.
    pub total_discount_base: Option<DiscountBase>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
