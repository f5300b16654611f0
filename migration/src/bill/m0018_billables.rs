//! Billables.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0018_billables", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![billables()]
}

fn billables() -> Table {
    tenant_table("billables")
        .columns([
            id("company_id").indexed(),
            id("party_id").indexed().references("parties"),
            id("order_id").null().indexed(),
            id("order_line_id").null().indexed(),
            id("flow_id").null().indexed(),
            text("source_type").indexed(),
            id("source_id"),
            text("status").indexed(),
            text("billable_date").indexed(),
            integer("quantity"),
            integer("unit_price"),
            integer("price_base_quantity"),
            integer("discount_percent"),
            integer("amount"),
            integer("price_amount"),
            text("currency"),
            text("description"),
            text("unit").null(),
            id("product_id").null(),
            text("tax_ids"),
            id("payment_term_id").null(),
            text("account_code").null(),
            text("reason").null(),
            integer("held_since").null(),
            id("held_by").null(),
            id("invoice_id").null().indexed(),
        ])
        .versioned()
        .unique(&["source_type", "source_id"])
}
