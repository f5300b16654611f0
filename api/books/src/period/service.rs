//! Adding, locking and opening fiscal years.

use super::rules::{days_of, locking};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::books::fiscal_years;
use causeway_entity::govern::companies;
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_master::{check, company};
use causeway_openapi::fiscal_year::{CreateFiscalYear, FiscalYear, LockFiscalYear, ReopenFiscalYear};
use causeway_value::{CompanyId, Day, FiscalYearId, FiscalYearStatus};

/// Adds a fiscal year: open, unless later days are locked. Then it was locked with them, and is opened like any other locked year, by who may.
///
/// # Errors
/// Every wrong field; `already_exists` when the company has it.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &CreateFiscalYear) -> Result<FiscalYear, Problem> {
    let mut errors = Vec::new();
    let company = company::service::named(tx, body.company_id, &mut errors).await?;
    let start_month = company.as_ref().and_then(|company| u32::try_from(company.fiscal_year_start_month).ok()).unwrap_or(1);
    let days = i32::try_from(body.year).ok().and_then(|year| days_of(year, start_month));
    if days.is_none() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/year", "must be a year of the calendar"));
    }
    let (Some(company), Some((starts_on, ends_on)), true) = (company, days, errors.is_empty()) else { return Err(Problem::of(errors)) };
    let known = Find::<fiscal_years::Entity>::new().eq(fiscal_years::Column::CompanyId, company.id).eq(fiscal_years::Column::Year, body.year).one(tx).await?;
    if let Some(known) = known {
        let problem = Problem::new(Code::AlreadyExists, format!("The company has the fiscal year {} already.", body.year));
        return Err(problem.with("fiscal_year_id", known.id.to_string()));
    }
    let locked = locking(&locks(tx, company.id, ends_on).await?, ends_on).is_some();
    let row = fiscal_years::Model {
        tenant_id: tx.tenant(),
        id: FiscalYearId::new(),
        company_id: company.id,
        year: body.year,
        starts_on,
        ends_on,
        status: if locked { FiscalYearStatus::Locked } else { FiscalYearStatus::Open },
        locked_through: locked.then_some(ends_on),
        reason: None,
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    tx.insert(row.clone());
    record(ctx, tx, "fiscal_year.created", &row)
}

/// Locks the days of a fiscal year up to one of them.
///
/// # Errors
/// `not_found`; `invalid_value` for a day of another year; `state_conflict` when these days are locked already.
pub async fn lock(ctx: &Ctx, tx: &mut Tx<'_>, id: FiscalYearId, body: &LockFiscalYear) -> Result<FiscalYear, Problem> {
    let old = tx.lock::<fiscal_years::Entity>(id).await?;
    let through = body.through.unwrap_or(old.ends_on);
    within(&old, through, "/through")?;
    if old.locked_through.is_some_and(|locked| locked >= through) {
        return Err(Problem::new(Code::StateConflict, format!("These days are locked already. Reopen them to lock less than up to {through}.")));
    }
    // Posting holds the head of the chain: what was posted before is there, what comes later is refused.
    let company = tx.must::<companies::Entity>(old.company_id).await?;
    crate::ledger::service::hold_journal(ctx, tx, company.id).await?;
    let status = if through == old.ends_on { FiscalYearStatus::Locked } else { FiscalYearStatus::Open };
    change(ctx, tx, &old, (status, Some(through), body.reason.clone()), "fiscal_year.locked")
}

/// Opens the locked days of a fiscal year from one of them on.
///
/// # Errors
/// `not_found`; `invalid_value` for a day of another year; `state_conflict` when none of these days is locked.
pub async fn reopen(ctx: &Ctx, tx: &mut Tx<'_>, id: FiscalYearId, body: &ReopenFiscalYear) -> Result<FiscalYear, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.reason, "/reason", &mut errors);
    check::finish(errors)?;
    let old = tx.lock::<fiscal_years::Entity>(id).await?;
    let from = body.from.unwrap_or(old.starts_on);
    within(&old, from, "/from")?;
    if old.locked_through.is_none_or(|locked| locked < from) {
        return Err(Problem::new(Code::StateConflict, format!("No day from {from} on is locked.")));
    }
    let still = if from > old.starts_on { Some(from.plus_days(-1)) } else { None };
    change(ctx, tx, &old, (FiscalYearStatus::Open, still, Some(body.reason.clone())), "fiscal_year.reopened")
}

fn within(year: &fiscal_years::Model, day: Day, pointer: &str) -> Result<(), Problem> {
    if (year.starts_on..=year.ends_on).contains(&day) {
        return Ok(());
    }
    Err(Problem::field(Code::InvalidValue, pointer, format!("must be a day of the fiscal year, {} to {}", year.starts_on, year.ends_on)))
}

fn change(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    old: &fiscal_years::Model,
    (status, locked_through, reason): (FiscalYearStatus, Option<Day>, Option<String>),
    event: &'static str,
) -> Result<FiscalYear, Problem> {
    let new = fiscal_years::Model { status, locked_through, reason, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(old, &new);
    record(ctx, tx, event, &new)
}

/// The fiscal years of a company that say something about a day: its own, and those that are locked on it or later.
async fn locks(tx: &mut Tx<'_>, company_id: CompanyId, day: Day) -> Result<Vec<fiscal_years::Model>, Problem> {
    let of_company = Find::<fiscal_years::Entity>::new().eq(fiscal_years::Column::CompanyId, company_id);
    of_company.when("locked_through >= ? OR (starts_on <= ? AND ends_on >= ?)", vec![day.into(), day.into(), day.into()]).all(tx).await
}

/// Refuses a posting on a locked day: one that its fiscal year has locked, or one without a fiscal year before locked days.
///
/// # Errors
/// `period_locked` naming the first day that is open again.
pub async fn must_be_open(tx: &mut Tx<'_>, company_id: CompanyId, day: Day) -> Result<(), Problem> {
    let years = locks(tx, company_id, day).await?;
    let Some(year) = locking(&years, day) else { return Ok(()) };
    let through = year.locked_through.unwrap_or(year.ends_on);
    let way_out =
        if year.starts_on <= day { format!("reopen the fiscal year {}", year.year) } else { "add the fiscal year of that day and reopen it".to_owned() };
    let detail = format!("The books are locked through {through}, so nothing can be posted on {day}. Use a later date, or {way_out}.");
    Err(Problem::new(Code::PeriodLocked, detail).with("locked_through", through.to_string()).with("fiscal_year_id", year.id.to_string()))
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &fiscal_years::Model) -> Result<FiscalYear, Problem> {
    let shown = view(row);
    let change =
        Change { event, object: "fiscal_year", id: row.id.uuid(), version: row.version, company_id: Some(row.company_id), flow_id: None, body: &shown };
    tx.record(ctx, &change)?;
    Ok(shown)
}

/// A fiscal year on the wire.
#[must_use]
pub fn view(row: &fiscal_years::Model) -> FiscalYear {
    FiscalYear {
        id: row.id,
        object: "fiscal_year".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        company_id: row.company_id,
        year: row.year,
        starts_on: row.starts_on,
        ends_on: row.ends_on,
        status: row.status,
        locked_through: row.locked_through,
        reason: row.reason.clone(),
    }
}
