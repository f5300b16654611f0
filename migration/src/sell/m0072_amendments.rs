//! What changed of orders after they were confirmed.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0072_amendments", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let amendments = tenant_table("order_amendments").columns([
        id("order_id").references("orders"),
        integer("number"),
        text("reason"),
        id("amended_by").null(),
        text("before_terms"),
        text("after_terms"),
        text("credit_note_ids"),
        integer("created_at"),
    ]);
    vec![amendments.unique(&["order_id", "number"])]
}
