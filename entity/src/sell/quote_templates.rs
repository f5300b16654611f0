//! What quotes of a kind have in common.
//!
//! Personal: `description`, `notes`, `terms` and the texts of `lines` are free text.

use causeway_value::{CompanyId, Instant, PaymentTermId, Percent, QuoteTemplateId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "quote_templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: QuoteTemplateId,
    pub company_id: CompanyId,
    /// Unique in the company.
    pub name: String,
    pub description: Option<String>,
    /// Whether new quotes are made of it.
    pub active: bool,
    pub validity_days: Option<i64>,
    pub payment_term_id: Option<PaymentTermId>,
    pub discount_percent: Percent,
    /// Days between acceptance and delivery.
    pub lead_days: Option<i64>,
    pub notes: Option<String>,
    pub terms: Option<String>,
    /// JSON: the lines as they were given.
    pub lines: String,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
