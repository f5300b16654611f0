//! Billing runs: invoices made together of what waits to be billed.

use crate::invoice::InvoiceGroup;
use crate::invoice_check::InvoiceCheck;
use causeway_contract::{Filter, FilterKind, ListSpec, Sort};
use causeway_value::{
    AmountText, BillableId, BillingRunId, BillingRunItemId, BillingRunItemStatus, BillingRunStatus, CompanyId, Currency, Day, FlowId, Instant, InvoiceId,
    JobId, OrderId, PartyId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A plan of invoices to be made, and then what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingRun {
    /// Id.
    pub id: BillingRunId,
    /// Always `billing_run`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// The company that bills.
    pub company_id: CompanyId,
    /// The only party that is billed; null for all.
    pub party_id: Option<PartyId>,
    /// The last day whose billables are billed.
    pub up_to: Day,
    /// What makes a separate invoice.
    pub group: InvoiceGroup,
    /// The date of the invoices; null for the day on which they are made.
    pub invoice_date: Option<Day>,
    /// The customer's reference on invoices whose orders tell none.
    pub reference: Option<String>,
    /// Whether the invoices are posted at once.
    pub post: bool,
    /// Where it stands.
    pub status: BillingRunStatus,
    /// What was planned, amounts included, as one text: committing needs it, and fails when anything of the plan has changed.
    pub hash: String,
    /// Invoices to be made.
    pub invoice_count: i64,
    /// Billables on them.
    pub billable_count: i64,
    /// Invoices that could not be made.
    pub failed_count: i64,
    /// What the invoices come to, by currency; of a run that is done, those that were made.
    pub totals: Vec<BillingRunTotal>,
    /// The last run that is done and billed the same: the party, or all.
    pub previous_run_id: Option<BillingRunId>,
    /// What this run has more than the one before, by currency.
    pub changes: Vec<BillingRunTotal>,
    /// Billables that are held and would be billed else, 100 at most, and why.
    pub held: Vec<HeldBillable>,
    /// How many are held.
    pub held_count: i64,
    /// How many of its invoices could not be posted as things stood when it was planned: their `checks` say why. They are tried when it is committed.
    pub refused_count: i64,
    /// The work that makes the invoices, once it was committed.
    pub job_id: Option<JobId>,
}

/// What invoices of one currency come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingRunTotal {
    /// The currency.
    pub currency: Currency,
    /// How many invoices.
    pub invoices: i64,
    /// Without tax.
    pub untaxed_amount: AmountText,
    /// The tax.
    pub tax_amount: AmountText,
    /// Both.
    pub total_amount: AmountText,
}

/// A billable that a run leaves out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldBillable {
    /// Which one.
    pub billable_id: BillableId,
    /// Whom it would bill.
    pub party_id: PartyId,
    /// Without tax.
    pub amount: AmountText,
    /// The currency of that.
    pub currency: Currency,
    /// Why it is held.
    pub reason: Option<String>,
    /// Since when.
    pub since: Option<Instant>,
}

/// An invoice of a billing run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BillingRunItem {
    /// Id.
    pub id: BillingRunItemId,
    /// Always `billing_run_item`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// The run.
    pub billing_run_id: BillingRunId,
    /// Its place in the run.
    pub position: i64,
    /// The customer.
    pub party_id: PartyId,
    /// The order, when all of it comes from one.
    pub order_id: Option<OrderId>,
    /// The deal, when all of it belongs to one.
    pub flow_id: Option<FlowId>,
    /// The currency of its amounts.
    pub currency: Currency,
    /// What it bills: its lines, in order.
    pub billable_ids: Vec<BillableId>,
    /// Without tax; null, as tax and total, where no invoice could be made of it when it was planned: `failure` says why.
    pub untaxed_amount: Option<AmountText>,
    /// The tax.
    pub tax_amount: Option<AmountText>,
    /// What is to be paid.
    pub total_amount: Option<AmountText>,
    /// What became of it.
    pub status: BillingRunItemStatus,
    /// The invoice that was made.
    pub invoice_id: Option<InvoiceId>,
    /// Why none was made.
    pub failure: Option<String>,
    /// The checks of `GET /v1/invoices/{id}/checks` that it fails: as things stood when it was planned, and once it failed, when it was to be posted.
    pub checks: Vec<InvoiceCheck>,
}

/// Plans a billing run. Nothing is billed before it is committed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateBillingRun {
    /// The company that bills.
    pub company_id: CompanyId,
    /// The last day whose billables are billed: today when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub up_to: Option<Day>,
    /// Bills this party only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<PartyId>,
    /// What makes a separate invoice: `order` when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<InvoiceGroup>,
    /// The date of the invoices, at most 330 days ahead: the day on which they are made when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_date: Option<Day>,
    /// Whether the invoices are posted at once: they stay drafts when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<bool>,
    /// The customer's reference on invoices whose orders tell none; others name their order's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub reference: Option<String>,
}

/// Makes what was planned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitBillingRun {
    /// The hash of the plan that is committed.
    #[schema(max_length = 64)]
    pub hash: String,
}

/// What the list of billing runs offers.
pub const BILLING_RUNS: ListSpec = ListSpec {
    table: "billing_runs",
    filters: &[
        Filter { name: "company_id", kind: FilterKind::Id("com"), index: "billing_runs_company_id" },
        Filter { name: "status", kind: FilterKind::Word, index: "billing_runs_status" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "billing_runs_updated_at" },
    ],
    sorts: &[Sort { name: "updated_at", index: "billing_runs_updated_at" }],
    search: false,
    external_refs: false,
};

/// What the list of their invoices offers.
pub const BILLING_RUN_ITEMS: ListSpec = ListSpec {
    table: "billing_run_items",
    filters: &[
        Filter { name: "billing_run_id", kind: FilterKind::Id("brn"), index: "billing_run_items_billing_run_id" },
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "billing_run_items_party_id" },
        Filter { name: "status", kind: FilterKind::Word, index: "billing_run_items_status" },
        Filter { name: "invoice_id", kind: FilterKind::Id("inv"), index: "billing_run_items_invoice_id" },
    ],
    sorts: &[],
    search: false,
    external_refs: false,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{BILLING_RUN_ITEMS, BILLING_RUNS, BillingRun, BillingRunItem};
    use crate::billing_run as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::BillingRunId;

    endpoints! {
        /// Lists billing runs.
        Get "/v1/billing-runs" ListBillingRuns () Nothing => Page<BillingRun>, invoices:read, list BILLING_RUNS;
        /// Plans a billing run: which invoices would be made of what is ready, what would refuse to post them, and what is held.
        Post "/v1/billing-runs" CreateBillingRun () body::CreateBillingRun => Created<BillingRun>, invoices:write;
        /// Reads a billing run.
        Get "/v1/billing-runs/{id}" GetBillingRun (BillingRunId) Nothing => Json<BillingRun>, invoices:read;
        /// Makes the planned invoices, many as a job; 409 when what would be billed has changed since. A run whose job failed or was cancelled goes on.
        Post "/v1/billing-runs/{id}/commit" CommitBillingRun (BillingRunId) body::CommitBillingRun => Json<BillingRun>, invoices:post;
        /// Lists the invoices of billing runs.
        Get "/v1/billing-run-items" ListBillingRunItems () Nothing => Page<BillingRunItem>, invoices:read, list BILLING_RUN_ITEMS;
    }
}
