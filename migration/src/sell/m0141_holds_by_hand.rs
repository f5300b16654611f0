//! Which holds somebody placed: a check of the credit ends only those that it placed itself.

use crate::table::{Table, addition_to, create, remove, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0141_holds_by_hand", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("order_holds").columns([yes_no("by_hand").null()])]
}
