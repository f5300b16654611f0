//! What rounding adds to the totals of quotes and orders, as it will to their invoices.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0201_rounded_offers", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("quotes").columns([integer("rounding_amount").null()]), addition_to("orders").columns([integer("rounding_amount").null()])]
}
