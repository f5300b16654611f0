//! Requests that were refused: 401, 403 and ids of other tenants. Written in a transaction of its own; insert-only.
//!
//! Personal: `source`. A caller is named by the id of its key or user.

use causeway_value::{ApiKeyId, Instant, SecurityEventId, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "security_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SecurityEventId,
    /// Wall time.
    pub at: Instant,
    pub tenant_id: Option<TenantId>,
    pub api_key_id: Option<ApiKeyId>,
    /// Why it was refused.
    pub kind: String,
    pub method: String,
    pub path: String,
    /// HTTP status of the answer.
    pub status: i64,
    /// Problem code of the answer.
    pub code: String,
    pub request_id: String,
    /// The person who called, or whose account was tried.
    pub user_id: Option<UserId>,
    /// The address that the request came from.
    pub source: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
