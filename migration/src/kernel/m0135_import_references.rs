//! An import remembers which external ids its rows have named, so that one that comes again far down the file is told.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table_by};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0135_import_references", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let named = tenant_table_by("import_references", &["import_id", "reference"]);
    vec![named.columns([id("import_id").references("imports"), bytes("reference"), integer("row")])]
}
