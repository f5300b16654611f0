//! What is to be done about a lead, a deal, a customer or a document.

use crate::table::{Table, create, id, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0038_activities", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let activities = tenant_table("activities").columns([
        text("subject_type"),
        id("subject_id").indexed(),
        id("company_id").null().indexed(),
        id("flow_id").null(),
        text("kind").indexed(),
        text("status").indexed(),
        integer("due_at").null().indexed(),
        text("note").null(),
        id("owner_id").null().indexed().references("users"),
        text("outcome").null(),
        integer("completed_at").null(),
    ]);
    vec![activities.versioned()]
}
