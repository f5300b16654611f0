//! The steps of units, in which invoiced quantities count.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0083_unit_steps", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("units").columns([integer("step").null()]), addition_to("obligations").columns([integer("unit_step").null()])]
}
