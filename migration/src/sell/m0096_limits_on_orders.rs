//! What a second person said yes to on an order, and the day of a quote's prices beside that of its document.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0096_limits_on_orders", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("order_holds").columns([text("covers").null()]), addition_to("quotes").columns([text("price_date").null()])]
}
