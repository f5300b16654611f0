//! Which documents name a payment term, and entries of the journal by what they are of.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0094_terms_in_use", up, down, tables: Vec::new };

const NAMING: [&str; 3] = ["quotes", "orders", "invoices"];
const ENTRIES: [&str; 2] = ["event", "document_type"];

fn up(_: Dialect) -> Vec<String> {
    // Documents without a term are not asked for.
    let terms = NAMING.map(|table| {
        format!("CREATE INDEX \"{table}_payment_term_id\" ON \"{table}\" (\"tenant_id\", \"payment_term_id\") WHERE \"payment_term_id\" IS NOT NULL")
    });
    let entries = ENTRIES.map(|column| format!("CREATE INDEX \"journal_entries_{column}\" ON \"journal_entries\" (\"tenant_id\", \"{column}\", \"id\")"));
    terms.into_iter().chain(entries).collect()
}

fn down(_: Dialect) -> Vec<String> {
    let terms = NAMING.map(|table| format!("DROP INDEX \"{table}_payment_term_id\""));
    let entries = ENTRIES.map(|column| format!("DROP INDEX \"journal_entries_{column}\""));
    terms.into_iter().chain(entries).collect()
}
