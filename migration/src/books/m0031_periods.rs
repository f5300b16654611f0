//! Fiscal years with their locks, and what people write on entries of their own.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0031_periods", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![fiscal_years(), more_of_entries()]
}

fn fiscal_years() -> Table {
    tenant_table("fiscal_years")
        .columns([
            id("company_id").indexed().references("companies"),
            integer("year"),
            text("starts_on"),
            text("ends_on").indexed(),
            text("status").indexed(),
            text("locked_through").null(),
            text("reason").null(),
        ])
        .versioned()
        .unique(&["company_id", "year"])
}

fn more_of_entries() -> Table {
    addition_to("journal_entries").columns([text("description").null()])
}
