//! The hash of every secret of a person or a visit: sign-ins and one-time invitations. The secret itself is stored nowhere.
//!
//! No personal fields.

use causeway_value::{Instant, TenantId, TokenKind};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tokens")]
pub struct Model {
    /// SHA-256 of the secret.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hash: Vec<u8>,
    pub kind: TokenKind,
    pub tenant_id: TenantId,
    /// The session or visit that it opens, or the user whom it lets set a password.
    pub subject_id: Uuid,
    /// Wall time from which it is refused.
    pub valid_until: Instant,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
