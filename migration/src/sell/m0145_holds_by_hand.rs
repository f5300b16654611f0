//! Which holds somebody placed by hand: a check of the customer's credit takes off only those that a check placed.

use crate::table::{Table, addition_to, create, remove, unforced, yes_no};
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0145_holds_by_hand", up, down, tables };

fn up(dialect: Dialect) -> Vec<String> {
    // Of holds from before this only the words tell: those of a check begin like these.
    let known = "UPDATE \"order_holds\" SET \"by_hand\" = TRUE WHERE \"kind\" = 'credit' AND \"released_at\" IS NULL \
                 AND \"reason\" NOT LIKE 'The customer would owe %' AND \"reason\" NOT LIKE 'The oldest invoice is overdue for %'";
    [create(&tables(), dialect), unforced(&["order_holds"], dialect, &[known])].concat()
}

fn down(_: Dialect) -> Vec<String> {
    remove(&tables())
}

fn tables() -> Vec<Table> {
    vec![addition_to("order_holds").columns([yes_no("by_hand").null()])]
}
