//! The keys of the platform's administrators; the hashes of their secrets are credentials.
//!
//! No personal fields.

use causeway_value::{Instant, PlatformKeyId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlatformKeyId,
    /// What it is for.
    pub name: String,
    /// The first characters of its secret.
    pub prefix: String,
    /// Wall time from which it is refused; null means no end.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation works.
    pub previous_expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
