//! What the documents of a company say about it.

use super::m0006_companies;
use crate::table::{Table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0033_letterheads", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    let kind = match dialect {
        Dialect::Sqlite => "TEXT",
        Dialect::Postgres => "text COLLATE \"C\"",
    };
    vec![format!("ALTER TABLE \"companies\" ADD COLUMN \"letterhead\" {kind}")]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["ALTER TABLE \"companies\" DROP COLUMN \"letterhead\"".to_owned()]
}

fn tables() -> Vec<Table> {
    vec![companies()]
}

/// Companies as they are after it.
pub(crate) fn companies() -> Table {
    m0006_companies::companies().columns([text("letterhead").null()])
}
