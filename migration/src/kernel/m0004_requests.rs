//! Idempotency keys and jobs.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0004_requests", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![idempotency_keys(), jobs()]
}

fn idempotency_keys() -> Table {
    tenant_table_by("idempotency_keys", &["key_hash"]).columns([
        bytes("key_hash"),
        bytes("fingerprint"),
        integer("status"),
        id("object_id").null(),
        integer("object_version").null(),
        text("body").null(),
        text("etag").null(),
        integer("created_at").indexed(),
    ])
}

fn jobs() -> Table {
    tenant_table("jobs")
        .columns([
            text("kind"),
            text("status").indexed(),
            integer("done"),
            integer("total"),
            text("input"),
            text("result").null(),
            text("error").null(),
            text("created_by_kind"),
            id("created_by").null(),
        ])
        .versioned()
}
