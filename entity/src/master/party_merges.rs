//! Parties that were merged into others: where whoever still has the old id finds what remained.
//!
//! No personal fields.

use causeway_value::{Instant, PartyId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_merges")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The party that is no more.
    #[sea_orm(primary_key, auto_increment = false)]
    pub merged_id: PartyId,
    /// The one that took its place; moves on when that is merged, too.
    pub into_party_id: PartyId,
    pub merged_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
