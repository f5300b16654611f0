//! One row per tenant: one SaaS customer (domain.md, "Who and where").
//!
//! No personal fields.

use causeway_value::{Instant, TenantId, TenantMode, TenantStatus, UserId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    pub name: String,
    /// The short name in addresses and sign-in; unique in the installation.
    pub slug: String,
    pub mode: TenantMode,
    pub status: TenantStatus,
    pub suspended_reason: Option<String>,
    /// The standing clock of a sandbox tenant; null means real time.
    pub clock_now: Option<Instant>,
    /// The first user, once it exists.
    pub owner_user_id: Option<UserId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Whether it has ownership rules: without any nobody needs to look for them. Null means no.
    pub has_ownership_rules: Option<bool>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
