//! The conditions of an order, and what amendments change besides lines: the fields of the document, and the discount that lines keep which have begun.

use crate::table::{Table, addition_to, create, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0085_order_terms", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("orders").columns([text("terms").null()]),
        addition_to("order_lines").columns([integer("document_discount_percent").null()]),
        addition_to("order_amendments").columns([text("fields").null()]),
    ]
}
