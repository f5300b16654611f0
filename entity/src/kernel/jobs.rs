//! Work that runs after its request was answered.
//!
//! Personal: `input`, `result` and `error` may name people, as their kind says.

use causeway_value::{ActorKind, Instant, JobId, JobStatus, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub kind: String,
    pub status: JobStatus,
    /// Steps.
    pub done: i64,
    /// Steps; 0 while unknown.
    pub total: i64,
    /// JSON of the kind.
    pub input: String,
    /// JSON of the kind.
    pub result: Option<String>,
    pub error: Option<String>,
    pub created_by_kind: ActorKind,
    /// Of the kind that `created_by_kind` says.
    pub created_by: Option<Uuid>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
