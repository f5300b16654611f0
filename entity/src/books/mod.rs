//! The ledger.

pub mod dimension_sets;
pub mod fiscal_years;
pub mod journal_entries;
pub mod journal_lines;
