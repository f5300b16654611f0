//! How objects are found: words, ids in other systems, and document numbers.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0005_lookup", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![search_words(), external_refs(), number_series()]
}

fn search_words() -> Table {
    tenant_table_by("search_words", &["object_type", "word", "object_id"]).columns([text("object_type"), text("word"), id("object_id").indexed()])
}

fn external_refs() -> Table {
    tenant_table_by("external_refs", &["object_type", "system", "ref_id"]).columns([
        text("object_type"),
        text("system"),
        text("ref_id"),
        id("object_id").indexed(),
    ])
}

fn number_series() -> Table {
    tenant_table_by("number_series", &["company_id", "kind", "year"]).columns([
        id("company_id"),
        text("kind"),
        integer("year"),
        integer("next_number"),
        text("last_day").null(),
        bytes("chain").null(),
    ])
}
