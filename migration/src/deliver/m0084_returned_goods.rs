//! What came back of a shipment and stays sold.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0084_returned_goods", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("delivery_lines").columns([integer("returned_quantity").null()])]
}
