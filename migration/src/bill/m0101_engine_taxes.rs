//! Companies whose taxes an external engine computes, the documents that wait for it, and what it says of their taxes (BIL-15).

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0101_engine_taxes", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("companies").columns([text("tax_engine").null()]),
        addition_to("invoices").columns([text("tax_status").null().indexed(), text("tax_reference").null()]),
        addition_to("invoice_lines").columns([text("tax_details").null()]),
    ]
}
