//! Whom a deal is with at its customer, and where its goods go (ORD-01, QTE-01).

use crate::table::{Table, addition_to, create, id, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0107_places", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    let document = |table| addition_to(table).columns([id("contact_id").null(), id("ship_to_id").null()]);
    vec![document("quotes"), document("orders"), addition_to("obligations").columns([id("ship_to_id").null()])]
}
