//! Finding deliveries by the carrier's number, which many do without.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0108_delivery_search", up, down, tables: Vec::new };

fn up(_: Dialect) -> Vec<String> {
    vec!["CREATE INDEX \"deliveries_tracking\" ON \"deliveries\" (\"tenant_id\", \"tracking\", \"id\") WHERE \"tracking\" IS NOT NULL".to_owned()]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["DROP INDEX \"deliveries_tracking\"".to_owned()]
}
