//! Credentials of programs. The hash of the secret is a row of `credentials`.
//!
//! Personal: `name`, when it names a person.

use causeway_value::{ApiKeyId, CompanyId, Instant, Json, TenantId, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub name: String,
    /// The first letters of the secret, to recognise it.
    pub prefix: String,
    /// Permissions, `<resource>:<verb>`.
    pub scopes: Json<Vec<String>>,
    /// The companies it is limited to; null means all.
    pub company_ids: Option<Json<Vec<CompanyId>>>,
    /// Whom it acts for.
    pub user_id: Option<UserId>,
    /// Wall time.
    pub expires_at: Option<Instant>,
    /// Until when the secret before the last rotation still works.
    pub previous_expires_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// The addresses and ranges that it may be used from; null means everywhere.
    pub allowed_sources: Option<Json<Vec<String>>>,
    /// Why the platform opened the tenant with it; null for the tenant's own.
    pub platform_reason: Option<String>,
    /// The other system that writes with it; null for a tool of this one.
    pub system: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
