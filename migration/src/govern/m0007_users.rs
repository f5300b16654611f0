//! Roles, users and API keys.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0007_users", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![roles(), users(), api_keys()]
}

fn roles() -> Table {
    tenant_table("roles").columns([text("name").unique(), text("permissions"), yes_no("built_in")]).versioned()
}

fn users() -> Table {
    tenant_table("users").columns([text("name"), text("email").unique(), text("role_ids"), text("company_ids").null(), yes_no("active")]).versioned()
}

fn api_keys() -> Table {
    tenant_table("api_keys")
        .columns([
            text("name"),
            text("prefix"),
            text("scopes"),
            text("company_ids").null(),
            id("user_id").null().references("users"),
            integer("expires_at").null(),
            integer("previous_expires_at").null(),
            integer("revoked_at").null(),
        ])
        .versioned()
}
