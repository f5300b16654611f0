//! Whose word counts about master data (MDM-08).
//!
//! No personal fields.

use causeway_value::{Instant, Json, OwnedKind, OwnershipRuleId, TenantId, UserId};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ownership_rules")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OwnershipRuleId,
    pub applies_to: OwnedKind,
    /// Names of fields, or `*` alone.
    pub fields: Json<Vec<String>>,
    /// `causeway`, or a system as keys name it.
    pub owner: String,
    /// Who answers for the data; null when nobody was named.
    pub steward_id: Option<UserId>,
    pub active: bool,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
