//! What of payments is used without an invoice: paid back by another payment, or kept as income. Taking one back sets `reversed_at`.
//!
//! Units: `amount` in minor units of the payment's currency, `company_amount` in those of the company's.
//!
//! No personal fields.

use causeway_value::{Amount, CompanyId, Day, Instant, JournalEntryId, OffsetKind, PaymentId, PaymentOffsetId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment_offsets")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentOffsetId,
    pub company_id: CompanyId,
    /// What is used.
    pub payment_id: PaymentId,
    /// The payment on the other side; none for a surplus.
    pub counterpart_id: Option<PaymentId>,
    pub kind: OffsetKind,
    pub amount: Amount,
    pub company_amount: Amount,
    pub day: Day,
    /// Of a surplus, or of the exchange difference of a refund.
    pub journal_entry_id: Option<JournalEntryId>,
    pub reversed_at: Option<Instant>,
    pub created_at: Instant,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
