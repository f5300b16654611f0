//! How long a tenant keeps what need not be kept for ever (SEC-08).
//!
//! Personal: `hold_reason` is free text.

use causeway_value::{Instant, RetentionKind, RetentionRuleId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RetentionRuleId,
    /// Unique in the tenant.
    pub kind: RetentionKind,
    /// Null means as many as when nobody chose any.
    pub days: Option<i64>,
    /// Why nothing goes for now; null when it does.
    pub hold_reason: Option<String>,
    /// When something went the last time (wall time).
    pub last_applied_at: Option<Instant>,
    /// How many rows went then.
    pub last_removed: Option<i64>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
