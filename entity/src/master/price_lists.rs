//! Lists of price rules, with whom and when they apply to (rules.md, "Price of a line").
//!
//! No personal fields.

use causeway_value::{CompanyId, Currency, Day, Instant, Json, PriceListId, TenantId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "price_lists")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriceListId,
    pub code: String,
    pub name: Option<String>,
    pub currency: Currency,
    /// Higher wins among lists of the same audience.
    pub priority: i64,
    /// Inclusive.
    pub valid_from: Option<Day>,
    /// Inclusive.
    pub valid_to: Option<Day>,
    /// `party`, `segment`, `company` or `tenant`; null means only the parties that name it.
    pub audience_kind: Option<String>,
    /// The party or company of the audience.
    pub audience_id: Option<Uuid>,
    pub audience_segment: Option<String>,
    /// Null means every company.
    pub company_id: Option<CompanyId>,
    /// Whether it serves documents in another currency.
    pub convert: bool,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
