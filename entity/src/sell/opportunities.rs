//! Deals that may be won.
//!
//! Units: `expected_value` in minor units of `currency`.
//!
//! Personal: `title`, `lost_reason`, `description` and `need` are free text; `metadata` may name a person.

use causeway_value::{
    Amount, CompanyId, ContactId, Currency, Day, FlowId, Instant, Json, LeadId, OpportunityId, OpportunityStatus, PartyId, Percent, ProductId, StageId, TeamId,
    TenantId, UserId,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "opportunities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpportunityId,
    pub company_id: CompanyId,
    /// None while the customer is not known.
    pub party_id: Option<PartyId>,
    pub contact_id: Option<ContactId>,
    pub lead_id: Option<LeadId>,
    pub title: String,
    pub expected_value: Amount,
    pub currency: Currency,
    pub expected_close_date: Option<Day>,
    pub owner_id: Option<UserId>,
    pub stage_id: StageId,
    pub probability: Percent,
    pub status: OpportunityStatus,
    pub closed_at: Option<Instant>,
    pub lost_reason: Option<String>,
    pub flow_id: FlowId,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What it is about, when it is one product.
    pub product_id: Option<ProductId>,
    pub team_id: Option<TeamId>,
    /// When it came to its stage; null for rows that are older than this column, which means `created_at`.
    pub stage_since: Option<Instant>,
    /// Where it came from: that of its lead, when it has one.
    pub source: Option<String>,
    pub description: Option<String>,
    pub need: Option<String>,
    /// Why a won deal has no order for longer than its company lets it; null until it is told, and again once there is one.
    pub stalled_reason: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
