//! How an order rounds its taxes and books its discounts: its invoices do the same, whatever the company says meanwhile (BIL-05). And the places in billing
//! runs again, where row security hid them from the statement before.

use super::m0125_billed_as_agreed::PLACES;
use crate::table::{Table, addition_to, create, integer, remove, text, unforced};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0130_agreed_rounding", up, down, tables };

/// What the orders of before were priced with.
const AGREED: &str = "UPDATE obligations SET \
    tax_rounding = (SELECT o.tax_rounding FROM orders o WHERE o.tenant_id = obligations.tenant_id AND o.id = obligations.order_id), \
    tax_step = (SELECT o.tax_step FROM orders o WHERE o.tenant_id = obligations.tenant_id AND o.id = obligations.order_id), \
    discount_posting = (SELECT o.discount_posting FROM orders o WHERE o.tenant_id = obligations.tenant_id AND o.id = obligations.order_id)";

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = create(&tables(), dialect);
    statements.extend(unforced(&["obligations", "orders", "billing_runs", "billing_run_items"], dialect, &[AGREED, PLACES, PLACES, PLACES]));
    statements
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("obligations").columns([text("tax_rounding").null(), integer("tax_step").null(), text("discount_posting").null()])]
}
