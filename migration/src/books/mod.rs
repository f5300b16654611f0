//! The ledger.

pub(crate) mod m0022_journal;
pub(crate) mod m0031_periods;
pub(crate) mod m0072_ledger_search;
pub(crate) mod m0113_reversed_entries;
