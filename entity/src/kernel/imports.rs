//! What an import is to do, and how far it is. It has the id of its job.
//!
//! Personal: `options` holds values for empty cells, `parties_named` names.

use causeway_value::{CompanyId, JobId, Json, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub upload_id: Uuid,
    /// JSON of what was asked for.
    pub options: String,
    /// The first record of the file.
    pub header: String,
    /// The companies that the caller may see; null means all.
    pub company_ids: Option<Json<Vec<CompanyId>>>,
    /// The part that comes next.
    pub next_part: i64,
    /// Parts in all.
    pub parts: i64,
    /// Rows.
    pub created: i64,
    /// Rows.
    pub updated: i64,
    /// Rows.
    pub unchanged: i64,
    /// Rows.
    pub failed: i64,
    /// Errors; the first of them are kept.
    pub errors: i64,
    /// Customers that rows named and that came with them. Null is none.
    pub parties_created: Option<i64>,
    /// What a dry run has counted among them, as their names are compared: another part may name them again.
    pub parties_named: Option<Json<Vec<String>>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
