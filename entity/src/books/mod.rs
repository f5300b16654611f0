//! The ledger.

pub mod fiscal_years;
pub mod journal_entries;
pub mod journal_lines;
