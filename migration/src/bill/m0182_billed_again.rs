//! Credit notes whose lines are billed again once they are posted.

use crate::table::{Table, addition_to, create, remove, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0182_billed_again", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("invoices").columns([yes_no("rebill").null()])]
}
