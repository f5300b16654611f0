//! What customers ordered.
//!
//! Units: amounts in minor units of `currency`.
//!
//! Personal: `reference`, `notes`, `terms`, `cancel_reason` and `stalled_reason` are free text.

use causeway_value::{
    AddressId, Amount, CompanyId, ContactId, Currency, Day, DiscountBase, DiscountPosting, FlowId, HoldKind, Instant, Json, OpportunityId, OrderId,
    OrderStatus, PartyId, PaymentTermId, Percent, QuoteId, TaxRounding, TenantId, UserId,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrderId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    /// A quote becomes one order.
    pub quote_id: Option<QuoteId>,
    pub opportunity_id: Option<OpportunityId>,
    pub number: String,
    pub status: OrderStatus,
    pub currency: Currency,
    pub order_date: Day,
    pub payment_term_id: Option<PaymentTermId>,
    /// Off every line, after the line's own discount.
    pub discount_percent: Percent,
    pub tax_rounding: TaxRounding,
    pub untaxed_amount: Amount,
    pub tax_amount: Amount,
    pub total_amount: Amount,
    /// The customer's own.
    pub reference: Option<String>,
    pub owner_id: Option<UserId>,
    /// What the customer reads below the lines.
    pub notes: Option<String>,
    pub cancel_reason: Option<String>,
    pub confirmed_at: Option<Instant>,
    pub flow_id: FlowId,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The kind of the oldest hold that stops it now.
    pub hold_kind: Option<HoldKind>,
    /// Where it came from, such as `web`.
    pub channel: Option<String>,
    /// What the credit check of its confirmation found, where the policy only warns.
    pub credit_warning: Option<String>,
    /// How often it was amended; null means never.
    pub amendments: Option<i64>,
    /// The digest of the body that made it, where another system handed it over: the same again is recognised.
    pub created_from: Option<String>,
    /// Whether a promised day passed with something left to deliver.
    pub late: Option<bool>,
    /// What its discount is a share of; null means the lines.
    pub discount_base: Option<DiscountBase>,
    /// The step to which its taxes are rounded; null means the smallest unit.
    pub tax_step: Option<Amount>,
    /// How its discounts will be booked; null means not at all.
    pub discount_posting: Option<DiscountPosting>,
    /// Why it stands for longer than its company lets it; null when it does not.
    pub stalled_reason: Option<String>,
    /// The contract conditions, which the customer reads below the notes.
    pub terms: Option<String>,
    /// Whom it is with at the customer.
    pub contact_id: Option<ContactId>,
    /// Where its goods go: an address of the customer; null means that of its kind.
    pub ship_to_id: Option<AddressId>,
    /// What paying early takes off, as which its taxes are lowered up front; null for nothing.
    pub upfront_percent: Option<Percent>,
    /// What the price that the customer saw has beyond net and tax; null for nothing.
    pub rounding_amount: Option<Amount>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
