//! Orders, their holds and lines.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0016_orders", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![orders(), order_holds(), order_lines()]
}

fn orders() -> Table {
    tenant_table("orders")
        .columns([
            id("company_id").indexed().references("companies"),
            id("party_id").indexed().references("parties"),
            id("quote_id").null().unique(),
            id("opportunity_id").null().indexed(),
            text("number").indexed(),
            text("status").indexed(),
            text("currency"),
            text("order_date").indexed(),
            id("payment_term_id").null(),
            integer("discount_percent"),
            text("tax_rounding"),
            integer("untaxed_amount"),
            integer("tax_amount"),
            integer("total_amount"),
            text("reference").null(),
            id("owner_id").null().indexed().references("users"),
            text("notes").null(),
            text("cancel_reason").null(),
            integer("confirmed_at").null(),
            id("flow_id").indexed(),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "number"])
}

fn order_holds() -> Table {
    tenant_table("order_holds").columns([
        id("order_id").indexed().references("orders"),
        text("kind"),
        text("reason"),
        id("owner_id").null(),
        integer("since"),
        integer("released_at").null(),
    ])
}

fn order_lines() -> Table {
    tenant_table("order_lines").columns([
        id("order_id").indexed().references("orders"),
        integer("position"),
        id("product_id").null(),
        text("description"),
        integer("quantity"),
        text("unit").null(),
        integer("unit_price"),
        integer("price_base_quantity"),
        text("price_source"),
        integer("list_unit_price").null(),
        text("price_override_reason").null(),
        integer("discount_percent"),
        text("billing_policy"),
        integer("net_amount"),
        integer("tax_amount"),
        text("tax_ids"),
        text("taxes"),
        integer("unit_cost").null(),
    ])
}
