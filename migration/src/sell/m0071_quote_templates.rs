//! Templates of quotes, and which quote was made of which.

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0071_quote_templates", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let templates = tenant_table("quote_templates")
        .columns([
            id("company_id").indexed().references("companies"),
            text("name").indexed(),
            text("description").null(),
            yes_no("active").indexed(),
            integer("validity_days").null(),
            id("payment_term_id").null(),
            integer("discount_percent"),
            integer("lead_days").null(),
            text("notes").null(),
            text("terms").null(),
            text("lines"),
        ])
        .versioned()
        .unique(&["company_id", "name"]);
    vec![templates, addition_to("quotes").columns([id("template_id").null().indexed()])]
}
