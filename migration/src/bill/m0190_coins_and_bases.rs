//! What rounding to coins changed of an invoice, and what the discounts of totals are a share of.

use crate::table::{Table, addition_to, create, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0190_coins_and_bases", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("invoices").columns([integer("coin_difference").null()]),
        addition_to("billables").columns([text("total_discount_base").null()]),
        addition_to("invoice_lines").columns([text("total_discount_base").null()]),
    ]
}
