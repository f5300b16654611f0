//! What the customer's reference is on invoices, and which checks an invoice of a billing run failed.

use crate::table::{Table, addition_to, create, remove, text, unforced};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0081_references", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    // Orders that are open when this runs are billed with their references, too.
    let known = "UPDATE \"obligations\" SET \"reference\" = (SELECT s.\"reference\" FROM \"orders\" s WHERE s.\"tenant_id\" = \"obligations\".\"tenant_id\" \
                 AND s.\"id\" = \"obligations\".\"order_id\")";
    [create(&tables(), dialect), unforced(&["obligations", "orders"], dialect, &[known])].concat()
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("obligations").columns([text("reference").null()]),
        addition_to("billing_runs").columns([text("reference").null()]),
        addition_to("billing_run_items").columns([text("checks").null()]),
    ]
}
