//! What happened, in which order, and how objects looked at each version.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0003_events", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![events(), event_positions(), event_queue(), snapshots()]
}

fn events() -> Table {
    tenant_table("events").columns([
        text("event_type"),
        text("operation"),
        integer("occurred_at"),
        integer("recorded_at"),
        id("company_id").null(),
        text("subject_type"),
        id("subject_id").indexed(),
        integer("subject_version"),
        id("flow_id").null().indexed(),
        text("request_id"),
        text("actor_kind"),
        id("actor_id").null(),
        bytes("digest"),
        bytes("salt"),
    ])
}

fn event_positions() -> Table {
    tenant_table_by("event_positions", &["sequence"]).columns([integer("sequence"), id("event_id").unique(), bytes("chain"), bytes("previous")])
}

/// Events that wait for their number: used where commits overlap, which is only on PostgreSQL.
fn event_queue() -> Table {
    tenant_table_by("event_queue", &["event_id"]).columns([id("event_id")])
}

fn snapshots() -> Table {
    tenant_table_by("snapshots", &["object_id", "version"]).columns([
        id("object_id"),
        integer("version"),
        text("object_type"),
        text("body").null(),
        integer("created_at"),
    ])
}
