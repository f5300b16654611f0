//! The difference of a payment that a company writes off without asking.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0092_payment_tolerance", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("companies").columns([integer("payment_tolerance").null()])]
}
