//! The steps of the pipeline.
//!
//! No personal fields.

use causeway_value::{CompanyId, DealField, Instant, Json, OpportunityStatus, Percent, StageId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stages")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StageId,
    pub name: String,
    pub position: i64,
    pub probability: Percent,
    /// `won` or `lost` for the last steps, else null; never `open`.
    pub outcome: Option<OpportunityStatus>,
    /// Null means every company.
    pub company_id: Option<CompanyId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What an opportunity must say before it comes here; null means nothing.
    pub required_fields: Option<Json<Vec<DealField>>>,
    /// Whether coming here needs a complete customer and contact; null means no.
    pub validates_customer: Option<bool>,
    /// Whether deals come here.
    pub active: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
