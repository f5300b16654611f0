//! Down payments: what invoices have not deducted of them, and which line deducts which.

use crate::table::{Table, addition_to, create, id, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0054_down_payments", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("invoices").columns([integer("undeducted_amount").null()]),
        addition_to("invoice_lines").columns([id("deducted_line_id").null().indexed()]),
    ]
}
