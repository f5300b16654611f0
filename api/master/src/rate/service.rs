//! The verbs of an exchange rate.

use crate::check;
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::books::fiscal_years;
use causeway_entity::master::exchange_rates::{Column, Entity, Model};
use causeway_kernel::{Change, Ctx, Find, Tx};
use causeway_openapi::pricing as wire;
use causeway_value::{Day, ExchangeRateId, Rate};
use sea_orm::sea_query::Value;

/// Quotes a rate. A second one of the pair for the same day, in either direction, is refused: the first one is corrected, and the way back follows from it.
///
/// # Errors
/// `invalid_value` for a rate of zero, of a currency in itself or of a strange date; `already_exists` naming the rate that is there.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateExchangeRate) -> Result<wire::ExchangeRate, Problem> {
    check(body)?;
    let (currency, base): (Value, Value) = (body.currency.into(), body.base.into());
    let either = "currency = ? AND base = ? AND date = ? OR currency = ? AND base = ? AND date = ?";
    let values = vec![currency.clone(), base.clone(), body.date.into(), base, currency, body.date.into()];
    match Find::<Entity>::new().when(either, values).order_by(Column::Id).one(tx).await? {
        Some(there) => Err(quoted(&there, body)),
        None => insert(ctx, tx, body),
    }
}

/// Quotes a rate of which it is known that there is none yet.
///
/// # Errors
/// `invalid_value`, as [`create`].
pub fn quote(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateExchangeRate) -> Result<wire::ExchangeRate, Problem> {
    check(body)?;
    insert(ctx, tx, body)
}

fn insert(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateExchangeRate) -> Result<wire::ExchangeRate, Problem> {
    let now = ctx.now();
    let row = Model {
        tenant_id: ctx.tenant,
        id: ExchangeRateId::new(),
        currency: body.currency,
        base: body.base,
        date: body.date,
        rate: body.rate,
        version: 1,
        created_at: now,
        updated_at: now,
        correction_reason: None,
    };
    tx.insert(row.clone());
    record(ctx, tx, "exchange_rate.created", &row)
}

/// The last day of which rates are corrected by nobody but who may open locked days: what reports of them say would change with it. Rates are of all companies, so
/// the days that any of them has locked count. None for who may.
///
/// # Errors
/// When the database fails.
pub async fn locked_for(ctx: &Ctx, tx: &mut Tx<'_>) -> Result<Option<Day>, Problem> {
    if ctx.may("ledger:lock") {
        return Ok(None);
    }
    let locked = Find::<fiscal_years::Entity>::new().of_all_companies().when("locked_through IS NOT NULL", Vec::new());
    Ok(locked.order_by_desc(fiscal_years::Column::LockedThrough).one(tx).await?.and_then(|year| year.locked_through))
}

/// Corrects a rate that was mistyped. Everything that was made with it keeps the rate of its own (MDM-15).
///
/// # Errors
/// `not_found`; `required` for another rate without a reason; `invalid_value` for a rate of zero; `period_locked` for another rate of a locked day, unless the
/// caller may open it.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: ExchangeRateId, body: &wire::UpdateExchangeRate) -> Result<wire::ExchangeRate, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let rate = body.rate.clone().over_required(old.rate);
    let mut errors = Vec::new();
    check::positive(rate.0, "/rate", &mut errors);
    match &body.correction_reason {
        Patch::Value(reason) => check::not_blank(reason, "/correction_reason", &mut errors),
        Patch::Absent | Patch::Null if rate != old.rate => {
            errors.push(FieldError::pointer(Code::Required, "/correction_reason", "is required together with another rate: why it is corrected"));
        }
        // Without another rate the reason alone is put right.
        Patch::Absent | Patch::Null => {}
    }
    check::finish(errors)?;
    if rate != old.rate
        && let Some(through) = locked_for(ctx, tx).await?.filter(|through| old.date <= *through)
    {
        let detail = format!(
            "The books of a company are locked through {through}, and reports of {} are made with this rate. Who may lock and open days (`ledger:lock`) corrects it.",
            old.date
        );
        return Err(Problem::new(Code::PeriodLocked, detail).with("locked_through", through.to_string()));
    }
    correct(ctx, tx, &old, rate, body.correction_reason.clone().over(old.correction_reason.clone()))
}

/// Puts another rate in the place of the one that is there.
///
/// # Errors
/// When it cannot be recorded.
pub fn correct(ctx: &Ctx, tx: &mut Tx<'_>, old: &Model, rate: Rate, correction_reason: Option<String>) -> Result<wire::ExchangeRate, Problem> {
    let new = Model { rate, correction_reason, version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(old, &new);
    record(ctx, tx, "exchange_rate.updated", &new)
}

fn check(body: &wire::CreateExchangeRate) -> Result<(), Problem> {
    let mut errors = Vec::new();
    check::positive(body.rate.0, "/rate", &mut errors);
    check::day(body.date, "/date", &mut errors);
    if body.currency == body.base {
        errors.push(FieldError::pointer(Code::InvalidValue, "/base", "must be another currency"));
    }
    check::finish(errors)
}

/// The pair has a rate of this day already, in this direction or the other one.
fn quoted(there: &Model, body: &wire::CreateExchangeRate) -> Problem {
    let Model { id, currency, base, date, rate, .. } = there;
    let follows = if *currency == body.currency { "" } else { " The way back follows from it." };
    let detail = format!(
        "There is a rate from {currency} to {base} of {date} already: {rate}.{follows} Correct it (PATCH /v1/exchange-rates/{id} with `rate` and `correction_reason`), or give another day."
    );
    let taken = |field: &str| FieldError::pointer(Code::AlreadyExists, format!("/{field}"), "is taken by another object");
    let mut problem = Problem::new(Code::AlreadyExists, detail).with("exchange_rate_id", id.to_string());
    problem.errors = ["currency", "base", "date"].map(taken).into();
    problem
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &Model) -> Result<wire::ExchangeRate, Problem> {
    let view = view(row);
    tx.record(ctx, &Change { event, object: "exchange_rate", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}

/// The exchange rate as the API shows it.
#[must_use]
pub fn view(row: &Model) -> wire::ExchangeRate {
    wire::ExchangeRate {
        id: row.id,
        object: "exchange_rate".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        currency: row.currency,
        base: row.base,
        date: row.date,
        rate: row.rate,
        correction_reason: row.correction_reason.clone(),
    }
}
