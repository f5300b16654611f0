//! Planning and committing a billing run.

use super::rules::{Outcome, Worth, differences, invoices_of, plan_text};
use super::view::{Summary, group_of, kept, record, word};
use super::work;
use crate::invoice::service::batch::{Batch, Made};
use crate::invoice::service::selection::MAX_LINES;
use crate::obligation::of_billables;
use causeway_contract::{Code, Problem};
use causeway_entity::bill::{billables, billing_run_items, billing_runs, obligations};
use causeway_entity::govern::companies;
use causeway_entity::master::parties;
use causeway_kernel::crypto::{hex, sha256};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::{check, company};
use causeway_openapi::billing_run::{BillingRun, BillingRunTotal, CommitBillingRun, CreateBillingRun, HeldBillable};
use causeway_openapi::invoice::InvoiceGroup;
use causeway_value::{
    Amount, BillableStatus, BillingRunId, BillingRunItemId, BillingRunItemStatus, BillingRunStatus, Currency, Json, ObligationId, Overflow, PartyId,
};
use std::collections::BTreeMap;

/// Billables that one run bills, at most; the next run bills the rest.
const MOST: u64 = 50_000;
/// Holds that a plan shows, at most.
const HOLDS_SHOWN: u64 = 100;
/// Differences that a refused plan tells, at most.
const DIFFERENCES_SHOWN: usize = 20;

/// Plans a run: the invoices that would be made of what is ready, what they come to, and what is held.
///
/// # Errors
/// Every wrong field; `state_conflict` when nothing waits for an invoice.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateBillingRun) -> Result<BillingRun, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    tx.named::<parties::Entity, _>(body.party_id, "/party_id", &mut errors).await?;
    if let Some(day) = body.up_to {
        check::day(day, "/up_to", &mut errors);
    }
    if let (Some(day), Some(company)) = (body.invoice_date, &company) {
        check::posting_day(day, ctx.today(company.time_zone), "/invoice_date", &mut errors);
    }
    let (Some(company), true) = (company, errors.is_empty()) else { return Err(Problem::of(errors)) };
    let today = ctx.today(company.time_zone);
    let previous = last_done(tx, &company, body.party_id).await?;
    let mut run = billing_runs::Model {
        tenant_id: tx.tenant(),
        id: BillingRunId::new(),
        company_id: company.id,
        party_id: body.party_id,
        up_to: body.up_to.unwrap_or(today),
        grouping: word(body.group.unwrap_or(InvoiceGroup::Order)).to_owned(),
        invoice_date: body.invoice_date,
        reference: body.reference.clone(),
        post: body.post.unwrap_or_default(),
        status: BillingRunStatus::Planned,
        hash: String::new(),
        invoice_count: 0,
        billable_count: 0,
        failed_count: 0,
        previous_run_id: previous.as_ref().map(|run| run.id),
        summary: String::new(),
        job_id: None,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    let (invoices, owed) = planned(tx, &run).await?;
    let mut summary = Summary { held: held(tx, &run).await?, held_count: held_find(&run).count(tx).await?, ..Summary::default() };
    if invoices.is_empty() {
        let detail = "Nothing that is due waits for an invoice. Deliver something, release what is held, or choose a later day.";
        return Err(Problem::new(Code::StateConflict, detail).with("held_count", summary.held_count));
    }
    run.invoice_count = count(invoices.len());
    run.billable_count = count(invoices.iter().map(Vec::len).sum());
    let all: Vec<billables::Model> = invoices.iter().flatten().cloned().collect();
    let mut batch = Batch::read(tx, company, (&all, owed), run.invoice_date.unwrap_or(today), run.reference.clone()).await?;
    let mut items = Vec::with_capacity(invoices.len());
    let mut outcomes = Vec::with_capacity(invoices.len());
    let mut totals = BTreeMap::new();
    for (position, rows) in (1..).zip(&invoices) {
        let (item, outcome) = item(ctx, tx, &run, &mut batch, position, rows).await?;
        outcomes.push(outcome);
        summary.refused_count += i64::from(item.checks.is_some());
        if item.status == BillingRunItemStatus::Failed {
            run.failed_count += 1;
        } else {
            Sum::add(&mut totals, &item)?;
        }
        items.push(item);
    }
    run.hash = hash(&run, &outcomes);
    summary.totals = shown(&totals);
    summary.changes = changes(&totals, previous.as_ref())?;
    run.summary = summary.text()?;
    tx.insert(run.clone());
    items.into_iter().for_each(|item| tx.insert(item));
    record(ctx, tx, "billing_run.planned", &run)
}

/// The last run that billed the same: a plan that nobody committed billed nothing, and what one party was billed tells nothing of all.
async fn last_done(tx: &mut Tx<'_>, company: &companies::Model, party: Option<PartyId>) -> Result<Option<billing_runs::Model>, Problem> {
    let done = Find::<billing_runs::Entity>::new()
        .eq(billing_runs::Column::CompanyId, company.id)
        .eq(billing_runs::Column::Status, BillingRunStatus::Done)
        .order_by_desc(billing_runs::Column::Id);
    let same = match party {
        Some(party) => done.eq(billing_runs::Column::PartyId, party),
        None => done.is_null(billing_runs::Column::PartyId),
    };
    same.one(tx).await
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The invoices that a run would make now, and the obligations of what they bill.
async fn planned(tx: &mut Tx<'_>, run: &billing_runs::Model) -> Result<(Vec<Vec<billables::Model>>, BTreeMap<ObligationId, obligations::Model>), Problem> {
    let ready = of_run(run, BillableStatus::Ready).order_by(billables::Column::Id).limit(MOST).all(tx).await?;
    let owed = of_billables(tx, &ready).await?;
    Ok((invoices_of(ready, &owed, group_of(run), MAX_LINES), owed))
}

fn of_run(run: &billing_runs::Model, status: BillableStatus) -> Find<billables::Entity> {
    let find = Find::<billables::Entity>::new()
        .eq(billables::Column::Status, status)
        .eq(billables::Column::CompanyId, run.company_id)
        .lte(billables::Column::BillableDate, run.up_to);
    match run.party_id {
        Some(party_id) => find.eq(billables::Column::PartyId, party_id),
        None => find,
    }
}

fn held_find(run: &billing_runs::Model) -> Find<billables::Entity> {
    of_run(run, BillableStatus::Held)
}

async fn held(tx: &mut Tx<'_>, run: &billing_runs::Model) -> Result<Vec<HeldBillable>, Problem> {
    let rows = held_find(run).order_by(billables::Column::Id).limit(HOLDS_SHOWN).all(tx).await?;
    let shown = |row: billables::Model| HeldBillable {
        billable_id: row.id,
        party_id: row.party_id,
        amount: row.amount.text(row.currency),
        currency: row.currency,
        reason: row.reason,
        since: row.held_since,
    };
    Ok(rows.into_iter().map(shown).collect())
}

fn hash(run: &billing_runs::Model, invoices: &[Outcome]) -> String {
    let date = run.invoice_date.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let mut settings = format!("{} {} {date} {}", run.company_id, run.grouping, run.post);
    settings.extend(run.reference.iter().flat_map(|reference| [" ", reference]));
    hex(&sha256(&[plan_text(&settings, invoices).as_bytes()]))
}

/// An invoice of these as it would be made now.
fn outcome(rows: &[billables::Model], made: Option<&Made>) -> Option<Outcome> {
    let worth = made.map(|made| {
        let invoice = &made.invoice;
        Worth { untaxed: invoice.untaxed_amount, tax: invoice.tax_amount, total: invoice.total_amount, term: invoice.payment_term_id }
    });
    let currency = rows.first()?.currency;
    Some(Outcome { billables: rows.iter().map(|row| (row.id, Some(row.version))).collect(), currency, worth })
}

/// The invoices that a run would make now, with what they come to.
async fn outcomes(ctx: &Ctx, tx: &mut Tx<'_>, run: &billing_runs::Model, company: &companies::Model) -> Result<Vec<Outcome>, Problem> {
    let (invoices, owed) = planned(tx, run).await?;
    let all: Vec<billables::Model> = invoices.iter().flatten().cloned().collect();
    let day = run.invoice_date.unwrap_or_else(|| ctx.today(company.time_zone));
    let mut batch = Batch::read(tx, company.clone(), (&all, owed), day, run.reference.clone()).await?;
    let mut outcomes = Vec::with_capacity(invoices.len());
    for rows in &invoices {
        let made = match batch.draft(ctx, tx, rows) {
            Ok(made) => Some(made),
            Err(problem) if problem.status >= 500 => return Err(problem),
            Err(_) => None,
        };
        outcomes.extend(outcome(rows, made.as_ref()));
    }
    Ok(outcomes)
}

/// The invoices of a run as they were planned, as far as that is kept.
async fn as_planned(tx: &mut Tx<'_>, run: &billing_runs::Model) -> Result<Vec<Outcome>, Problem> {
    let items = Find::<billing_run_items::Entity>::new()
        .eq(billing_run_items::Column::BillingRunId, run.id)
        .order_by(billing_run_items::Column::Position)
        .limit(MOST)
        .all(tx)
        .await?;
    let one = |item: billing_run_items::Model| {
        let worth = |total| Worth { untaxed: item.untaxed_amount.unwrap_or_default(), tax: item.tax_amount.unwrap_or_default(), total, term: None };
        Outcome { billables: item.billable_ids.0.into_iter().map(|id| (id, None)).collect(), currency: item.currency, worth: item.total_amount.map(worth) }
    };
    Ok(items.into_iter().map(one).collect())
}

/// Refuses a plan of which something has changed, and says what.
async fn changed(tx: &mut Tx<'_>, run: &billing_runs::Model, now: &[Outcome]) -> Result<Problem, Problem> {
    let told = differences(&as_planned(tx, run).await?, now, DIFFERENCES_SHOWN);
    let what = told.first().map_or("Something that it bills was changed, or when it is due.", String::as_str);
    let detail = format!("What would be billed is not what was planned. {what} Plan again, look at it, and commit that.");
    Ok(Problem::new(Code::StateConflict, detail).with("hash", run.hash.clone()).with("differences", told))
}

/// An invoice of the plan with what it would come to, and what would refuse it.
async fn item(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    run: &billing_runs::Model,
    batch: &mut Batch,
    position: i64,
    rows: &[billables::Model],
) -> Result<(billing_run_items::Model, Outcome), Problem> {
    let first = rows.first().ok_or_else(Problem::not_found)?;
    let mut item = billing_run_items::Model {
        tenant_id: run.tenant_id,
        id: BillingRunItemId::new(),
        company_id: run.company_id,
        billing_run_id: run.id,
        position,
        party_id: first.party_id,
        order_id: None,
        flow_id: None,
        currency: first.currency,
        billable_ids: Json(rows.iter().map(|row| row.id).collect()),
        untaxed_amount: None,
        tax_amount: None,
        total_amount: None,
        status: BillingRunItemStatus::Planned,
        invoice_id: None,
        failure: None,
        checks: None,
        created_at: ctx.now(),
    };
    let mut made = None;
    match batch.draft(ctx, tx, rows) {
        Ok(drafted) => {
            let made = made.insert(drafted);
            if run.post {
                item.checks = kept(&batch.checks(tx, made, rows).await?);
            }
            let invoice = &made.invoice;
            (item.order_id, item.flow_id) = (invoice.order_id, invoice.flow_id);
            item.untaxed_amount = Some(invoice.untaxed_amount);
            item.tax_amount = Some(invoice.tax_amount);
            item.total_amount = Some(invoice.total_amount);
        }
        Err(problem) if problem.status >= 500 => return Err(problem),
        Err(problem) => {
            item.status = BillingRunItemStatus::Failed;
            item.failure = Some(problem.detail);
        }
    }
    let outcome = outcome(rows, made.as_ref()).ok_or_else(Problem::not_found)?;
    Ok((item, outcome))
}

/// What invoices of one currency come to.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    pub invoices: i64,
    pub untaxed: Amount,
    pub tax: Amount,
    pub total: Amount,
}

impl Sum {
    pub(super) fn add(sums: &mut BTreeMap<Currency, Self>, item: &billing_run_items::Model) -> Result<(), Overflow> {
        let sum = sums.entry(item.currency).or_default();
        sum.invoices += 1;
        sum.untaxed = sum.untaxed.plus(item.untaxed_amount.unwrap_or_default())?;
        sum.tax = sum.tax.plus(item.tax_amount.unwrap_or_default())?;
        sum.total = sum.total.plus(item.total_amount.unwrap_or_default())?;
        Ok(())
    }
}

fn shown(sums: &BTreeMap<Currency, Sum>) -> Vec<BillingRunTotal> {
    let one = |(currency, sum): (&Currency, &Sum)| BillingRunTotal {
        currency: *currency,
        invoices: sum.invoices,
        untaxed_amount: sum.untaxed.text(*currency),
        tax_amount: sum.tax.text(*currency),
        total_amount: sum.total.text(*currency),
    };
    sums.iter().map(one).collect()
}

/// Puts what was made in the place of what was planned: what failed was not billed.
///
/// # Errors
/// When it cannot be kept: a bug.
pub(super) async fn made(tx: &mut Tx<'_>, run: &mut billing_runs::Model, sums: &BTreeMap<Currency, Sum>) -> Result<(), Problem> {
    let previous = match run.previous_run_id {
        Some(id) => tx.get::<billing_runs::Entity>(id).await?,
        None => None,
    };
    let summary = Summary { totals: shown(sums), changes: changes(sums, previous.as_ref())?, ..Summary::of(run) };
    run.summary = summary.text()?;
    Ok(())
}

/// What the sums have more than those of the run before.
fn changes(sums: &BTreeMap<Currency, Sum>, previous: Option<&billing_runs::Model>) -> Result<Vec<BillingRunTotal>, Problem> {
    let Some(previous) = previous else { return Ok(Vec::new()) };
    let mut more = sums.clone();
    for before in Summary::of(previous).totals {
        let amount = |text: &causeway_value::AmountText| text.amount(before.currency).unwrap_or_default();
        let sum = more.entry(before.currency).or_default();
        sum.invoices -= before.invoices;
        sum.untaxed = sum.untaxed.minus(amount(&before.untaxed_amount))?;
        sum.tax = sum.tax.minus(amount(&before.tax_amount))?;
        sum.total = sum.total.minus(amount(&before.total_amount))?;
    }
    Ok(shown(&more))
}

/// Makes what was planned: a few invoices at once, many as a job. A run whose job failed or was cancelled goes on with what it has not made yet.
///
/// # Errors
/// `not_found`; `state_conflict` when it is done or under way, the hash is another plan's, or what would be billed has changed since.
pub async fn commit(ctx: &Ctx, tx: &mut Tx<'_>, id: BillingRunId, body: &CommitBillingRun) -> Result<BillingRun, Problem> {
    let old = tx.lock::<billing_runs::Entity>(id).await?;
    if old.status == BillingRunStatus::Running && body.hash == old.hash && work::stands_still(tx, &old).await? {
        return work::go_on(ctx, tx, &old);
    }
    if old.status != BillingRunStatus::Planned {
        return Err(Problem::new(Code::StateConflict, format!("The billing run is {} already.", old.status)).with("status", old.status.to_string()));
    }
    if body.hash != old.hash {
        let detail = "The hash is not that of this plan. Look at the run and commit the hash that it has.";
        return Err(Problem::new(Code::StateConflict, detail).with("hash", old.hash));
    }
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    let now = outcomes(ctx, tx, &old, &company).await?;
    if hash(&old, &now) != old.hash {
        return Err(changed(tx, &old, &now).await?);
    }
    let new = billing_runs::Model { status: BillingRunStatus::Running, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    work::start(ctx, tx, &company, &old, new).await
}
