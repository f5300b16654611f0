//! The values of dimensions that postings have, each combination once. A row is never changed.
//!
//! No personal fields.

use causeway_value::{Dimensions, Json, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "dimension_sets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The beginning of the digest of `content`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub content: Json<Dimensions>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
