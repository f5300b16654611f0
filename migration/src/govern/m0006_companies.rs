//! Companies.

use crate::table::{Table, create, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0006_companies", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![companies()]
}

pub(super) fn companies() -> Table {
    tenant_table("companies")
        .columns([
            text("name"),
            text("country"),
            text("currency"),
            text("time_zone"),
            text("tax_id").null(),
            integer("fiscal_year_start_month"),
            text("chart_template"),
            text("tax_rounding"),
            text("metadata"),
        ])
        .versioned()
}
