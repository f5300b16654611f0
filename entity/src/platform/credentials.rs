//! The hash of every secret that opens the service. The secret itself is stored nowhere.
//!
//! No personal fields.

use causeway_value::{ApiKeyId, Instant, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credentials")]
pub struct Model {
    /// SHA-256 of the secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    pub api_key_id: ApiKeyId,
    /// Null for a platform key.
    pub tenant_id: Option<TenantId>,
    /// Whether it opens `/admin/v1`.
    pub platform: bool,
    /// Wall time from which it is refused; null means no end.
    pub valid_until: Option<Instant>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
