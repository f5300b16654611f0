//! Every limit of the service, in one place (INT-37).

/// Bytes of the path with its query and the headers of a request, at most (api.md, "Numbers, time, limits").
pub const HEAD_BYTES: usize = 16 * 1024;
/// The largest body, in bytes (imports stream beyond it).
pub const BODY_BYTES: usize = 1_048_576;
/// The largest file of an import, in bytes.
pub const UPLOAD_BYTES: usize = 100 * 1_048_576;
/// The longest a body may take to arrive, in seconds.
pub const BODY_SECONDS: u64 = 15;
/// The longest idempotency key, in characters.
pub const IDEMPOTENCY_KEY: usize = 255;
/// How long an answer of the platform is kept for its key, in seconds: 7 days. Tenants choose (`RetentionKind`).
pub const IDEMPOTENCY_SECONDS: i64 = 7 * 86_400;
/// How long the security log of the platform is kept, in seconds: 400 days. Tenants choose (`RetentionKind`).
pub const SECURITY_LOG_SECONDS: i64 = 400 * 86_400;
/// How long a credential may be trusted without asking the database again, in microseconds.
pub const CREDENTIAL_CACHE_MICROS: i64 = 1_000_000;
/// Live streams of one tenant on one instance, at most.
pub const STREAMS: usize = 100;
/// How long a reader may leave what is sent to it unread before it is dropped, in seconds.
pub const SLOW_READER_SECONDS: u64 = 10;
/// The longest silence of a stream, in seconds: then it says that it is alive.
pub const HEARTBEAT_SECONDS: u64 = 15;
/// How long a sign-in lives without a request, in seconds.
pub const SESSION_IDLE_SECONDS: u32 = 30 * 60;
/// How long a sign-in lives at most, in seconds.
pub const SESSION_SECONDS: u32 = 12 * 3_600;
/// How recently a person must have proven who they are for a risky step, in seconds.
pub const STEP_UP_SECONDS: u32 = 5 * 60;
/// How long an invitation to set a password works, in seconds.
pub const INVITATION_SECONDS: i64 = 7 * 86_400;
/// Requests a minute of a live tenant, unless the platform set another limit. A sandbox has none: loads are tried there.
pub const TENANT_REQUESTS_PER_MINUTE: u32 = 300_000;
/// Requests a minute of one credential of a live tenant, unless the platform set another limit.
pub const CREDENTIAL_REQUESTS_PER_MINUTE: u32 = 150_000;
/// How long one statement of a report may take on PostgreSQL, in seconds; others have ten.
pub const REPORT_SECONDS: u64 = 120;
/// Items of a bulk request that count as one more request.
pub const BULK_ITEMS_PER_UNIT: usize = 10;
/// Reports and checks of one tenant that one instance works on at once.
pub const REPORTS: usize = 4;
/// How long a report waits until another one of its tenant has ended, in seconds.
pub const REPORT_PATIENCE_SECONDS: u64 = 10;
/// How long a server that is asked to stop says so before it closes its door, in seconds.
pub const DRAIN_SECONDS: u32 = 3;
/// Connections to PostgreSQL.
pub const POSTGRES_CONNECTIONS: u32 = 16;
/// Requests to open operations from one network address within a minute: whoever guesses tokens gets no further.
pub const OPEN_REQUESTS_PER_MINUTE: u32 = 120;
/// Refusals of one caller, or of one network address without a credential, that the security log takes within a minute; the others are counted.
pub const REFUSALS_PER_MINUTE: u32 = 60;
/// Refusals that the security log takes within a minute in all, on one instance.
pub const REFUSALS_IN_ALL_PER_MINUTE: u32 = 1_200;
/// How many days before today what is posted may be dated, at most: ten years, with which a history can come. Earlier is a typing error, which would open a
/// series of numbers and a year of the books of its own.
pub const DAYS_BACK: i64 = 3_653;
/// The dates that a document may carry: years outside are typing errors.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;
/// How many days after today a posted document, or a payment that waits for its day, may be dated, at most: later is a typing error that would block the dates
/// before it.
pub const DAYS_AHEAD: i64 = 330;
