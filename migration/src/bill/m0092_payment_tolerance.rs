//! The difference of a payment that a company writes off without asking, and the right to post that whoever records payments has needed since.

use crate::table::{Table, addition_to, create, integer, remove, unforced};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0092_payment_tolerance", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    // Those who recorded posted payments before go on doing so.
    let before = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", '\"payments:write\"', '\"payments:write\",\"payments:post\"') \
                  WHERE \"built_in\" = TRUE AND \"name\" = 'finance'";
    create(&tables(), dialect).into_iter().chain(unforced(&["roles"], dialect, &[before])).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let after = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", ',\"payments:post\"', '') WHERE \"built_in\" = TRUE AND \"name\" = 'finance'";
    unforced(&["roles"], dialect, &[after]).into_iter().chain(remove(&tables())).collect()
}

fn tables() -> Vec<Table> {
    vec![addition_to("companies").columns([integer("payment_tolerance").null()])]
}
