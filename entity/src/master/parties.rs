//! Customers and suppliers.
//!
//! Units: `credit_limit` in minor units of `credit_currency`.
//!
//! Personal, when `kind` is `person`: `name`, `tax_id`, `email`, `phone`. `email`, `phone` and `metadata` may be personal for organizations too.

use causeway_value::{Amount, CompanyId, Currency, Instant, Json, PartyId, PartyKind, PaymentTermId, PriceListId, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parties")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartyId,
    pub name: String,
    pub kind: PartyKind,
    pub is_customer: bool,
    pub is_supplier: bool,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// VAT or other registration number.
    pub tax_id: Option<String>,
    /// The default of its documents.
    pub currency: Option<Currency>,
    pub payment_term_id: Option<PaymentTermId>,
    pub price_list_id: Option<PriceListId>,
    /// Null means no limit.
    pub credit_limit: Option<Amount>,
    pub credit_currency: Option<Currency>,
    pub segment: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    /// The company of ours that this party is.
    pub linked_company_id: Option<CompanyId>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
