//! The parts of a posted invoice with their own due dates.
//!
//! Units: amounts in minor units of the invoice's currency, `company_…` in those of the company's.
//!
//! No personal fields.

use causeway_value::{Amount, Day, InstallmentId, InvoiceId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "installments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InstallmentId,
    pub invoice_id: InvoiceId,
    pub position: i64,
    pub due_date: Day,
    pub amount: Amount,
    pub open_amount: Amount,
    pub company_amount: Amount,
    pub company_open_amount: Amount,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
