//! What an external reference came with, so that the same creation is known when it comes again.

use crate::table::{Table, addition_to, bytes, create, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0114_made_from", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("external_refs").columns([bytes("made_from").null()])]
}
