//! The second factor of a person: the seed of its one-time codes, sealed.
//!
//! No personal fields.

use causeway_value::{Instant, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_factors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// Sealed under the key of the installation, bound to tenant and user.
    pub seed: Vec<u8>,
    /// When the first code was right; before that nothing asks for one.
    pub confirmed_at: Option<Instant>,
    /// The time step of the last accepted code: no code is taken twice.
    pub last_step: i64,
    /// Wrong codes in a row.
    pub failures: i64,
    /// Until when no code is taken.
    pub locked_until: Option<Instant>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
