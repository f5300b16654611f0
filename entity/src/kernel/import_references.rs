//! Which external ids the rows of an import have named so far: of a running one; they go when it ends.
//!
//! No personal fields: an id stands here as its digest.

use causeway_value::{JobId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_references")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: JobId,
    /// SHA-256 of the id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub reference: Vec<u8>,
    /// The first row that named it; the header is row 1.
    pub row: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
