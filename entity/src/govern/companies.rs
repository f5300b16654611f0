//! Legal entities of the tenant.
//!
//! No personal fields.

use causeway_value::{
    Amount, CompanyId, Currency, DiscountBase, DiscountPosting, DocumentRules, InstallmentRules, Instant, Json, LeadRules, Letterhead, OrderRules, QuoteRules,
    RoundingRule, TaxEngine, TaxRounding, TenantId, Zone,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The currency of its books.
    pub currency: Currency,
    /// Where its business dates are.
    pub time_zone: Zone,
    /// VAT or other registration number.
    pub tax_id: Option<String>,
    /// 1 to 12.
    pub fiscal_year_start_month: i64,
    pub chart_template: String,
    /// The default of its documents.
    pub tax_rounding: TaxRounding,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What its documents say about it.
    pub letterhead: Option<Json<Letterhead>>,
    /// What its quotes may grant without a second person.
    pub quote_rules: Option<Json<QuoteRules>>,
    /// What a lead must say before it is qualified.
    pub lead_rules: Option<Json<LeadRules>>,
    /// What a credit note without an invoice may come to with tax before a second person has to post it; null for any amount. In minor units of `currency`.
    pub credit_note_limit: Option<Amount>,
    /// What the discount of its documents is a share of; null means the lines.
    pub document_discount_base: Option<DiscountBase>,
    /// To which steps it rounds, by currency.
    pub rounding_rules: Option<Json<Vec<RoundingRule>>>,
    /// How discounts of its documents are booked; null means not at all.
    pub discount_posting: Option<DiscountPosting>,
    /// What it asks of the installments of its invoices.
    pub installment_rules: Option<Json<InstallmentRules>>,
    /// The age in days of the oldest exchange rates that it books with; null means any.
    pub max_rate_age_days: Option<i64>,
    /// How long its orders may stand; null means for ever.
    pub order_rules: Option<Json<OrderRules>>,
    /// Null: nothing.
    pub document_rules: Option<Json<DocumentRules>>,
    /// What a payment may leave open or have too much for its difference to be written off without the right to; null for nothing. In minor units of
    /// `currency`.
    pub payment_tolerance: Option<Amount>,
    /// Whether it has tax rules: the documents of companies without do not look for them. Null means no.
    pub has_tax_rules: Option<bool>,
    /// Who computes the taxes of its invoices; null means the service.
    pub tax_engine: Option<TaxEngine>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
