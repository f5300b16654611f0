//! The difference of a payment that a company writes off without asking, and the right to post that whoever records payments has needed since.

use crate::table::{Table, addition_to, create, integer, remove};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0092_payment_tolerance", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    // Those who recorded posted payments before go on doing so.
    let before = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", '\"payments:write\"', '\"payments:write\",\"payments:post\"') \
                  WHERE \"built_in\" = TRUE AND \"name\" = 'finance'";
    create(&tables(), dialect).into_iter().chain(unforced(dialect, before)).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let after = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", ',\"payments:post\"', '') WHERE \"built_in\" = TRUE AND \"name\" = 'finance'";
    unforced(dialect, after).into_iter().chain(remove(&tables())).collect()
}

/// Row security that is forced hides every row from the owner of the table, too, unless a tenant is named.
fn unforced(dialect: Dialect, statement: &str) -> Vec<String> {
    let forced = |word: &str| match dialect {
        Dialect::Postgres => vec![format!("ALTER TABLE \"roles\" {word} ROW LEVEL SECURITY")],
        Dialect::Sqlite => Vec::new(),
    };
    [forced("NO FORCE"), vec![statement.to_owned()], forced("FORCE")].concat()
}

fn tables() -> Vec<Table> {
    vec![addition_to("companies").columns([integer("payment_tolerance").null()])]
}
