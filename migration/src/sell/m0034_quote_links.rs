//! The links through which customers answer quotes.

use crate::table::{Table, bytes, create, id, integer, remove, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0034_quote_links", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![tenant_table_by("quote_links", &["quote_id"]).columns([
        id("quote_id").references("quotes"),
        bytes("hash"),
        integer("created_at"),
        integer("revoked_at").null(),
        integer("answered_at").null(),
        text("answered_by").null(),
        text("answered_email").null(),
        text("answered_from").null(),
    ])]
}
