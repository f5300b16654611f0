//! The counter of each series of document numbers: per company, kind and fiscal year. Its row lock makes posting gapless and orders the ledger's chain.
//!
//! No personal fields.

use causeway_value::{CompanyId, Day, DocumentKind, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "number_series")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: CompanyId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: DocumentKind,
    /// The fiscal year, as in the number.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i64,
    pub next_number: i64,
    /// The date of the last number; a gapless series refuses an earlier one (`number_order`).
    pub last_day: Option<Day>,
    /// The digest of the company's last journal entry, in the row of the journal's kind and year 0, which gives no numbers.
    pub chain: Option<Vec<u8>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
