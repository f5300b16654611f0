//! Payment terms.

use crate::table::{Table, create, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0009_payment_terms", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![payment_terms()]
}

fn payment_terms() -> Table {
    tenant_table("payment_terms")
        .columns([text("code").unique(), text("name"), text("installments"), text("early_discount"), yes_no("active"), text("metadata")])
        .versioned()
}
