//! People and organizations that may want to buy.
//!
//! Units: `budget` in minor units of `currency`.
//!
//! Personal: `contact_name`, `email`, `phone`; `title`, `organization_name`, `description`, `reason`, `authority`, `need` and `metadata` may name a person.

use causeway_value::{
    Amount, AssignmentRuleId, CompanyId, Currency, Day, FlowId, Instant, Json, LeadId, LeadStatus, OpportunityId, PartyId, TeamId, TenantId, UserId,
};
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
    /// Of the organization.
    pub country: Option<String>,
    pub employee_count: Option<i64>,
    pub team_id: Option<TeamId>,
    pub budget: Option<Amount>,
    /// Of the budget.
    pub currency: Option<Currency>,
    /// Who decides.
    pub authority: Option<String>,
    pub need: Option<String>,
    pub needed_by: Option<Day>,
    /// The rule that gave it to its owner or team, and why.
    pub assignment_rule_id: Option<AssignmentRuleId>,
    pub assignment_reason: Option<String>,
    /// When it was made to forget whom it was about.
    pub erased_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
