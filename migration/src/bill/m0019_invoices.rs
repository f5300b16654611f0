//! Invoices and credit notes, their lines and installments.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0019_invoices", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![invoices(), invoice_lines(), installments()]
}

fn invoices() -> Table {
    tenant_table("invoices")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            id("order_id").null().indexed(),
            text("direction").indexed(),
            text("kind").indexed(),
            text("number").null().indexed(),
            text("status").indexed(),
            text("payment_state").indexed(),
            text("currency"),
            text("invoice_date").null().indexed(),
            text("due_date").null().indexed(),
            id("payment_term_id").null(),
            text("tax_rounding"),
            integer("untaxed_amount"),
            integer("tax_amount"),
            integer("total_amount"),
            integer("open_amount"),
            integer("company_rate"),
            yes_no("rate_divides"),
            text("taxes"),
            id("journal_entry_id").null(),
            id("credited_invoice_id").null().indexed(),
            text("reason").null(),
            text("reference").null(),
            text("notes").null(),
            integer("posted_at").null(),
            id("flow_id").null().indexed(),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "number"])
}

fn invoice_lines() -> Table {
    tenant_table("invoice_lines").columns([
        id("invoice_id").indexed().references("invoices"),
        integer("position"),
        id("billable_id").null().indexed(),
        id("order_line_id").null(),
        id("credited_line_id").null().indexed(),
        id("product_id").null(),
        id("account_id"),
        text("description"),
        integer("quantity"),
        text("unit").null(),
        integer("unit_price"),
        integer("price_base_quantity"),
        integer("discount_percent"),
        integer("net_amount"),
        integer("tax_amount"),
        text("tax_ids"),
        text("taxes"),
        integer("credited_quantity"),
        integer("credited_amount"),
        text("credited_taxes"),
    ])
}

fn installments() -> Table {
    tenant_table("installments").columns([
        id("invoice_id").indexed().references("invoices"),
        integer("position"),
        text("due_date").indexed(),
        integer("amount"),
        integer("open_amount"),
        integer("company_amount"),
        integer("company_open_amount"),
    ])
}
