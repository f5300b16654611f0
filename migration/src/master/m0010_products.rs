//! Categories, units and products.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0010_products", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![categories(), units(), products()]
}

fn categories() -> Table {
    tenant_table("categories").columns([text("name").indexed(), id("parent_id").null().indexed().references("categories"), text("metadata")]).versioned()
}

fn units() -> Table {
    tenant_table("units").columns([text("code").unique(), text("name").null(), text("category").indexed(), integer("factor"), text("metadata")]).versioned()
}

fn products() -> Table {
    tenant_table("products")
        .columns([
            text("code").unique(),
            text("name").indexed(),
            text("description").null(),
            text("kind").indexed(),
            text("unit"),
            integer("list_price"),
            text("currency"),
            integer("cost").null(),
            integer("price_base_quantity"),
            text("billing_policy"),
            text("tax_ids"),
            id("category_id").null().indexed().references("categories"),
            text("revenue_account_code").null(),
            yes_no("active").indexed(),
            text("metadata"),
        ])
        .versioned()
}
