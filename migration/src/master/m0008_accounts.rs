//! Charts of accounts and taxes.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0008_accounts", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![accounts(), taxes()]
}

fn accounts() -> Table {
    tenant_table("accounts")
        .columns([id("company_id").references("companies"), text("code").indexed(), text("name"), text("kind"), text("purpose").null(), text("metadata")])
        .versioned()
        .unique(&["company_id", "code"])
        .unique(&["company_id", "purpose"])
}

fn taxes() -> Table {
    tenant_table("taxes")
        .columns([
            id("company_id").indexed().references("companies"),
            text("code").indexed(),
            text("name"),
            text("kind"),
            integer("rate"),
            yes_no("included"),
            integer("sequence"),
            yes_no("affects_base"),
            yes_no("base_affected"),
            text("group_of"),
            id("account_id").null().references("accounts"),
            yes_no("active"),
            text("metadata"),
        ])
        .versioned()
        .unique(&["company_id", "code"])
}
