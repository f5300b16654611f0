//! The parts of payments, credit notes and write-offs that settle installments. Taking one back sets `reversed_at`; nothing is deleted.
//!
//! Units: `amount` in minor units of the invoice's currency, `source_amount` in those of the payment's or credit note's, `company_amount` and `exchange_difference` in those of the company's.
//!
//! No personal fields.

use causeway_value::{
    AllocationId, Amount, CompanyId, Currency, Day, InstallmentId, Instant, InvoiceId, JournalEntryId, PartyId, PaymentId, TenantId, WriteOffId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "allocations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AllocationId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    /// This, a credit note or a write-off.
    pub payment_id: Option<PaymentId>,
    pub credit_note_id: Option<InvoiceId>,
    pub invoice_id: InvoiceId,
    pub installment_id: InstallmentId,
    /// The invoice's.
    pub currency: Currency,
    /// What is settled of the invoice.
    pub amount: Amount,
    /// What is used of the payment or credit note, in its currency.
    pub source_amount: Amount,
    /// What is settled of the invoice.
    pub company_amount: Amount,
    /// A gain is positive, a loss negative.
    pub exchange_difference: Amount,
    /// When it counts, in aging too.
    pub day: Day,
    /// The entry of the exchange difference.
    pub journal_entry_id: Option<JournalEntryId>,
    pub reversed_at: Option<Instant>,
    pub created_at: Instant,
    pub write_off_id: Option<WriteOffId>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
