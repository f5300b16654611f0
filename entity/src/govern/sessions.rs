//! Sign-ins of people. The hash of the token is a row of `tokens`.
//!
//! Personal: `source`, `user_agent`.

use causeway_value::{Instant, SessionId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub user_id: UserId,
    /// The address that it was opened from.
    pub source: String,
    /// What the program called itself.
    pub user_agent: Option<String>,
    /// When the person last proved who they are (wall time).
    pub authenticated_at: Instant,
    /// When it was last used, to the minute (wall time). Not part of the version.
    pub last_seen_at: Instant,
    /// When it ends at the latest (wall time).
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
