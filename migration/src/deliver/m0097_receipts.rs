//! To which address a delivery goes, when the customer received it, and who took it.

use crate::table::{Table, addition_to, create, id, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0097_receipts", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    // An address goes with its party's next change; what names it falls back to the party's usual one then.
    let deliveries = addition_to("deliveries").columns([text("received_date").null(), text("received_by").null(), id("ship_to_id").null()]);
    vec![deliveries]
}
