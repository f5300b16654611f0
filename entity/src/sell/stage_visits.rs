//! How long each opportunity stood in each stage.
//!
//! No personal fields.

use causeway_value::{Instant, OpportunityId, StageId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stage_visits")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub opportunity_id: OpportunityId,
    /// The version of the opportunity that came to the stage.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub stage_id: StageId,
    pub entered_at: Instant,
    /// Null while it stands there.
    pub left_at: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
