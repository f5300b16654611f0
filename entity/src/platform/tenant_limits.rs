//! What the platform allows a tenant; a missing row or a null means the default.
//!
//! No personal fields.

use causeway_value::TenantId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_limits")]
pub struct Model {
    /// Not `tenant_id`: a platform table above the tenants.
    #[sea_orm(primary_key, auto_increment = false)]
    pub of_tenant_id: TenantId,
    pub requests_per_minute: Option<i64>,
    pub credential_requests_per_minute: Option<i64>,
    pub max_users: Option<i64>,
    pub max_companies: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
