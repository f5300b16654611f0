//! The steps of units, in which invoiced quantities count; and the price lists that rules of others start from.

use crate::table::{Table, addition_to, create, id, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0083_unit_steps", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("units").columns([integer("step").null()]),
        addition_to("obligations").columns([integer("unit_step").null()]),
        addition_to("price_rules").columns([id("base_price_list_id").null()]),
    ]
}
