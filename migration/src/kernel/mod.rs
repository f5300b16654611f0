//! What every request leaves behind.

pub(crate) mod m0003_events;
pub(crate) mod m0004_requests;
pub(crate) mod m0005_lookup;
pub(crate) mod m0023_finding;
pub(crate) mod m0037_imports;
pub(crate) mod m0088_trail_filters;
pub(crate) mod m0090_waiting_events;
pub(crate) mod m0109_import_parties;
pub(crate) mod m0114_made_from;
pub(crate) mod m0120_sparse_indexes;
pub(crate) mod m0135_import_references;
pub(crate) mod m0191_names;
