//! What external engines handed over of a document's taxes; and the places in billing runs, which the merge of a party moved.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0125_billed_as_agreed", up, down, tables };

/// A merge added 1,000 to each place, which is beyond the number of invoices of nearly every run.
pub(super) const PLACES: &str = "UPDATE billing_run_items SET position = position - 1000 WHERE position > 1000 AND position > \
    (SELECT r.invoice_count FROM billing_runs r WHERE r.tenant_id = billing_run_items.tenant_id AND r.id = billing_run_items.billing_run_id)";

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = create(&tables(), dialect);
    // Once for each merge of merged parties.
    statements.extend([PLACES; 3].map(str::to_owned));
    statements
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("invoices").columns([text("tax_handovers").null()])]
}
