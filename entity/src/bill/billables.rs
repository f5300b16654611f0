//! What may be invoiced, and what caused it. A source has one billable, so nothing is billed twice.
//!
//! Units: amounts in minor units of `currency`, prices in millionths of its major unit per `price_base_quantity` units.
//!
//! Personal: `description` and `reason` are free text.

use causeway_value::{
    Amount, BillableId, BillableStatus, CompanyId, Currency, Day, Dimensions, DiscountBase, FlowId, HoldId, Instant, InvoiceId, Json, OrderId, OrderLineId,
    PartyId, PaymentTermId, Percent, Price, ProductId, Quantity, SourceType, TaxId, TenantId, UserId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billables")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BillableId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub order_id: Option<OrderId>,
    pub order_line_id: Option<OrderLineId>,
    pub flow_id: Option<FlowId>,
    pub source_type: SourceType,
    /// Of the kind that `source_type` says.
    pub source_id: Uuid,
    pub status: BillableStatus,
    /// The day it became billable.
    pub billable_date: Day,
    pub quantity: Quantity,
    pub unit_price: Price,
    pub price_base_quantity: Quantity,
    /// Of the line and its document together.
    pub discount_percent: Percent,
    /// Without any tax.
    pub amount: Amount,
    /// With the taxes that the price includes and no others: what taxes are computed from.
    pub price_amount: Amount,
    pub currency: Currency,
    pub description: String,
    /// The code of the unit.
    pub unit: Option<String>,
    pub product_id: Option<ProductId>,
    pub tax_ids: Json<Vec<TaxId>>,
    pub payment_term_id: Option<PaymentTermId>,
    /// Where its revenue goes; null means the product's or the company's.
    pub account_code: Option<String>,
    /// Why it is held or written off.
    pub reason: Option<String>,
    /// Since when it is held.
    pub held_since: Option<Instant>,
    /// Who holds it.
    pub held_by: Option<UserId>,
    pub invoice_id: Option<InvoiceId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Its tax as ordered, for what it takes of the customer's credit; the invoice computes its own.
    pub tax_amount: Option<Amount>,
    /// The hold on its order that holds it.
    pub hold_id: Option<HoldId>,
    /// What of its discount is taken off the total with tax, so that `price_amount` is without it.
    pub total_discount_percent: Option<Percent>,
    /// The first billable of its source, when it is the rest of one that a draft bills a part of.
    pub split_of: Option<BillableId>,
    /// What it is looked at by; null means nothing.
    pub dimensions: Option<Json<Dimensions>>,
    /// What the discount off the total is a share of; null means the whole total with tax.
    pub total_discount_base: Option<DiscountBase>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
