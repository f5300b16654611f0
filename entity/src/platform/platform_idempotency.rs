//! Answers of platform administration by idempotency key (api.md §4).
//!
//! Personal: `body` may name a tenant's owner.

use causeway_value::Instant;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_idempotency")]
pub struct Model {
    /// SHA-256 of key, method and path. Older rows have the principal before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Vec<u8>,
    /// SHA-256 of query and raw body, and behind it that of the principal, where it is known whose it was.
    pub fingerprint: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// The answer, byte for byte.
    pub body: String,
    /// The ETag it had.
    pub etag: Option<String>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
