//! What a party may cost a company in one currency: open receivables, billables and obligations, less its unallocated credit (rules.md, "Holds, credit,
//! clock"). The sums follow the rows that they are of; today's rate is applied when they are read.
//!
//! Units: amounts in minor units of `currency`, with tax.
//!
//! No personal fields.

use causeway_value::{Amount, CompanyId, Currency, PartyId, TenantId};
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
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: Currency,
    /// Unposted invoices too.
    pub open_receivables: Amount,
    /// Whatever waits to be invoiced, held or not.
    pub billables: Amount,
    /// Confirmed, not yet billable.
    pub obligations: Amount,
    /// Customer credit; it lowers the exposure.
    pub unallocated: Amount,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
