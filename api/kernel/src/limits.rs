//! Every limit of the service, in one place (INT-37).

/// The largest body, in bytes (imports stream beyond it).
pub const BODY_BYTES: usize = 1_048_576;
/// The largest file of an import, in bytes.
pub const UPLOAD_BYTES: usize = 100 * 1_048_576;
/// The longest a body may take to arrive, in seconds.
pub const BODY_SECONDS: u64 = 15;
/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY: usize = 255;
/// How long an answer is kept for its key, in seconds: 7 days.
pub const IDEMPOTENCY_SECONDS: i64 = 7 * 86_400;
/// How long a credential may be trusted without asking the database again, in microseconds.
pub const CREDENTIAL_CACHE_MICROS: i64 = 1_000_000;
/// Live streams of one tenant on one instance, at most.
pub const STREAMS: usize = 100;
/// How long a reader may leave what is sent to it unread before it is dropped, in seconds.
pub const SLOW_READER_SECONDS: u64 = 10;
/// The longest silence of a stream, in seconds: then it says that it is alive.
pub const HEARTBEAT_SECONDS: u64 = 15;
/// Connections to PostgreSQL.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// The dates that a document may carry: years outside are typing errors.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
