//! The verbs of a quote.

mod accept;
mod approve;
mod choose;
mod create;
mod history;
mod offer;
mod revise;
mod today;
mod update;

pub use accept::accept;
pub(crate) use approve::must_be_complete;
pub use approve::{approve, reject, submit};
pub(in crate::quote) use choose::RULES;
pub(crate) use choose::must_order_something;
pub use create::{create, price};
pub use history::{compare, duplicate, revisions};
pub use offer::{assign, decline, explain, send};
pub use revise::revise;
pub(crate) use today::{Judged, judged};
pub use update::update;

use super::{rules, store, view};
use crate::line::amounts::{Terms, Totals};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::sell::quotes::Model;
use causeway_kernel::{Ctx, Tx};
use causeway_master::check;
use causeway_master::tax::rules::TaxPolicy;
use causeway_openapi::quote as wire;
use causeway_value::{Day, Zone};

const OBJECT: &str = "quote";

/// What the lines of a quote share.
fn terms(row: &Model) -> Terms {
    Terms {
        currency: row.currency,
        discount: row.discount_percent,
        discount_base: row.discount_base.unwrap_or_default(),
        tax: TaxPolicy::kept(row.tax_rounding, row.tax_step, row.discount_posting.unwrap_or_default()),
        upfront: row.upfront_percent.unwrap_or_default(),
    }
}

/// A quote with what its lines come to.
fn with_totals(row: Model, totals: &Totals) -> Model {
    Model {
        untaxed_amount: totals.untaxed,
        tax_amount: totals.tax,
        total_amount: totals.total,
        rounding_amount: totals.rounding_kept(),
        margin_amount: totals.margin.map(|margin| margin.amount),
        margin_percent: totals.margin.and_then(|margin| margin.percent),
        ..row
    }
}

/// The next version of a quote.
pub(super) fn changed(ctx: &Ctx, old: &Model) -> Model {
    Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}

/// A quote whose last day has passed goes no further. The company, whose day counts, is read only when that day is near.
///
/// # Errors
/// `state_conflict` naming the day.
pub(super) async fn must_be_valid_today(ctx: &Ctx, tx: &mut Tx<'_>, row: &Model, verb: &str) -> Result<(), Problem> {
    // Nowhere is it later than a day after this one.
    let latest = ctx.today(Zone::UTC).plus_days(1);
    if row.valid_until.is_none_or(|last| last >= latest) {
        return Ok(());
    }
    let company = tx.must::<companies::Entity>(row.company_id).await?;
    rules::must_be_valid(row, verb, ctx.today(company.time_zone))
}

/// A last day that is given is not over yet.
pub(super) fn check_last_day(day: Day, today: Day, errors: &mut Vec<FieldError>) {
    check::day(day, "/valid_until", errors);
    if day < today {
        errors.push(FieldError::pointer(Code::InvalidValue, "/valid_until", format!("must not be before today, which is {today} where the company is")));
    }
}

/// Writes a change that leaves the lines alone.
pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, old: &Model, new: &Model) -> Result<wire::Quote, Problem> {
    tx.update(old, new);
    let lines = store::lines_of(tx, new.id).await?;
    let refs = store::refs_of(tx, new.id).await?;
    view::record(ctx, tx, event, new, &lines, refs)
}
