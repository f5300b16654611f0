//! Entries of the journal that were taken back changed when that happened, so that a list of what changed since shows them.

use crate::table::unforced;
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0113_reversed_entries", up, down, tables: Vec::new };

fn up(dialect: Dialect) -> Vec<String> {
    let known = "UPDATE \"journal_entries\" SET \"updated_at\" = (SELECT m.\"created_at\" FROM \"journal_entries\" m \
                 WHERE m.\"tenant_id\" = \"journal_entries\".\"tenant_id\" AND m.\"reversal_of\" = \"journal_entries\".\"id\") \
                 WHERE EXISTS (SELECT 1 FROM \"journal_entries\" m \
                 WHERE m.\"tenant_id\" = \"journal_entries\".\"tenant_id\" AND m.\"reversal_of\" = \"journal_entries\".\"id\")";
    unforced(&["journal_entries"], dialect, &[known])
}

fn down(dialect: Dialect) -> Vec<String> {
    unforced(&["journal_entries"], dialect, &["UPDATE \"journal_entries\" SET \"updated_at\" = \"created_at\""])
}
