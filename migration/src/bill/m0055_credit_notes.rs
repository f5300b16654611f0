//! Credit notes without an invoice: what they may come to before a second person has to post them, and who made them.

use crate::table::{Table, addition_to, create, id, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0055_credit_notes", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("companies").columns([integer("credit_note_limit").null()]), addition_to("invoices").columns([id("made_by").null()])]
}
