//! Where a key may be used from, and why the platform opened a tenant with one.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0053_key_sources", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("api_keys").columns([text("allowed_sources").null(), text("platform_reason").null()])]
}
