//! Which billable is the rest of which other one, that a draft bills a part of.

use crate::table::{Table, addition_to, create, id, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0082_split_billables", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("billables").columns([id("split_of").null().indexed()])]
}
