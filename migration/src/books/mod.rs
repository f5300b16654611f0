//! The ledger.

pub(crate) mod m0022_journal;
