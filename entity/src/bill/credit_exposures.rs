//! What a party may cost a company: open receivables, billables and obligations, less its unallocated credit (rules.md, "Holds, credit, clock").
//!
//! Units: amounts in minor units of the company's currency.
//!
//! No personal fields.

use causeway_value::{Amount, CompanyId, Instant, PartyId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credit_exposures")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: PartyId,
    pub open_receivables: Amount,
    /// Ready and pending.
    pub billables: Amount,
    /// Confirmed, not yet billable.
    pub obligations: Amount,
    /// Customer credit; it lowers the exposure.
    pub unallocated: Amount,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
