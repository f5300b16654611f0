//! What every request leaves behind.

pub(crate) mod m0003_events;
pub(crate) mod m0004_requests;
pub(crate) mod m0005_lookup;
pub(crate) mod m0090_finding;
pub(crate) mod m0141_imports;
