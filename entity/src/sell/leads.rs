//! People and organizations that may want to buy.
//!
//! Personal: `contact_name`, `email`, `phone`; `title`, `organization_name`, `description`, `reason` and `metadata` may name a person.

use causeway_value::{CompanyId, FlowId, Instant, Json, LeadId, LeadStatus, OpportunityId, PartyId, TenantId, UserId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadId,
    pub company_id: CompanyId,
    pub title: String,
    pub contact_name: Option<String>,
    pub organization_name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub source: Option<String>,
    pub description: Option<String>,
    pub owner_id: Option<UserId>,
    pub status: LeadStatus,
    pub score: Option<i64>,
    /// Why it was disqualified.
    pub reason: Option<String>,
    /// What qualifying made or found.
    pub party_id: Option<PartyId>,
    pub opportunity_id: Option<OpportunityId>,
    pub flow_id: FlowId,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
