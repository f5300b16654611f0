//! Whoever ships reads what is left to ship and to bill: the role that comes with the tenant says so now.

use crate::table::unforced;
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0220_fulfilment_rights", up, down, tables: Vec::new };

fn up(dialect: Dialect) -> Vec<String> {
    let before = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", '\"billables:read\"', '\"billables:read\",\"fulfilment:read\"') \
                  WHERE \"built_in\" = TRUE AND \"name\" = 'operations'";
    unforced(&["roles"], dialect, &[before])
}

fn down(dialect: Dialect) -> Vec<String> {
    let after = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", ',\"fulfilment:read\"', '') \
                 WHERE \"built_in\" = TRUE AND \"name\" = 'operations'";
    unforced(&["roles"], dialect, &[after])
}
