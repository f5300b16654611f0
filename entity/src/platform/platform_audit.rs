//! What the platform's administrators did; insert-only, written with what it tells of. What they did to a tenant stands in that tenant's own trail, too.
//!
//! Personal: `actor_name`, `subject_name`, `reason` are free text.

use causeway_value::{Instant, PlatformAuditEntryId, PlatformKeyId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlatformAuditEntryId,
    /// Wall time.
    pub recorded_at: Instant,
    /// The key; null for who traded the bootstrap token.
    pub actor_id: Option<PlatformKeyId>,
    /// What the key was called then.
    pub actor_name: Option<String>,
    /// `<type>.<past participle>`, as in `tenant.suspended`.
    pub event_type: String,
    /// The operation that did it.
    pub operation: String,
    /// As on the wire: `tenant`, `platform_key`.
    pub subject_type: String,
    pub subject_id: Uuid,
    /// What it was called then.
    pub subject_name: String,
    /// Why, where a reason is given.
    pub reason: Option<String>,
    pub request_id: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
