//! The invoices of billing runs.
//!
//! Units: amounts in minor units of `currency`.
//!
//! No personal fields.

use causeway_value::{
    Amount, BillableId, BillingRunId, BillingRunItemId, BillingRunItemStatus, CompanyId, Currency, FlowId, Instant, InvoiceId, Json, OrderId, PartyId, TenantId,
};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "billing_run_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BillingRunItemId,
    pub company_id: CompanyId,
    pub billing_run_id: BillingRunId,
    pub position: i64,
    pub party_id: PartyId,
    pub order_id: Option<OrderId>,
    pub flow_id: Option<FlowId>,
    pub currency: Currency,
    pub billable_ids: Json<Vec<BillableId>>,
    /// Null, as tax and total, where it could not be made when it was planned.
    pub untaxed_amount: Option<Amount>,
    pub tax_amount: Option<Amount>,
    pub total_amount: Option<Amount>,
    pub status: BillingRunItemStatus,
    pub invoice_id: Option<InvoiceId>,
    pub failure: Option<String>,
    pub created_at: Instant,
    /// The checks that its posting failed, as JSON.
    pub checks: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
