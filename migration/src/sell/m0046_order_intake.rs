//! What made an order that another system handed over.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0046_order_intake", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("orders").columns([text("created_from").null()])]
}
