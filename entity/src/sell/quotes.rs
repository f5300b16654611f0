//! Offers, one row per revision. Prices are settled here; the order takes them over.
//!
//! Units: amounts in minor units of `currency`.
//!
//! Personal: `accepted_by`; `reference`, `notes`, `terms`, `decline_reason` and `approval_comment` are free text.

use causeway_value::{
    AddressId, Amount, ApprovalReason, CompanyId, ContactId, Currency, Day, DiscountBase, DiscountPosting, FlowId, Instant, Json, OpportunityId, OrderId,
    PartyId, PaymentTermId, Percent, QuoteId, QuoteStatus, QuoteTemplateId, TaxRounding, TenantId, UserId,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quotes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteId,
    pub company_id: CompanyId,
    pub opportunity_id: Option<OpportunityId>,
    pub party_id: PartyId,
    /// The same for all revisions.
    pub number: String,
    /// From 1.
    pub revision: i64,
    /// The revision that this one replaces.
    pub previous_id: Option<QuoteId>,
    pub status: QuoteStatus,
    pub currency: Currency,
    pub quote_date: Day,
    /// Inclusive.
    pub valid_until: Option<Day>,
    pub payment_term_id: Option<PaymentTermId>,
    /// Off every line, after the line's own discount.
    pub discount_percent: Percent,
    pub tax_rounding: TaxRounding,
    pub untaxed_amount: Amount,
    pub tax_amount: Amount,
    pub total_amount: Amount,
    /// Untaxed minus cost; null while a cost is missing.
    pub margin_amount: Option<Amount>,
    pub margin_percent: Option<Percent>,
    /// The customer's own.
    pub reference: Option<String>,
    pub owner_id: Option<UserId>,
    /// What the customer reads below the lines.
    pub notes: Option<String>,
    pub sent_at: Option<Instant>,
    pub accepted_at: Option<Instant>,
    pub accepted_by: Option<String>,
    pub decline_reason: Option<String>,
    /// What accepting made.
    pub order_id: Option<OrderId>,
    pub flow_id: FlowId,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Why a second person had to approve it, as of when it was submitted last.
    pub approval_reasons: Option<Json<Vec<ApprovalReason>>>,
    /// Who submitted it last: the person or the key that acted.
    pub submitted_by: Option<Uuid>,
    /// What the approver said when it was approved or rejected last.
    pub approval_comment: Option<String>,
    /// What its discount is a share of; null means the lines.
    pub discount_base: Option<DiscountBase>,
    /// The step to which its taxes are rounded; null means the smallest unit.
    pub tax_step: Option<Amount>,
    /// How its discounts will be booked; null means not at all.
    pub discount_posting: Option<DiscountPosting>,
    /// The contract conditions that the customer reads below the notes.
    pub terms: Option<String>,
    /// When all of it is promised; or `lead_days`, or neither.
    pub promised_date: Option<Day>,
    /// Days between acceptance and delivery.
    pub lead_days: Option<i64>,
    /// What it was made of.
    pub template_id: Option<QuoteTemplateId>,
    /// The day whose price lists its lines have; null means that of the document.
    pub price_date: Option<Day>,
    /// Whom it is with at the customer.
    pub contact_id: Option<ContactId>,
    /// Where its goods go: an address of the customer; null means that of its kind.
    pub ship_to_id: Option<AddressId>,
    /// The quote that it, or its first revision, was duplicated from.
    pub copied_from_id: Option<QuoteId>,
    /// What paying early takes off, as which its taxes are lowered up front; null for nothing.
    pub upfront_percent: Option<Percent>,
    /// What the price that the customer saw has beyond net and tax; null for nothing.
    pub rounding_amount: Option<Amount>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
