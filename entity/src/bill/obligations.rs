//! What we owe the customer for a confirmed order line and may bill. Its id is the order line's UUID.
//!
//! Units: quantities in millionths of the unit, amounts in minor units of `currency`, prices in millionths of its major unit per `price_base_quantity` units.
//!
//! Personal: `description` and `reference` are free text.

use crate::Held;
use causeway_value::{
    AddressId, Amount, BillingPolicy, CompanyId, Currency, Day, Dimensions, DiscountBase, DiscountPosting, FlowId, Instant, Json, ObligationId, OrderId,
    PartyId, PaymentTermId, Percent, Price, ProductId, Quantity, RecognitionPolicy, TaxId, TaxRounding, TenantId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "obligations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ObligationId,
    pub order_id: OrderId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub flow_id: FlowId,
    pub product_id: Option<ProductId>,
    pub description: String,
    /// The code of the unit.
    pub unit: Option<String>,
    pub currency: Currency,
    pub unit_price: Price,
    pub price_base_quantity: Quantity,
    pub discount_percent: Percent,
    pub document_discount_percent: Percent,
    /// Of the whole line, after both discounts, without any tax.
    pub net_amount: Amount,
    /// Of the whole line, after both discounts, with the taxes that the price includes and no others: what taxes are computed from.
    pub price_amount: Amount,
    pub tax_ids: Json<Vec<TaxId>>,
    pub billing_policy: BillingPolicy,
    /// Whether it takes a delivery to fulfil it: goods, and what is billed on delivery.
    pub needs_delivery: bool,
    pub recognition: RecognitionPolicy,
    pub payment_term_id: Option<PaymentTermId>,
    pub dimension_set_id: Option<Uuid>,
    pub ordered_quantity: Quantity,
    pub reserved_quantity: Quantity,
    pub delivered_quantity: Quantity,
    pub invoiced_quantity: Quantity,
    pub returned_quantity: Quantity,
    pub cancelled_quantity: Quantity,
    /// What became billable so far.
    pub billable_quantity: Quantity,
    /// What of `net_amount` became billable so far; the last part takes the residue.
    pub billable_amount: Amount,
    /// What of `price_amount` became billable so far.
    pub billable_price_amount: Amount,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What stops shipping or billing it now.
    pub holds: Option<Json<Vec<Held>>>,
    /// The tax of the whole line, for what it takes of the customer's credit.
    pub tax_amount: Option<Amount>,
    /// When it was promised.
    pub promised_date: Option<Day>,
    /// The promised day, while something is left to ship and nobody has noted that it passed.
    pub awaited_date: Option<Day>,
    /// What the order's discount is a share of; null means the lines. One of the total is not in `price_amount`.
    pub discount_base: Option<DiscountBase>,
    /// The customer's reference of the order: what its invoices name.
    pub reference: Option<String>,
    /// The step of its unit: what of it is invoiced counts in whole steps.
    pub unit_step: Option<Quantity>,
    /// What it is looked at by; null means nothing.
    pub dimensions: Option<Json<Dimensions>>,
    /// Where its goods go when a delivery says nothing else; null means the customer's address of that kind.
    pub ship_to_id: Option<AddressId>,
    /// Where the order rounds its taxes: what bills it does the same.
    pub tax_rounding: Option<TaxRounding>,
    /// The order's step of taxes; null for the smallest unit.
    pub tax_step: Option<Amount>,
    /// Where the order's discounts go; null means off the net.
    pub discount_posting: Option<DiscountPosting>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
