//! Orders that stand too long, and how long a company lets them.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0073_stalled_orders", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let orders = addition_to("orders")
        .columns([text("stalled_reason").null().indexed()])
        // What is told already stands behind what is not, so that the scan begins with the one that stands longest.
        .index("drafts_standing", &["company_id", "status", "stalled_reason", "id"])
        .index("confirmed_standing", &["company_id", "status", "stalled_reason", "confirmed_at"]);
    vec![addition_to("companies").columns([text("order_rules").null()]), orders]
}
