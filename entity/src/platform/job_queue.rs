//! Heads of the jobs that wait or run, across tenants. The job itself is the tenant's row in `jobs`.
//!
//! No personal fields.

use causeway_value::{Instant, JobId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_queue")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: JobId,
    pub tenant_id: TenantId,
    pub run_at: Instant,
    pub attempts: i64,
    pub holder: Option<String>,
    /// Only rises; a write under an older fence is refused.
    pub fence: i64,
    /// Time of the database.
    pub lease_until: Option<Instant>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
