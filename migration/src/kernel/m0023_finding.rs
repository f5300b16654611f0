//! Finding documents: by amount within a currency, and by the other side's reference.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0023_finding", up, down, tables: Vec::new };

/// Tables with the column of their amount.
const AMOUNTS: [(&str, &str); 5] =
    [("opportunities", "expected_value"), ("quotes", "total_amount"), ("orders", "total_amount"), ("invoices", "total_amount"), ("payments", "amount")];
/// Tables with a reference of the other side, which most rows do without.
const REFERENCES: [&str; 3] = ["quotes", "orders", "invoices"];

fn up(_: Dialect) -> Vec<String> {
    let amounts =
        AMOUNTS.map(|(table, column)| format!("CREATE INDEX \"{table}_currency_{column}\" ON \"{table}\" (\"tenant_id\", \"currency\", \"{column}\", \"id\")"));
    let references = REFERENCES
        .map(|table| format!("CREATE INDEX \"{table}_reference\" ON \"{table}\" (\"tenant_id\", \"reference\", \"id\") WHERE \"reference\" IS NOT NULL"));
    [amounts.as_slice(), &references].concat()
}

fn down(_: Dialect) -> Vec<String> {
    let amounts = AMOUNTS.map(|(table, column)| format!("DROP INDEX \"{table}_currency_{column}\""));
    let references = REFERENCES.map(|table| format!("DROP INDEX \"{table}_reference\""));
    [amounts.as_slice(), &references].concat()
}
