//! Payments and their allocations.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0020_payments", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![payments(), allocations()]
}

fn payments() -> Table {
    tenant_table("payments")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            text("direction").indexed(),
            text("method"),
            text("settles"),
            text("number").null().indexed(),
            text("status").indexed(),
            text("allocation_state").indexed(),
            integer("amount"),
            text("currency"),
            text("payment_date").indexed(),
            text("reference").null().indexed(),
            integer("unallocated_amount"),
            integer("company_rate"),
            yes_no("rate_divides"),
            integer("company_amount"),
            id("journal_entry_id").null(),
            id("reversal_entry_id").null(),
            text("reversal_reason").null(),
            integer("posted_at").null(),
            id("flow_id").null().indexed(),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "number"])
}

fn allocations() -> Table {
    tenant_table("allocations").columns([
        id("company_id"),
        id("party_id"),
        id("payment_id").null().indexed().references("payments"),
        id("credit_note_id").null().indexed(),
        id("invoice_id").indexed().references("invoices"),
        id("installment_id").references("installments"),
        text("currency"),
        integer("amount"),
        integer("source_amount"),
        integer("company_amount"),
        integer("exchange_difference"),
        text("day"),
        id("journal_entry_id").null(),
        integer("reversed_at").null(),
        integer("created_at"),
    ])
}
