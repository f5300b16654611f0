//! Journal entries and lines.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0022_journal", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![journal_entries(), journal_lines()]
}

fn journal_entries() -> Table {
    tenant_table("journal_entries")
        .columns([
            id("company_id").indexed().references("companies"),
            text("number").indexed(),
            text("date").indexed(),
            text("event"),
            text("document_type"),
            id("document_id").indexed(),
            text("currency"),
            integer("total"),
            id("reversal_of").null(),
            id("flow_id").null().indexed(),
            integer("posted_at"),
            bytes("hash"),
            bytes("previous_hash"),
            integer("created_at"),
            integer("updated_at").indexed(),
        ])
        .unique(&["reversal_of"])
        .unique(&["company_id", "number"])
}

fn journal_lines() -> Table {
    tenant_table_by("journal_lines", &["entry_id", "position"])
        .columns([
            id("entry_id").references("journal_entries"),
            integer("position"),
            id("company_id"),
            text("day"),
            id("account_id").references("accounts"),
            id("party_id").null(),
            id("document_id").null(),
            integer("debit"),
            integer("credit"),
            integer("amount_currency"),
            text("currency"),
            text("due_date").null(),
            id("dimension_set_id").null(),
        ])
        .index("account", &["company_id", "account_id", "day"])
        .index("party", &["company_id", "party_id", "account_id"])
        .check("one_side", "debit >= 0 AND credit >= 0 AND (debit = 0 OR credit = 0)")
}
