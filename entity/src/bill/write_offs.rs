//! What is given up of invoices: bad debts, discounts for paying early, bank fees and small differences. Taking one back sets `status`; nothing is deleted.
//!
//! Units: `amount` and `taxes` in minor units of `currency`, `company_amount` in those of the company's, at the rate of `date`.
//!
//! Personal: `reason` is free text.

use crate::TaxAmount;
use causeway_value::{
    AccountId, Amount, CompanyId, Currency, Day, FlowId, Instant, InvoiceId, JournalEntryId, Json, PartyId, PaymentId, TenantId, WriteOffId, WriteOffKind,
    WriteOffStatus,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "write_offs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WriteOffId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub invoice_id: InvoiceId,
    /// The payment that it came with.
    pub payment_id: Option<PaymentId>,
    pub kind: WriteOffKind,
    pub status: WriteOffStatus,
    /// When it counts.
    pub date: Day,
    /// The invoice's.
    pub currency: Currency,
    /// What is given up, with its tax.
    pub amount: Amount,
    pub company_amount: Amount,
    /// The tax that is corrected with it.
    pub taxes: Json<Vec<TaxAmount>>,
    /// What bears it.
    pub account_id: AccountId,
    pub reason: Option<String>,
    pub journal_entry_id: JournalEntryId,
    pub reversal_entry_id: Option<JournalEntryId>,
    pub flow_id: Option<FlowId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
