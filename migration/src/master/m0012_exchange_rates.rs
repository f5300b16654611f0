//! Exchange rates.

use crate::table::{Table, create, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0012_exchange_rates", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![exchange_rates()]
}

fn exchange_rates() -> Table {
    tenant_table("exchange_rates")
        .columns([text("currency"), text("base").indexed(), text("date").indexed(), integer("rate")])
        .versioned()
        .unique(&["currency", "base", "date"])
}
