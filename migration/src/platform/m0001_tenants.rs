//! Tenants, the hashes of their credentials and the settings of the installation.

use crate::table::{Table, bytes, create, id, integer, platform_table, remove, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0001_tenants", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![tenants(), credentials(), platform_settings()]
}

fn tenants() -> Table {
    platform_table("tenants", &["id"]).columns([
        id("id"),
        text("name"),
        text("slug").unique(),
        text("mode"),
        text("status").indexed(),
        text("suspended_reason").null(),
        integer("clock_now").null(),
        id("owner_user_id").null(),
        integer("version"),
        integer("created_at"),
        integer("updated_at"),
    ])
}

fn credentials() -> Table {
    platform_table("credentials", &["hash"]).columns([
        bytes("hash"),
        id("api_key_id").indexed(),
        id("tenant_id").null(),
        yes_no("platform"),
        integer("valid_until").null(),
        integer("created_at"),
    ])
}

fn platform_settings() -> Table {
    platform_table("platform_settings", &["name"]).columns([text("name"), text("value")])
}
