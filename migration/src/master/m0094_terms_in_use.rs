//! Which documents name a payment term, and entries of the journal by what they are of.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0094_terms_in_use", up, down, tables: Vec::new };

const NAMING: [&str; 3] = ["quotes", "orders", "invoices"];

fn up(_: Dialect) -> Vec<String> {
    // Documents without a term are not asked for.
    let terms = NAMING.map(|table| {
        format!("CREATE INDEX \"{table}_payment_term_id\" ON \"{table}\" (\"tenant_id\", \"payment_term_id\") WHERE \"payment_term_id\" IS NOT NULL")
    });
    let entries = "CREATE INDEX \"journal_entries_event\" ON \"journal_entries\" (\"tenant_id\", \"event\", \"id\")".to_owned();
    terms.into_iter().chain([entries]).collect()
}

fn down(_: Dialect) -> Vec<String> {
    let terms = NAMING.map(|table| format!("DROP INDEX \"{table}_payment_term_id\""));
    terms.into_iter().chain(["DROP INDEX \"journal_entries_event\"".to_owned()]).collect()
}
