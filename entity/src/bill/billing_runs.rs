//! Billing runs: what would be billed together, and what became of it.
//!
//! Personal: `reference`, and what `summary` says of holds, are free text.

use causeway_value::{BillingRunId, BillingRunStatus, CompanyId, Day, Instant, JobId, PartyId, TenantId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing_runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BillingRunId,
    pub company_id: CompanyId,
    /// The only one that is billed.
    pub party_id: Option<PartyId>,
    pub up_to: Day,
    /// order, party or flow.
    pub grouping: String,
    pub invoice_date: Option<Day>,
    pub post: bool,
    pub status: BillingRunStatus,
    /// SHA-256 of what was planned, in hexadecimal.
    pub hash: String,
    pub invoice_count: i64,
    pub billable_count: i64,
    pub failed_count: i64,
    pub previous_run_id: Option<BillingRunId>,
    /// Totals, changes and holds as JSON, as they were planned.
    pub summary: String,
    pub job_id: Option<JobId>,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
    /// Of the invoices whose orders tell none.
    pub reference: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
