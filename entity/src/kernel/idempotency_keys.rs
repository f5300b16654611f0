//! Answers to requests by idempotency key, written with their effect (api.md §4).
//!
//! Personal: `body` may hold what the answer held. Most rows refer to a snapshot instead.

use causeway_value::{Instant, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// SHA-256 of key, method and path: it is used once in a tenant. Older rows have the principal before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Vec<u8>,
    /// SHA-256 of query and raw body, and behind it that of the principal, where it is known whose it was.
    pub fingerprint: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// The snapshot that is the answer.
    pub object_id: Option<Uuid>,
    pub object_version: Option<i64>,
    /// The answer, when it is no snapshot.
    pub body: Option<String>,
    pub etag: Option<String>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
