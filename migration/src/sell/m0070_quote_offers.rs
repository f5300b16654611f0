//! What a quote leaves to its customer and promises: sections, options, delivery commitments, conditions; and what its list is found by.

use crate::table::{Table, addition_to, create, integer, remove, text, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0070_quote_offers", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![
        addition_to("quotes")
            .columns([text("terms").null(), text("promised_date").null(), integer("lead_days").null()])
            .index("created_at", &["created_at", "id"])
            .index("quote_date", &["quote_date", "id"])
            .index("total_amount", &["total_amount", "id"]),
        addition_to("quote_lines").columns([
            text("section").null(),
            integer("option_number").null(),
            yes_no("chosen").null(),
            text("promised_date").null(),
            integer("lead_days").null(),
        ]),
        addition_to("order_lines").columns([text("section").null()]),
    ]
}
