//! The revenue account of what is sold with a tax.

use crate::table::{Table, addition_to, create, id, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0102_sales_accounts", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("taxes").columns([id("sales_account_id").null()])]
}
