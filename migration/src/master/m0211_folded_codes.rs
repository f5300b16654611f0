//! Codes of products that are the same but for their capitals are found (MDM-07).

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0211_folded_codes", up, down, tables: Vec::new };

fn up(_: Dialect) -> Vec<String> {
    vec!["CREATE INDEX \"products_code_lower\" ON \"products\" (\"tenant_id\", lower(\"code\"))".to_owned()]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["DROP INDEX \"products_code_lower\"".to_owned()]
}
