//! Deliveries and their lines.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0021_deliveries", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![deliveries(), delivery_lines()]
}

fn deliveries() -> Table {
    tenant_table("deliveries")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            id("order_id").indexed(),
            text("number").indexed(),
            text("status").indexed(),
            text("ship_date").null().indexed(),
            text("carrier").null(),
            text("tracking").null(),
            id("backorder_id").null(),
            integer("shipped_at").null(),
            integer("reversed_at").null(),
            text("reversal_reason").null(),
            id("flow_id").indexed(),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "number"])
}

fn delivery_lines() -> Table {
    tenant_table("delivery_lines").columns([
        id("delivery_id").indexed().references("deliveries"),
        integer("position"),
        id("order_line_id").indexed().references("obligations"),
        id("product_id").null(),
        text("description"),
        text("unit").null(),
        integer("quantity"),
    ])
}
