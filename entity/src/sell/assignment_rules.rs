//! Who gets which leads.
//!
//! No personal fields.

use causeway_value::{AssignmentRuleId, CompanyId, Instant, Json, TeamId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentRuleId,
    pub name: String,
    /// Lower ones are asked first.
    pub position: i64,
    /// Whose leads; null for every company's.
    pub company_id: Option<CompanyId>,
    /// Empty means any.
    pub sources: Json<Vec<String>>,
    /// Empty means any.
    pub countries: Json<Vec<String>>,
    pub min_employees: Option<i64>,
    pub max_employees: Option<i64>,
    pub team_id: Option<TeamId>,
    /// Empty means the members of the team.
    pub owner_ids: Json<Vec<UserId>>,
    /// How many leads it has given away; whose turn it is follows from it. No visible change.
    pub turns: i64,
    pub active: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
