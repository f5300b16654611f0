//! Billing runs as the API shows them, and their record.

use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billing_run_items, billing_runs};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::billing_run::{BillingRun, BillingRunItem, BillingRunTotal, HeldBillable};
use causeway_openapi::invoice::InvoiceGroup;
use causeway_openapi::invoice_check::InvoiceCheck;
use serde::{Deserialize, Serialize};

/// What a run keeps of its plan as JSON.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Summary {
    pub totals: Vec<BillingRunTotal>,
    pub changes: Vec<BillingRunTotal>,
    pub held: Vec<HeldBillable>,
    pub held_count: i64,
    /// Plans of before this was looked at refuse nothing.
    #[serde(default)]
    pub refused_count: i64,
}

impl Summary {
    pub(super) fn of(run: &billing_runs::Model) -> Self {
        serde_json::from_str(&run.summary).unwrap_or_default()
    }

    /// As a run keeps it.
    pub(super) fn text(&self) -> Result<String, Problem> {
        serde_json::to_string(self).map_err(|error| Problem::new(Code::InternalError, error.to_string()))
    }
}

/// The word of a grouping in storage.
pub(super) const fn word(group: InvoiceGroup) -> &'static str {
    match group {
        InvoiceGroup::Order => "order",
        InvoiceGroup::Party => "party",
        InvoiceGroup::Flow => "flow",
    }
}

/// The grouping that a run keeps.
pub(super) fn group_of(run: &billing_runs::Model) -> InvoiceGroup {
    match run.grouping.as_str() {
        "party" => InvoiceGroup::Party,
        "flow" => InvoiceGroup::Flow,
        _ => InvoiceGroup::Order,
    }
}

/// A run on the wire.
pub(super) fn view(row: &billing_runs::Model) -> BillingRun {
    let Summary { totals, changes, held, held_count, refused_count } = Summary::of(row);
    BillingRun {
        id: row.id,
        object: "billing_run".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        party_id: row.party_id,
        up_to: row.up_to,
        group: group_of(row),
        invoice_date: row.invoice_date,
        reference: row.reference.clone(),
        post: row.post,
        status: row.status,
        hash: row.hash.clone(),
        invoice_count: row.invoice_count,
        billable_count: row.billable_count,
        failed_count: row.failed_count,
        totals,
        previous_run_id: row.previous_run_id,
        changes,
        held,
        held_count,
        refused_count,
        job_id: row.job_id,
    }
}

/// An invoice of a run on the wire.
pub(super) fn item_view(row: &billing_run_items::Model) -> BillingRunItem {
    BillingRunItem {
        id: row.id,
        object: "billing_run_item".to_owned(),
        created_at: row.created_at,
        billing_run_id: row.billing_run_id,
        position: row.position,
        party_id: row.party_id,
        order_id: row.order_id,
        flow_id: row.flow_id,
        currency: row.currency,
        billable_ids: row.billable_ids.0.clone(),
        untaxed_amount: row.untaxed_amount.map(|amount| amount.text(row.currency)),
        tax_amount: row.tax_amount.map(|amount| amount.text(row.currency)),
        total_amount: row.total_amount.map(|amount| amount.text(row.currency)),
        status: row.status,
        invoice_id: row.invoice_id,
        failure: row.failure.clone(),
        checks: row.checks.as_deref().and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default(),
    }
}

/// Checks that failed, as an invoice of a run keeps them; nothing when none did.
pub(super) fn kept(checks: &[InvoiceCheck]) -> Option<String> {
    if checks.is_empty() { None } else { serde_json::to_string(checks).ok() }
}

/// The checks that a refused posting failed, as an invoice of a run keeps them; none for other refusals.
pub(super) fn failed_checks(problem: &Problem) -> Option<String> {
    problem.meta.get("checks").map(ToString::to_string)
}

/// Records what happened to a run.
pub(super) fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &billing_runs::Model) -> Result<BillingRun, Problem> {
    let shown = view(row);
    let change =
        Change { event, object: "billing_run", id: row.id.uuid(), version: row.version, company_id: Some(row.company_id), flow_id: None, body: &shown };
    tx.record(ctx, &change)?;
    Ok(shown)
}
