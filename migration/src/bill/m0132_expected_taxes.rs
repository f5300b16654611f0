//! What a draft that waits for an engine's taxes takes of its customer's credit meanwhile (PAY-09, BIL-15).

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0132_expected_taxes", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("invoices").columns([integer("expected_tax_amount").null()])]
}
