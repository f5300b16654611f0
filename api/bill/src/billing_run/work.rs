//! The work of a billing run: invoices made many in each transaction, each once.

use super::service::{self, Sum};
use super::view::{failed_checks, record};
use crate::invoice::service::batch::{Batch, Made, count};
use crate::obligation::of_billables;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, billing_run_items, billing_runs};
use causeway_entity::govern::companies;
use causeway_entity::kernel::jobs;
use causeway_kernel::db::Cell;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::job::{self, Job, Progress};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::dimension::service::{self as dimension, carried};
use causeway_openapi::billing_run::BillingRun;
use causeway_value::{Amount, BillableId, BillableStatus, BillingRunId, BillingRunItemStatus, BillingRunStatus, Currency, JobStatus};
use serde_json::json;
use std::collections::BTreeMap;

/// The kind of the job.
pub const KIND: &str = "billing.run";
/// Invoices that a commit makes itself, at most; more are a job's.
const AT_ONCE: i64 = 20;
/// Invoices of one step, at most, and billables on them: the writer's lane waits for a step.
const STEP_INVOICES: u64 = 100;
const STEP_BILLABLES: usize = 1_000;

/// Makes the job known, at start.
pub fn register() {
    job::register(KIND, step, so_far);
}

/// Starts the work of a run that was just committed; a small one is done at once.
pub(super) async fn start(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    old: &billing_runs::Model,
    mut new: billing_runs::Model,
) -> Result<BillingRun, Problem> {
    if new.invoice_count > AT_ONCE {
        new.job_id = Some(job::enqueue_counted(ctx, tx, KIND, input(old), new.invoice_count)?.id);
        tx.update(old, &new);
        return record(ctx, tx, "billing_run.committed", &new);
    }
    let items = waiting(old.id).all(tx).await?;
    let done = make(ctx, tx, company, &new, items).await?;
    new.failed_count += done.failed;
    if done.failed > 0 {
        service::made(tx, &mut new, &done.sums).await?;
    }
    new.status = BillingRunStatus::Done;
    new.job_id = Some(job::finished(ctx, tx, KIND, input(old), result(&new, 0))?.id);
    tx.update(old, &new);
    record(ctx, tx, "billing_run.finished", &new)
}

/// Whether nobody works on a run that is not done: its job failed or was cancelled.
pub(super) async fn stands_still(tx: &mut Tx<'_>, run: &billing_runs::Model) -> Result<bool, Problem> {
    let Some(job_id) = run.job_id else { return Ok(false) };
    let job = tx.get::<jobs::Entity>(job_id).await?;
    // A job that ended long ago is not kept.
    Ok(job.is_none_or(|job| matches!(job.status, JobStatus::Failed | JobStatus::Cancelled)))
}

/// Starts the work of a run again: a new job makes what the old one left.
pub(super) fn go_on(ctx: &Ctx, tx: &mut Tx<'_>, old: &billing_runs::Model) -> Result<BillingRun, Problem> {
    let job = job::enqueue_counted(ctx, tx, KIND, input(old), old.invoice_count)?;
    let new = billing_runs::Model { job_id: Some(job.id), version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(old, &new);
    record(ctx, tx, "billing_run.committed", &new)
}

fn input(run: &billing_runs::Model) -> String {
    json!({ "billing_run_id": run.id }).to_string()
}

/// What a run came to, when so many invoices are still to be made.
fn result(run: &billing_runs::Model, left: i64) -> String {
    json!({ "billing_run_id": run.id, "invoices": run.invoice_count - run.failed_count - left, "failed": run.failed_count }).to_string()
}

fn run_of(job: &Job) -> Result<BillingRunId, Problem> {
    let input: serde_json::Value = serde_json::from_str(&job.input).unwrap_or_default();
    input.get("billing_run_id").and_then(|id| id.as_str()).and_then(|id| id.parse().ok()).ok_or_else(Problem::not_found)
}

/// What a run came to whose job ends before it is done. Whoever may cancel the job may know how far it came.
fn so_far<'a>(_: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<String, Problem>> {
    Box::pin(async move {
        let run = Find::<billing_runs::Entity>::new().eq(billing_runs::Column::Id, run_of(job)?).of_all_companies();
        let run = run.one(tx).await?.ok_or_else(Problem::not_found)?;
        let left = waiting(run.id).of_all_companies().count(tx).await?;
        Ok(result(&run, left))
    })
}

fn waiting(id: BillingRunId) -> Find<billing_run_items::Entity> {
    Find::<billing_run_items::Entity>::new()
        .eq(billing_run_items::Column::BillingRunId, id)
        .eq(billing_run_items::Column::Status, BillingRunItemStatus::Planned)
        .order_by(billing_run_items::Column::Position)
}

/// One step of the job: the next invoices, or the end.
fn step<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move {
        let id = run_of(job)?;
        let old = tx.lock::<billing_runs::Entity>(id).await?;
        let items = waiting(id).limit(STEP_INVOICES).all(tx).await?;
        if items.is_empty() {
            let mut new = billing_runs::Model { status: BillingRunStatus::Done, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
            let sums = invoiced(tx, &old).await?;
            service::made(tx, &mut new, &sums).await?;
            tx.update(&old, &new);
            record(ctx, tx, "billing_run.finished", &new)?;
            return Ok(Progress::Done { result: result(&new, 0) });
        }
        let company = tx.must::<companies::Entity>(old.company_id).await?;
        let items = within_a_step(items);
        let done = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let Done { failed, .. } = make(ctx, tx, &company, &old, items).await?;
        if failed > 0 {
            // The version counts what is shown to people and recorded; this is recorded at the end.
            let sql = "UPDATE billing_runs SET failed_count = failed_count + $1 WHERE tenant_id = $2 AND id = $3";
            tx.guarded(sql, vec![failed.into(), old.tenant_id.into(), old.id.into()]);
        }
        Ok(Progress::More { done, total: Some(old.invoice_count) })
    })
}

/// The first items whose billables fit in one step; at least one.
fn within_a_step(items: Vec<billing_run_items::Model>) -> Vec<billing_run_items::Model> {
    let mut billables = 0;
    let fits = |item: &billing_run_items::Model| {
        let first = billables == 0;
        billables += item.billable_ids.0.len();
        first || billables <= STEP_BILLABLES
    };
    items.into_iter().take_while(fits).collect()
}

/// What became of some invoices.
struct Done {
    failed: i64,
    /// What those that were made come to.
    sums: BTreeMap<Currency, Sum>,
}

/// What the invoices that a run has made come to.
async fn invoiced(tx: &mut Tx<'_>, run: &billing_runs::Model) -> Result<BTreeMap<Currency, Sum>, Problem> {
    let sql = "SELECT currency, COUNT(*) AS invoices, CAST(SUM(untaxed_amount) AS BIGINT) AS untaxed, CAST(SUM(tax_amount) AS BIGINT) AS tax, \
                   CAST(SUM(total_amount) AS BIGINT) AS total FROM billing_run_items \
               WHERE tenant_id = $1 AND billing_run_id = $2 AND status = 'invoiced' GROUP BY currency";
    let cells = [("currency", Cell::Text), ("invoices", Cell::Whole), ("untaxed", Cell::Whole), ("tax", Cell::Whole), ("total", Cell::Whole)];
    let mut sums = BTreeMap::new();
    for row in tx.query(sql, vec![run.tenant_id.into(), run.id.into()], &cells).await? {
        let whole = |cell: &str| row.try_get::<i64>("", cell).map_err(|error| unreadable(&error.to_string()));
        let currency: String = row.try_get("", "currency").map_err(|error| unreadable(&error.to_string()))?;
        let currency: Currency = currency.parse().map_err(|_| unreadable(&currency))?;
        let [untaxed, tax, total] = [whole("untaxed")?, whole("tax")?, whole("total")?].map(Amount);
        sums.insert(currency, Sum { invoices: whole("invoices")?, untaxed, tax, total });
    }
    Ok(sums)
}

/// A row that is not of its type: a fault of ours.
fn unreadable(error: &str) -> Problem {
    Problem::new(Code::InternalError, format!("The items of a billing run cannot be added up: {error}"))
}

/// Makes these invoices and notes what became of each. One that cannot be made does not stop the others.
async fn make(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    company: &companies::Model,
    run: &billing_runs::Model,
    items: Vec<billing_run_items::Model>,
) -> Result<Done, Problem> {
    let ids: Vec<BillableId> = items.iter().flat_map(|item| item.billable_ids.0.iter().copied()).collect();
    let found = Find::<billables::Entity>::new().among(billables::Column::Id, ids).order_by(billables::Column::Id).lock().all(tx).await?;
    let day = run.invoice_date.unwrap_or_else(|| ctx.today(company.time_zone));
    let owed = of_billables(tx, &found).await?;
    let mut batch = Batch::read(tx, company.clone(), (&found, owed), day, run.reference.clone()).await?;
    if run.post {
        dimension::keep(tx, found.iter().filter_map(|row| carried(row.dimensions.as_ref()))).await?;
    }
    let ready: BTreeMap<BillableId, billables::Model> = found.into_iter().filter(|row| row.status == BillableStatus::Ready).map(|row| (row.id, row)).collect();
    let mut all: Vec<Made> = Vec::with_capacity(items.len());
    let mut done = Done { failed: 0, sums: BTreeMap::new() };
    for old in items {
        let rows: Vec<billables::Model> = old.billable_ids.0.iter().filter_map(|id| ready.get(id).cloned()).collect();
        let mut new = old.clone();
        let outcome = if rows.len() == old.billable_ids.0.len() { batch.make(ctx, tx, &rows, &old, run.post).await.map(Some) } else { Ok(None) };
        match outcome {
            Ok(Some(made)) => {
                (new.status, new.invoice_id) = (BillingRunItemStatus::Invoiced, Some(made.invoice.id));
                // What was in its way when it was planned is gone.
                new.checks = None;
                Sum::add(&mut done.sums, &new)?;
                all.push(made);
            }
            Err(problem) if problem.status >= 500 => return Err(problem),
            refused => {
                done.failed += 1;
                new.status = BillingRunItemStatus::Failed;
                new.failure = Some("A billable of it is not ready any more.".to_owned());
                new.checks = None;
                if let Err(problem) = refused {
                    new.checks = failed_checks(&problem);
                    new.failure = Some(problem.detail);
                }
            }
        }
        tx.update(&old, &new);
    }
    if run.post {
        count(ctx, tx, &all).await?;
    }
    Ok(done)
}
