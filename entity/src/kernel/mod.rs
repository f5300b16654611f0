//! What every request leaves behind: events, snapshots, answers, numbers, jobs.

pub mod event_positions;
pub mod event_queue;
pub mod events;
pub mod external_refs;
pub mod idempotency_keys;
pub mod import_errors;
pub mod import_references;
pub mod imports;
pub mod jobs;
pub mod number_series;
pub mod search_words;
pub mod snapshots;
pub mod upload_parts;
