//! Money received or paid.
//!
//! Units: amounts in minor units of `currency`, `company_amount` in those of the company's; `company_rate` at 10^-12, as it was quoted: company currency per payment currency, or the other way round.
//!
//! Personal: `reference` and `reversal_reason` are free text.

use causeway_value::{
    AllocationState, Amount, CompanyId, Currency, Day, Direction, FlowId, Instant, JournalEntryId, Json, PartyId, PaymentDirection, PaymentId, PaymentMethod,
    PaymentPlan, PaymentStatus, Rate, TenantId,
};
use sea_orm::entity::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    pub company_id: CompanyId,
    pub party_id: PartyId,
    pub direction: PaymentDirection,
    pub method: PaymentMethod,
    /// Which documents it settles: those of sale stand on receivables, those of purchase on payables.
    pub settles: Direction,
    /// Given at posting.
    pub number: Option<String>,
    pub status: PaymentStatus,
    pub allocation_state: AllocationState,
    pub amount: Amount,
    pub currency: Currency,
    pub payment_date: Day,
    /// The payer's or the bank's own.
    pub reference: Option<String>,
    pub unallocated_amount: Amount,
    pub company_rate: Rate,
    /// Whether an amount in company currency is the document's divided by that rate, as when only the other direction is quoted.
    pub rate_divides: bool,
    pub company_amount: Amount,
    pub journal_entry_id: Option<JournalEntryId>,
    pub reversal_entry_id: Option<JournalEntryId>,
    /// Why it was reversed, or why it could not be booked on its day.
    pub reversal_reason: Option<String>,
    pub posted_at: Option<Instant>,
    pub flow_id: Option<FlowId>,
    pub metadata: Json<BTreeMap<String, String>>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// What it settles when its day comes: of a scheduled one.
    pub planned: Option<Json<PaymentPlan>>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
