//! Imports say how many customers came with their rows, and customers are found however their names are written.

use crate::table::{Table, addition_to, create, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0109_import_parties", up, down, tables };

/// A name in small letters, with one space where others stand or a mark that tells no names apart.
pub const PARTY_NAME_KEY: &str = "lower(trim(replace(replace(replace(replace(replace(replace(replace(replace(replace(name, \
     '.', ' '), ',', ' '), '-', ' '), '_', ' '), '''', ' '), '\"', ' '), '  ', ' '), '  ', ' '), '  ', ' ')))";

fn up(dialect: Dialect) -> Vec<String> {
    let found = format!("CREATE INDEX \"parties_name_key\" ON \"parties\" (\"tenant_id\", ({PARTY_NAME_KEY}))");
    create(&tables(), dialect).into_iter().chain([found]).collect()
}

fn down(_: Dialect) -> Vec<String> {
    ["DROP INDEX \"parties_name_key\"".to_owned()].into_iter().chain(remove(&tables())).collect()
}

fn tables() -> Vec<Table> {
    vec![addition_to("imports").columns([integer("parties_created").null(), text("parties_named").null()])]
}
