//! Whose word counts about master data, and the system that a key writes for (MDM-08).

use crate::table::{Table, addition_to, create, id, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0105_ownership_rules", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let rules = tenant_table("ownership_rules").columns([
        text("applies_to").indexed(),
        text("fields"),
        text("owner"),
        id("steward_id").null().indexed().references("users"),
        yes_no("active"),
        text("metadata"),
    ]);
    vec![
        rules.versioned(),
        // Tenants without rules need not look for them.
        addition_to("tenants").columns([yes_no("has_ownership_rules").null()]),
        addition_to("api_keys").columns([text("system").null()]),
    ]
}
