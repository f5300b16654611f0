//! Files on their way in: the parts of an upload, what an import is to do with them, and what was wrong in which row.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0037_imports", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let parts = tenant_table_by("upload_parts", &["upload_id", "position"]).columns([
        id("upload_id"),
        integer("position"),
        integer("first_row"),
        bytes("body"),
        integer("created_at").indexed(),
    ]);
    // An import has the id of its job.
    let imports = tenant_table("imports").columns([
        id("upload_id"),
        text("options"),
        text("header"),
        text("company_ids").null(),
        integer("next_part"),
        integer("parts"),
        integer("created"),
        integer("updated"),
        integer("unchanged"),
        integer("failed"),
        integer("errors"),
    ]);
    let errors = tenant_table_by("import_errors", &["import_id", "position"]).columns([
        id("import_id").references("imports"),
        integer("position"),
        integer("row"),
        text("column_name").null(),
        text("code"),
        text("detail"),
    ]);
    vec![parts, imports, errors]
}
