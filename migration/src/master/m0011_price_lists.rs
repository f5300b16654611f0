//! Price lists and their rules.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0011_price_lists", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![price_lists(), price_rules()]
}

fn price_lists() -> Table {
    tenant_table("price_lists")
        .columns([
            text("code").unique(),
            text("name").null(),
            text("currency"),
            integer("priority"),
            text("valid_from").null(),
            text("valid_to").null(),
            text("audience_kind").null().indexed(),
            id("audience_id").null().indexed(),
            text("audience_segment").null().indexed(),
            id("company_id").null(),
            yes_no("convert"),
            yes_no("active"),
            text("metadata"),
        ])
        .versioned()
}

fn price_rules() -> Table {
    tenant_table("price_rules").columns([
        id("price_list_id").indexed().references("price_lists"),
        integer("position"),
        id("product_id").null().indexed(),
        id("category_id").null(),
        integer("min_quantity"),
        integer("price").null(),
        integer("percent_off").null(),
        integer("surcharge").null(),
        integer("cost_plus_percent").null(),
        integer("rounding_step").null(),
        integer("margin_floor_percent").null(),
    ])
}
