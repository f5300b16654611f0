//! Indexes of columns that most rows do without hold only the rows that have a value: a deal writes a tenth less of index entries.
//!
//! A search for a value finds such an index on both databases, foreign keys included, because what equals something is not null. Sorts cannot use one: rows
//! without a value belong to their pages, too.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0120_sparse_indexes", up, down, tables: Vec::new };

/// Tables with their columns; the index is `<table>_<column>`.
const SPARSE: [(&str, &[&str]); 9] = [
    ("leads", &["country", "team_id"]),
    ("opportunities", &["lost_reason", "product_id", "stalled_reason", "team_id"]),
    ("quotes", &["template_id"]),
    ("orders", &["channel", "hold_kind", "stalled_reason"]),
    ("billables", &["hold_id", "split_of"]),
    ("invoices", &["credited_invoice_id", "tax_status"]),
    ("invoice_lines", &["credited_line_id", "deducted_line_id"]),
    ("payments", &["reference"]),
    ("allocations", &["credit_note_id", "write_off_id"]),
];

fn up(_: Dialect) -> Vec<String> {
    remade(|column| format!(" WHERE \"{column}\" IS NOT NULL"))
}

fn down(_: Dialect) -> Vec<String> {
    remade(|_| String::new())
}

fn remade(only: impl Fn(&str) -> String) -> Vec<String> {
    let columns = SPARSE.iter().flat_map(|(table, columns)| columns.iter().map(move |column| (table, column)));
    columns
        .flat_map(|(table, column)| {
            let name = format!("{table}_{column}");
            [format!("DROP INDEX \"{name}\""), format!("CREATE INDEX \"{name}\" ON \"{table}\" (\"tenant_id\", \"{column}\", \"id\"){}", only(column))]
        })
        .collect()
}
