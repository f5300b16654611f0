//! Which customers pay which taxes instead of those of the products, what a tax says on paper, and how a line came to its taxes (QTE-10, BIL-16).

use crate::table::{Table, addition_to, create, id, integer, remove, tenant_table, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0100_tax_rules", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let rules = tenant_table("tax_rules").columns([
        id("company_id").indexed().references("companies"),
        text("name"),
        integer("sequence"),
        id("party_id").null().indexed().references("parties"),
        text("countries"),
        text("registration").null(),
        text("customer_kind").null(),
        text("segment").null(),
        text("valid_from").null(),
        text("valid_until").null(),
        text("replacements"),
        text("other_tax_ids").null(),
        text("free_line_tax_ids").null(),
        yes_no("active"),
        text("metadata"),
    ]);
    let line = |table| addition_to(table).columns([id("tax_rule_id").null(), text("determined_tax_ids").null()]);
    vec![
        rules.versioned().unique(&["company_id", "sequence"]),
        // Documents of companies without rules need not look for them.
        addition_to("companies").columns([yes_no("has_tax_rules").null()]),
        addition_to("taxes").columns([text("note").null()]),
        line("quote_lines"),
        line("order_lines"),
    ]
}
