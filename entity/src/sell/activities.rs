//! What is to be done about a lead, a deal, a customer or a document.
//!
//! Personal: `note`, `outcome` are free text.

use causeway_value::{ActivityId, ActivityKind, ActivityStatus, CompanyId, FlowId, Instant, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "activities")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ActivityId,
    /// As on the wire: `opportunity`.
    pub subject_type: String,
    pub subject_id: Uuid,
    /// Of the subject, when it has one.
    pub company_id: Option<CompanyId>,
    /// Of the subject, when it has one.
    pub flow_id: Option<FlowId>,
    pub kind: ActivityKind,
    pub status: ActivityStatus,
    pub due_at: Option<Instant>,
    pub note: Option<String>,
    pub owner_id: Option<UserId>,
    pub outcome: Option<String>,
    pub completed_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub cancelled_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
