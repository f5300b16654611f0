//! What the platform's administrators did, by whom, when and to what.

use crate::table::{Table, create, id, integer, platform_table, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0136_platform_audit", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let audit = platform_table("platform_audit", &["id"]).columns([
        id("id"),
        integer("recorded_at"),
        id("actor_id").null(),
        text("actor_name").null(),
        text("event_type"),
        text("operation"),
        text("subject_type"),
        id("subject_id"),
        text("subject_name"),
        text("reason").null(),
        text("request_id"),
    ]);
    vec![audit.index("subject_id", &["subject_id", "id"]).index("actor_id", &["actor_id", "id"])]
}
