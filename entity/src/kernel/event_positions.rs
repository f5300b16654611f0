//! The number and the chain link of each event in commit order, without a gap; insert-only.
//!
//! No personal fields.

use causeway_value::{EventId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_positions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sequence: i64,
    pub event_id: EventId,
    /// SHA-256 of the previous chain value and the event.
    pub chain: Vec<u8>,
    pub previous: Vec<u8>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
