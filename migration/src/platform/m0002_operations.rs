//! The security log, leases, the heads of the job queue and the idempotency keys of platform administration.

use crate::table::{Table, bytes, create, id, integer, platform_table, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0002_operations", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![security_log(), leases(), job_queue(), platform_idempotency()]
}

fn security_log() -> Table {
    platform_table("security_log", &["id"]).columns([
        id("id"),
        integer("at"),
        id("tenant_id").null(),
        id("api_key_id").null(),
        text("kind"),
        text("method"),
        text("path"),
        integer("status"),
        text("code"),
        text("request_id"),
    ])
}

fn leases() -> Table {
    platform_table("leases", &["name"]).columns([text("name"), text("holder"), integer("fence"), integer("expires_at")])
}

fn job_queue() -> Table {
    platform_table("job_queue", &["job_id"]).columns([
        id("job_id"),
        id("tenant_id"),
        integer("run_at").indexed(),
        integer("attempts"),
        text("holder").null(),
        integer("fence"),
        integer("lease_until").null(),
    ])
}

fn platform_idempotency() -> Table {
    platform_table("platform_idempotency", &["key_hash"]).columns([
        bytes("key_hash"),
        bytes("fingerprint"),
        integer("status"),
        text("body"),
        text("etag").null(),
        integer("created_at"),
    ])
}
