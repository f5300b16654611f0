//! What was taken off what may be invoiced, and when: with it the reports of a day that is over answer what was true on it. A row is never changed.
//!
//! Units: amounts in minor units of the billable's currency.
//!
//! No personal fields.

use causeway_value::{Amount, BillableId, CompanyId, Day, InvoiceId, Quantity, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billable_reductions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub billable_id: BillableId,
    /// The version of the billable that it made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i64,
    pub company_id: CompanyId,
    /// The invoice on which the billable stood.
    pub invoice_id: Option<InvoiceId>,
    /// The day from which it is less, in the company's time zone: that of the credit note for what is billed again.
    pub day: Day,
    /// How much less; has the sign of the billable. The other sign when a credit note that was proposed is dropped: so much stands on its invoice again.
    pub quantity: Quantity,
    /// Without any tax.
    pub amount: Amount,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
