//! Reading the ledger: postings of an account in the order of days, and entries by an account or a party of their lines.

use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0072_ledger_search", up, down, tables: Vec::new };

fn up(_: Dialect) -> Vec<String> {
    [
        // The longer one does what the shorter one did.
        "DROP INDEX \"journal_lines_account\"",
        "CREATE INDEX \"journal_lines_postings\" ON \"journal_lines\" (\"tenant_id\", \"company_id\", \"account_id\", \"day\", \"entry_id\", \"position\")",
        "CREATE INDEX \"journal_lines_account_id\" ON \"journal_lines\" (\"tenant_id\", \"account_id\", \"entry_id\")",
        // What concerns nobody is not asked for.
        "CREATE INDEX \"journal_lines_party_id\" ON \"journal_lines\" (\"tenant_id\", \"party_id\", \"entry_id\") WHERE \"party_id\" IS NOT NULL",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn down(_: Dialect) -> Vec<String> {
    [
        "DROP INDEX \"journal_lines_party_id\"",
        "DROP INDEX \"journal_lines_account_id\"",
        "DROP INDEX \"journal_lines_postings\"",
        "CREATE INDEX \"journal_lines_account\" ON \"journal_lines\" (\"tenant_id\", \"company_id\", \"account_id\", \"day\")",
    ]
    .map(str::to_owned)
    .to_vec()
}
