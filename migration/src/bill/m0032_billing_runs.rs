//! Billing runs and their invoices.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0032_billing_runs", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![billing_runs(), billing_run_items()]
}

fn billing_runs() -> Table {
    tenant_table("billing_runs")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").null(),
            text("up_to"),
            text("grouping"),
            text("invoice_date").null(),
            yes_no("post"),
            text("status").indexed(),
            text("hash"),
            integer("invoice_count"),
            integer("billable_count"),
            integer("failed_count"),
            id("previous_run_id").null(),
            text("summary"),
            id("job_id").null(),
        ])
        .versioned()
}

fn billing_run_items() -> Table {
    tenant_table("billing_run_items")
        .columns([
            id("company_id"),
            id("billing_run_id").indexed().references("billing_runs"),
            integer("position"),
            id("party_id").indexed(),
            id("order_id").null(),
            id("flow_id").null(),
            text("currency"),
            text("billable_ids"),
            integer("untaxed_amount"),
            integer("tax_amount"),
            integer("total_amount"),
            text("status").indexed(),
            id("invoice_id").null().indexed(),
            text("failure").null(),
            integer("created_at"),
        ])
        .index("next", &["billing_run_id", "status", "position"])
}
