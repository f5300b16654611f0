//! Quotes, their lines and price traces.

use crate::table::{Table, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0015_quotes", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![quotes(), quote_traces(), quote_lines()]
}

pub(super) fn quotes() -> Table {
    tenant_table("quotes")
        .columns([
            id("company_id").indexed().references("companies"),
            id("opportunity_id").null().indexed().references("opportunities"),
            id("party_id").indexed().references("parties"),
            text("number").indexed(),
            integer("revision"),
            id("previous_id").null(),
            text("status").indexed(),
            text("currency"),
            text("quote_date"),
            text("valid_until").null().indexed(),
            id("payment_term_id").null(),
            integer("discount_percent"),
            text("tax_rounding"),
            integer("untaxed_amount"),
            integer("tax_amount"),
            integer("total_amount"),
            integer("margin_amount").null(),
            integer("margin_percent").null(),
            text("reference").null(),
            id("owner_id").null().indexed().references("users"),
            text("notes").null(),
            integer("sent_at").null(),
            integer("accepted_at").null(),
            text("accepted_by").null(),
            text("decline_reason").null(),
            id("order_id").null().indexed(),
            id("flow_id").indexed(),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "number", "revision"])
}

fn quote_traces() -> Table {
    tenant_table_by("quote_traces", &["quote_id"]).columns([id("quote_id"), text("body")])
}

fn quote_lines() -> Table {
    tenant_table("quote_lines").columns([
        id("quote_id").indexed().references("quotes"),
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
