//! What documents and postings are looked at by, besides accounts and parties (ACC-03).

use crate::table::{Table, addition_to, create, id, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0087_dimensions", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let carrying = ["quote_lines", "order_lines", "obligations", "billables", "invoice_lines"];
    let carrying = carrying.map(|table| addition_to(table).columns([text("dimensions").null()]));
    let dimensions = tenant_table("dimensions").columns([
        id("company_id").null().indexed().references("companies"),
        text("code").unique(),
        text("name"),
        text("allowed"),
        yes_no("active"),
    ]);
    // A set is named by its digest, so that the same values are the same set.
    let sets = tenant_table("dimension_sets").columns([text("content")]);
    let mut tables = vec![dimensions.versioned(), sets];
    tables.extend(carrying);
    tables
}
