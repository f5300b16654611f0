//! What a company asks of the installments of its invoices, and how old the rates are that it books with.

use crate::table::{Table, addition_to, create, integer, remove, text};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0061_installment_rules", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    create(&tables(), dialect)
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("companies").columns([text("installment_rules").null(), integer("max_rate_age_days").null()])]
}
