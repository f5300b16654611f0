//! What a company does when a customer's credit is used up: one policy for all of its customers, and others for some.
//!
//! No personal fields.

use causeway_value::{CompanyId, CreditAction, CreditPolicyId, Instant, PartyId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_policies")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CreditPolicyId,
    pub company_id: CompanyId,
    /// Null for all customers without a policy of their own.
    pub party_id: Option<PartyId>,
    /// The company when it is for all: there is one.
    pub general_of: Option<CompanyId>,
    pub action: CreditAction,
    /// Days that the oldest invoice may be overdue; null checks no age.
    pub max_overdue_days: Option<i64>,
    /// Who owns the holds that it makes.
    pub owner_id: Option<UserId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
