//! Fiscal years of companies, with how far each is locked.
//!
//! Personal: `reason` is free text.

use causeway_value::{CompanyId, Day, FiscalYearId, FiscalYearStatus, Instant, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fiscal_years")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FiscalYearId,
    pub company_id: CompanyId,
    /// The calendar year in which it ends.
    pub year: i64,
    pub starts_on: Day,
    pub ends_on: Day,
    pub status: FiscalYearStatus,
    /// The last locked day.
    pub locked_through: Option<Day>,
    pub reason: Option<String>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
