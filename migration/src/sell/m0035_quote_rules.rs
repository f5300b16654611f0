//! What quotes may grant without a second person, and why one was needed.

use super::m0015_quotes::quotes;
use crate::govern::m0033_letterheads::companies;
use crate::table::{Table, id, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0035_quote_rules", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    let (text, id) = match dialect {
        Dialect::Sqlite => ("TEXT", "BLOB"),
        Dialect::Postgres => ("text COLLATE \"C\"", "uuid"),
    };
    vec![
        format!("ALTER TABLE \"companies\" ADD COLUMN \"quote_rules\" {text}"),
        format!("ALTER TABLE \"quotes\" ADD COLUMN \"approval_reasons\" {text}"),
        format!("ALTER TABLE \"quotes\" ADD COLUMN \"submitted_by\" {id}"),
        format!("ALTER TABLE \"quotes\" ADD COLUMN \"approval_comment\" {text}"),
    ]
}

fn down(_: Dialect) -> Vec<String> {
    [("quotes", "approval_comment"), ("quotes", "submitted_by"), ("quotes", "approval_reasons"), ("companies", "quote_rules")]
        .map(|(table, column)| format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\""))
        .into()
}

fn tables() -> Vec<Table> {
    vec![
        companies().columns([text("quote_rules").null()]),
        quotes().columns([text("approval_reasons").null(), id("submitted_by").null(), text("approval_comment").null()]),
    ]
}
