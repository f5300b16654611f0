//! What paying early takes off the taxes of a quote or an order up front, so that they come to what their invoices come to.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0181_upfront_discounts", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("quotes").columns([integer("upfront_percent").null()]), addition_to("orders").columns([integer("upfront_percent").null()])]
}
