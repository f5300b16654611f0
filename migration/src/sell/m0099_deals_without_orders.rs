//! Deals that were won and of which nobody made an order.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0099_deals_without_orders", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let opportunities = addition_to("opportunities")
        .columns([text("stalled_reason").null().indexed()])
        // What is told already stands behind what is not, so that the scan begins with the one that waits longest.
        .index("won_waiting", &["company_id", "status", "stalled_reason", "closed_at"]);
    vec![opportunities]
}
