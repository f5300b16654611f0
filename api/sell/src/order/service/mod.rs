//! The verbs of an order.

mod cancel;
mod confirm;
mod create;
mod credit;
mod hold;
mod update;

pub use cancel::cancel;
pub use confirm::confirm;
pub use create::{create, create_from_quote};
pub use credit::{recheck, recheck_party};
pub use hold::{hold, release};
pub use update::update;

use crate::line::amounts::{Terms, Totals};
use causeway_entity::sell::orders::Model;
use causeway_kernel::Ctx;

const OBJECT: &str = "order";

/// What the lines of an order share.
const fn terms(row: &Model) -> Terms {
    Terms { currency: row.currency, discount: row.discount_percent, rounding: row.tax_rounding }
}

/// An order with what its lines come to.
fn with_totals(row: Model, totals: &Totals) -> Model {
    Model { untaxed_amount: totals.untaxed, tax_amount: totals.tax, total_amount: totals.total, ..row }
}

/// The next version of an order.
pub(super) fn changed(ctx: &Ctx, old: &Model) -> Model {
    Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() }
}
