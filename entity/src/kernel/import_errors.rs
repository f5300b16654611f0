//! What was wrong in which row and column of an import.
//!
//! Personal: `detail` may repeat a value.

use causeway_value::{JobId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_errors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: JobId,
    /// From 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The row of the file; the header is row 1.
    pub row: i64,
    /// Null when it is about the whole row.
    pub column_name: Option<String>,
    pub code: String,
    pub detail: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
