//! The lines of journal entries. One side of each is zero, neither is negative.
//!
//! Units: `debit` and `credit` in minor units of the company's currency, `amount_currency` in those of `currency`, signed as debit minus credit.
//!
//! No personal fields; parties are named by id.

use causeway_value::{AccountId, Amount, CompanyId, Currency, Day, JournalEntryId, PartyId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal_lines")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: JournalEntryId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    pub company_id: CompanyId,
    /// The entry's.
    pub day: Day,
    pub account_id: AccountId,
    pub party_id: Option<PartyId>,
    pub document_id: Option<Uuid>,
    pub debit: Amount,
    pub credit: Amount,
    pub amount_currency: Amount,
    pub currency: Currency,
    /// Of the installment it stands for.
    pub due_date: Option<Day>,
    pub dimension_set_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
