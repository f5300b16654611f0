//! Which customers pay which taxes instead of those of the products.
//!
//! No personal fields.

use causeway_value::{AskedRegistration, CompanyId, Day, Instant, Json, PartyId, PartyKind, TaxId, TaxReplacement, TaxRuleId, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tax_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TaxRuleId,
    pub company_id: CompanyId,
    pub name: String,
    /// Unique in the company: of rules that are equally specific the lowest applies.
    pub sequence: i64,
    /// Null means every customer.
    pub party_id: Option<PartyId>,
    /// ISO 3166-1 alpha-2; empty means every country.
    pub countries: Json<Vec<String>>,
    /// Null means with or without.
    pub registration: Option<AskedRegistration>,
    /// Null means organizations and persons.
    pub customer_kind: Option<PartyKind>,
    /// Null means every segment.
    pub segment: Option<String>,
    /// Inclusive.
    pub valid_from: Option<Day>,
    /// Inclusive.
    pub valid_until: Option<Day>,
    pub replacements: Json<Vec<TaxReplacement>>,
    /// What replaces every other tax; null means that they stay.
    pub other_tax_ids: Option<Json<Vec<TaxId>>>,
    /// The taxes of lines without a product; null means that the rule has nothing to say of them.
    pub free_line_tax_ids: Option<Json<Vec<TaxId>>>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
