//! Parties, their contacts and addresses.

use crate::table::{Table, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0013_parties", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![parties(), contacts(), addresses()]
}

fn parties() -> Table {
    tenant_table("parties")
        .columns([
            text("name").indexed(),
            text("kind"),
            yes_no("is_customer"),
            yes_no("is_supplier"),
            text("country").null().indexed(),
            text("tax_id").null().indexed(),
            text("currency").null(),
            id("payment_term_id").null().references("payment_terms"),
            id("price_list_id").null().references("price_lists"),
            integer("credit_limit").null(),
            text("credit_currency").null(),
            text("segment").null().indexed(),
            text("email").null().indexed(),
            text("phone").null(),
            id("linked_company_id").null(),
            yes_no("active"),
            text("metadata"),
        ])
        .versioned()
}

fn contacts() -> Table {
    tenant_table("contacts").columns([
        id("party_id").indexed().references("parties"),
        integer("position"),
        text("name"),
        text("email").null().indexed(),
        text("phone").null(),
        text("title").null(),
    ])
}

fn addresses() -> Table {
    tenant_table("addresses").columns([
        id("party_id").indexed().references("parties"),
        integer("position"),
        text("kind"),
        text("line1"),
        text("line2").null(),
        text("city"),
        text("region").null(),
        text("postal_code").null(),
        text("country"),
    ])
}
