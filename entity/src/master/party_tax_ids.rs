//! Tax registrations of parties that were checked against their country's rule.
//!
//! Personal, when the party is a person: `number`, `normalised`.

use causeway_value::{PartyId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "party_tax_ids")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub party_id: PartyId,
    pub position: i64,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// As it was given.
    pub number: String,
    /// Capitals and digits only.
    pub normalised: String,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
