//! What is given up of invoices, what of payments is used without one, and what invoices remember for it.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0030_write_offs", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![write_offs(), payment_offsets(), more_of_allocations(), more_of_invoices()]
}

fn write_offs() -> Table {
    tenant_table("write_offs")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            id("invoice_id").indexed().references("invoices"),
            id("payment_id").null().indexed(),
            text("kind").indexed(),
            text("status").indexed(),
            text("date").indexed(),
            text("currency"),
            integer("amount"),
            integer("company_amount"),
            text("taxes"),
            id("account_id"),
            text("reason").null(),
            id("journal_entry_id"),
            id("reversal_entry_id").null(),
            id("flow_id").null().indexed(),
        ])
        .versioned()
}

fn payment_offsets() -> Table {
    tenant_table("payment_offsets").columns([
        id("company_id"),
        id("payment_id").indexed().references("payments"),
        id("counterpart_id").null().indexed(),
        text("kind"),
        integer("amount"),
        integer("company_amount"),
        text("day"),
        id("journal_entry_id").null(),
        integer("reversed_at").null(),
        integer("created_at"),
    ])
}

fn more_of_allocations() -> Table {
    addition_to("allocations").columns([id("write_off_id").null().indexed()])
}

fn more_of_invoices() -> Table {
    addition_to("invoices")
        .columns([
            text("early_discount").null(),
            integer("written_off_amount").null(),
            text("next_due_date").null(),
            yes_no("overdue").null(),
            integer("sent_at").null(),
            text("dispute").null(),
            yes_no("disputed").null().indexed(),
        ])
        .index("overdue", &["overdue", "next_due_date"])
}
