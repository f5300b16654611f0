//! Balanced postings: immutable and chained by hash per company.
//!
//! Units: `total` in minor units of `currency`.
//!
//! Personal: `description` is free text.

use causeway_value::{Amount, CompanyId, Currency, Day, FlowId, Instant, JournalEntryId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journal_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JournalEntryId,
    pub company_id: CompanyId,
    pub number: String,
    pub date: Day,
    /// The row of the posting table, as in `invoice.posted`.
    pub event: String,
    pub document_type: String,
    /// Of the kind that `document_type` says.
    pub document_id: Uuid,
    pub currency: Currency,
    /// The sum of its debits.
    pub total: Amount,
    /// An entry is reversed once.
    pub reversal_of: Option<JournalEntryId>,
    pub flow_id: Option<FlowId>,
    pub posted_at: Instant,
    /// SHA-256 of the entry, its lines and `previous_hash`.
    pub hash: Vec<u8>,
    /// Of the company's entry before; empty for its first.
    pub previous_hash: Vec<u8>,
    pub created_at: Instant,
    /// When it was reversed, else `created_at`: the one column that changes, and no digest covers it.
    pub updated_at: Instant,
    /// What somebody wrote on an entry of their own. No digest covers it, so that a person can be erased.
    pub description: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
