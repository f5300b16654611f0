//! How long a tenant keeps what need not be kept for ever, and which leads were made to forget whom they were about (SEC-08).

use crate::table::{Table, addition_to, create, integer, remove, tenant_table, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0106_retention_rules", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let rules = tenant_table("retention_rules").columns([
        text("kind").unique(),
        integer("days").null(),
        text("hold_reason").null(),
        integer("last_applied_at").null(),
        integer("last_removed").null(),
    ]);
    vec![rules.versioned(), addition_to("leads").columns([integer("erased_at").null()])]
}
