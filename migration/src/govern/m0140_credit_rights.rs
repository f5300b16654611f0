//! Who kept the limits of customers before goes on doing so: giving one needs a right of its own now, and is not in the hands of whoever writes parties.

use crate::table::unforced;
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0140_credit_rights", up, down, tables: Vec::new };

fn up(dialect: Dialect) -> Vec<String> {
    let before = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", '\"credit:read\"', '\"credit:read\",\"credit:write\"') \
                  WHERE \"built_in\" = TRUE AND \"name\" IN ('finance', 'integration')";
    unforced(&["roles"], dialect, &[before])
}

fn down(dialect: Dialect) -> Vec<String> {
    let after = "UPDATE \"roles\" SET \"permissions\" = replace(\"permissions\", ',\"credit:write\"', '') \
                 WHERE \"built_in\" = TRUE AND \"name\" IN ('finance', 'integration')";
    unforced(&["roles"], dialect, &[after])
}
