//! The ledger.

pub mod journal_entries;
pub mod journal_lines;
