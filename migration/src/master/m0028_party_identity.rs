//! The verified tax registrations of parties, and what became of parties that were merged.

use crate::table::{Table, create, id, integer, remove, tenant_table, tenant_table_by, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0028_party_identity", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![party_tax_ids(), party_merges()]
}

fn party_tax_ids() -> Table {
    tenant_table("party_tax_ids").columns([
        id("party_id").indexed().references("parties"),
        integer("position"),
        text("country"),
        text("number"),
        text("normalised").indexed(),
    ])
}

fn party_merges() -> Table {
    tenant_table_by("party_merges", &["merged_id"]).columns([
        id("merged_id").references("parties"),
        id("into_party_id").indexed().references("parties"),
        integer("merged_at"),
    ])
}
