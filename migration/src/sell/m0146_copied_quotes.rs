//! What a quote was duplicated from: who wrote the prices of that one wrote those of the copy.

use crate::table::{Table, addition_to, create, id, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0146_copied_quotes", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("quotes").columns([id("copied_from_id").null()])]
}
