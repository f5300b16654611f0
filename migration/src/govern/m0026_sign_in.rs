//! Passwords, second factors and sessions of people, and who was refused from where.

use crate::table::{Table, bytes, create, id, integer, platform_addition_to, platform_table, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0026_sign_in", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![tokens(), user_passwords(), user_factors(), recovery_codes(), sessions(), security_log()]
}

fn tokens() -> Table {
    platform_table("tokens", &["hash"])
        .columns([bytes("hash"), text("kind"), id("tenant_id"), id("subject_id").indexed(), integer("valid_until"), integer("created_at")])
        .index("tenant_id_valid_until", &["tenant_id", "valid_until"])
}

fn user_passwords() -> Table {
    tenant_table_by("user_passwords", &["user_id"]).columns([id("user_id").references("users"), text("hash"), integer("changed_at")])
}

fn user_factors() -> Table {
    tenant_table_by("user_factors", &["user_id"]).columns([
        id("user_id").references("users"),
        bytes("seed"),
        integer("confirmed_at").null(),
        integer("last_step"),
        integer("failures"),
        integer("locked_until").null(),
        integer("created_at"),
    ])
}

fn recovery_codes() -> Table {
    tenant_table_by("recovery_codes", &["user_id", "hash"]).columns([id("user_id").references("users"), bytes("hash"), integer("created_at")])
}

fn sessions() -> Table {
    tenant_table("sessions")
        .columns([
            id("user_id").references("users").indexed(),
            text("source"),
            text("user_agent").null(),
            integer("authenticated_at"),
            integer("last_seen_at"),
            integer("expires_at"),
            integer("revoked_at").null(),
        ])
        .versioned()
}

fn security_log() -> Table {
    platform_addition_to("security_log").columns([id("user_id").null(), text("source").null()]).index("tenant_id", &["tenant_id", "id"])
}
