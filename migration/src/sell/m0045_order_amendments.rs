//! Amendments of confirmed orders: what they did, what stands of a line, and holds that wait for a second person.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0045_order_amendments", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let amendments = tenant_table("order_amendments")
        .columns([
            id("order_id").references("orders"),
            integer("number"),
            id("company_id").indexed(),
            id("party_id").indexed(),
            id("flow_id").indexed(),
            text("kind").indexed(),
            text("reason"),
            text("currency"),
            integer("untaxed_change"),
            integer("tax_change"),
            integer("total_change"),
            text("changes"),
            text("credit_note_ids"),
            id("payment_term_id").null(),
            text("approval_reasons"),
            id("amended_by").null(),
        ])
        .versioned()
        .unique(&["order_id", "number"]);
    let orders = addition_to("orders").columns([integer("amendments").null()]);
    let lines = addition_to("order_lines").columns([integer("kept_quantity").null(), integer("amendment").null(), id("replaces_line_id").null()]);
    let holds = addition_to("order_holds").columns([id("asked_by").null()]);
    vec![amendments, orders, lines, holds]
}
