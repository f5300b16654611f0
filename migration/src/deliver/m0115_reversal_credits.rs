//! The credit notes that taking a delivery back proposed.

use crate::table::{Table, addition_to, create, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0115_reversal_credits", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("deliveries").columns([text("credit_note_ids").null()])]
}
