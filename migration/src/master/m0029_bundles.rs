//! What bundles hold.

use crate::table::{Table, create, id, integer, remove, tenant_table_by};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0029_bundles", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![bundle_components()]
}

fn bundle_components() -> Table {
    tenant_table_by("bundle_components", &["bundle_id", "position"]).columns([
        id("bundle_id").references("products"),
        integer("position"),
        id("component_id").indexed().references("products"),
        integer("quantity"),
    ])
}
