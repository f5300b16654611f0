//! Limits and quotas of tenants, and when each key was last used.

use crate::table::{Table, create, id, integer, platform_table, remove, tenant_table_by};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0027_limits", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![tenant_limits(), api_key_uses()]
}

fn tenant_limits() -> Table {
    platform_table("tenant_limits", &["of_tenant_id"]).columns([
        id("of_tenant_id"),
        integer("requests_per_minute").null(),
        integer("credential_requests_per_minute").null(),
        integer("max_users").null(),
        integer("max_companies").null(),
    ])
}

fn api_key_uses() -> Table {
    tenant_table_by("api_key_uses", &["api_key_id"]).columns([id("api_key_id").references("api_keys"), integer("last_used_at")])
}
