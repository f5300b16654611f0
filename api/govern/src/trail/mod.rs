//! The trail: events for other systems and audit entries for people, two views of the same rows (INT-10, SEC-12, OBS-07).
//!
//! What changed is the difference between an object's snapshot at its version and the one before. The chain covers the snapshots' salted digests,
//! so verifying needs no payload, and an erased payload breaks no chain. Only numbered events are shown.

mod log;
pub mod routes;
pub mod security;
pub mod service;
