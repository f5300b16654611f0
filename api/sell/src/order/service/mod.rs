//! The verbs of an order.

mod amend;
mod amended;
mod approval;
mod assign;
mod cancel;
mod confirm;
mod create;
mod credit;
mod handed;
mod hold;
mod intake;
mod pay_down;
mod promise;
mod update;

pub use amend::amend;
pub(super) use amended::all_done;
pub use assign::assign;
pub use cancel::cancel;
pub use confirm::confirm;
pub(crate) use confirm::must_be_complete;
pub use create::{create, create_from_quote};
pub(crate) use credit::foresee_credit;
pub use credit::{recheck, recheck_party};
pub use hold::{hold, release};
pub use pay_down::pay_down;
pub use promise::promise;
pub use update::update;

use crate::line::amounts::{self, Terms, Totals};
use crate::line::{Line, price::settle_again};
use causeway_contract::Problem;
use causeway_entity::sell::order_lines;
use causeway_entity::sell::orders::Model;
use causeway_kernel::{Ctx, Tx};
use causeway_master::tax::rules::TaxPolicy;
use causeway_value::Json;

const OBJECT: &str = "order";

/// What the lines of an order share.
fn terms(row: &Model) -> Terms {
    Terms {
        currency: row.currency,
        discount: row.discount_percent,
        discount_base: row.discount_base.unwrap_or_default(),
        tax: TaxPolicy::kept(row.tax_rounding, row.tax_step, row.discount_posting.unwrap_or_default()),
        upfront: row.upfront_percent.unwrap_or_default(),
    }
}

/// An order with what its lines come to.
fn with_totals(row: Model, totals: &Totals) -> Model {
    Model { untaxed_amount: totals.untaxed, tax_amount: totals.tax, total_amount: totals.total, rounding_amount: totals.rounding_kept(), ..row }
}

/// Computes the amounts of an order's lines again, and what they come to.
async fn settle_rows(tx: &mut Tx<'_>, order: &Model, rows: &mut [order_lines::Model]) -> Result<Totals, Problem> {
    let mut lines: Vec<Line> = rows.iter().map(Line::from).collect();
    let rounding = settle_again(tx, order.company_id, &mut lines, terms(order)).await?;
    let totals = amounts::totals(&lines, rounding, order.currency)?;
    for (row, line) in rows.iter_mut().zip(lines) {
        (row.net_amount, row.tax_amount, row.taxes) = (line.net_amount, line.tax_amount, Json(line.taxes));
    }
    Ok(totals)
}

/// The lines with their full taxes: what is owed, and what is asked in advance, knows nothing of what paying early lowers; the invoice of the rest does
/// (rule 18 of the vectors).
async fn in_full(tx: &mut Tx<'_>, order: &Model, rows: &[order_lines::Model]) -> Result<Vec<order_lines::Model>, Problem> {
    let mut rows = rows.to_vec();
    if order.upfront_percent.is_some() {
        settle_rows(tx, &Model { upfront_percent: None, ..order.clone() }, &mut rows).await?;
    }
    Ok(rows)
}

/// The next version of an order.
pub(super) fn changed(ctx: &Ctx, old: &Model) -> Model {
    Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}
