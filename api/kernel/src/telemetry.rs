//! Metrics in the Prometheus text format (OBS-03, OBS-08, OBS-11).

use crate::clock;
use crate::db::Db;
use crate::pressure::Pressure;
use causeway_value::Instant;
use parking_lot::Mutex;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Whether the last write that had to reach the disk found it full.
static STORAGE_FULL: AtomicBool = AtomicBool::new(false);

/// Notes that the disk is full, or that something was written again.
pub fn note_storage(full: bool) {
    STORAGE_FULL.store(full, Ordering::Relaxed);
}

/// Whether the last write found the disk full, and none succeeded since.
#[must_use]
pub fn storage_full() -> bool {
    STORAGE_FULL.load(Ordering::Relaxed)
}

/// Something that is worth doing from time to time only.
pub struct Seldom {
    pause: Duration,
    last: Mutex<Option<clock::Stopwatch>>,
}

impl Seldom {
    /// At most once in this time.
    #[must_use]
    pub const fn every(pause: Duration) -> Self {
        Self { pause, last: Mutex::new(None) }
    }

    /// Whether it is time, which begins anew then.
    pub fn is_due(&self) -> bool {
        let mut last = self.last.lock();
        let due = last.as_ref().is_none_or(|watch| Duration::from_micros(watch.micros()) >= self.pause);
        if due {
            *last = Some(clock::Stopwatch::start());
        }
        due
    }
}

/// The same in microseconds, for what people read without a collector.
const BOUNDS: [u64; 12] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 5_000_000];
/// Upper bounds of the latency buckets, in seconds.
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Request {
    operation: &'static str,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Operation {
    operation: &'static str,
}

struct Metrics {
    /// When counting began.
    since: Instant,
    server_errors: AtomicU64,
    rate_limited: AtomicU64,
    /// Requests by the bound that they stayed under; the last are those above all.
    times: [AtomicU64; BOUNDS.len() + 1],
    registry: Registry,
    requests: Family<Request, Counter>,
    latency: Family<Operation, Histogram>,
    retries: Counter,
    batches: Counter,
    batched: Counter,
    refusals: Counter,
    streams: Gauge,
    clock_behind: Gauge,
    clock_ahead_of_database: Gauge,
    statements: Family<Operation, Counter>,
    rows_written: Family<Operation, Counter>,
    /// The same of all operations together, for benches.
    all_statements: AtomicU64,
    all_rows_written: AtomicU64,
    pressure: Pressure,
}

/// What waits, and what was done.
pub(crate) fn pressure() -> &'static Pressure {
    &metrics().pressure
}

fn metrics() -> &'static Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| {
        let mut registry = Registry::with_prefix("causeway");
        let requests = Family::default();
        registry.register("http_requests", "Requests by operation and status", requests.clone());
        let latency = Family::<Operation, Histogram>::new_with_constructor(|| Histogram::new(BUCKETS));
        registry.register("http_request_seconds", "Time from the request line to the answer", latency.clone());
        let retries = Counter::default();
        registry.register("transaction_retries", "Transactions run again after a serialization failure", retries.clone());
        let batches = Counter::default();
        registry.register("lane_batches", "Batches that the SQLite writer committed", batches.clone());
        let batched = Counter::default();
        registry.register("lane_writes", "Writes in those batches", batched.clone());
        let refusals = Counter::default();
        registry.register("refusals", "Requests refused for want of a credential or a right", refusals.clone());
        let streams = Gauge::default();
        registry.register("streams", "Streams of events that are open", streams.clone());
        let clock_ahead_of_database = Gauge::default();
        registry.register(
            "clock_ahead_of_database_seconds",
            "How far the clock of this instance is ahead of PostgreSQL's, looked at every minute; below 0 when it is behind",
            clock_ahead_of_database.clone(),
        );
        let clock_behind = Gauge::default();
        registry.register(
            "clock_behind_seconds",
            "How far the system's clock is behind what this process has seen; it dates rows ahead by as much",
            clock_behind.clone(),
        );
        let statements = Family::default();
        registry.register("database_statements", "Statements sent to the database by operation", statements.clone());
        let rows_written = Family::default();
        registry.register("database_rows_written", "Rows inserted, changed or removed by operation, index entries not counted", rows_written.clone());
        let pressure = Pressure::new(&mut registry);
        Metrics {
            pressure,
            since: clock::wall(),
            server_errors: AtomicU64::new(0),
            rate_limited: AtomicU64::new(0),
            times: Default::default(),
            registry,
            requests,
            latency,
            retries,
            batches,
            batched,
            refusals,
            streams,
            clock_behind,
            clock_ahead_of_database,
            statements,
            rows_written,
            all_statements: AtomicU64::new(0),
            all_rows_written: AtomicU64::new(0),
        }
    })
}

/// Counts an answered request.
pub(crate) fn count_request(operation: &'static str, status: u16, micros: u64) {
    let metrics = metrics();
    metrics.requests.get_or_create(&Request { operation, status }).inc();
    match status {
        429 => _ = metrics.rate_limited.fetch_add(1, Ordering::Relaxed),
        500.. => _ = metrics.server_errors.fetch_add(1, Ordering::Relaxed),
        _ => {}
    }
    let bucket = BOUNDS.iter().position(|bound| micros <= *bound).unwrap_or(BOUNDS.len());
    if let Some(time) = metrics.times.get(bucket) {
        time.fetch_add(1, Ordering::Relaxed);
    }
    metrics.latency.get_or_create(&Operation { operation }).observe(Duration::from_micros(micros).as_secs_f64());
}

/// Counts a transaction that runs again.
pub(crate) fn count_retry() {
    metrics().retries.inc();
}

/// Counts a batch of the lane.
pub(crate) fn count_batch(writes: usize, _micros: u64) {
    let metrics = metrics();
    metrics.batches.inc();
    metrics.batched.inc_by(u64::try_from(writes).unwrap_or_default());
}

/// Counts what one transaction of an operation asked of the database.
pub(crate) fn count_work(operation: &'static str, statements: u64, rows_written: u64) {
    let metrics = metrics();
    let label = Operation { operation };
    metrics.statements.get_or_create(&label).inc_by(statements);
    metrics.rows_written.get_or_create(&label).inc_by(rows_written);
    metrics.all_statements.fetch_add(statements, Ordering::Relaxed);
    metrics.all_rows_written.fetch_add(rows_written, Ordering::Relaxed);
}

/// Statements that the transactions of an operation have sent since the process started: tests hold each operation to a budget.
#[must_use]
pub fn statements_of(operation: &'static str) -> u64 {
    metrics().statements.get_or_create(&Operation { operation }).get()
}

/// What this process has asked of its database since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Statements sent.
    pub statements: u64,
    /// Rows inserted, changed or removed.
    pub rows_written: u64,
    /// Commits of the SQLite writer.
    pub batches: u64,
}

/// The counters of the database, for benches.
#[must_use]
pub fn work() -> Work {
    let metrics = metrics();
    Work {
        statements: metrics.all_statements.load(Ordering::Relaxed),
        rows_written: metrics.all_rows_written.load(Ordering::Relaxed),
        batches: metrics.batches.get(),
    }
}

/// What this process answered since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// When counting began.
    pub since: Instant,
    /// Requests answered.
    pub requests: u64,
    /// Of them with a 5xx.
    pub server_errors: u64,
    /// Of them with a 429.
    pub rate_limited: u64,
    /// Half of them took no longer, in microseconds; rounded up to a bound of the histogram. None before the first.
    pub p50_micros: Option<u64>,
    /// 95 of 100 took no longer.
    pub p95_micros: Option<u64>,
    /// Streams that are open.
    pub streams: i64,
}

/// The traffic of this process.
#[must_use]
pub fn traffic() -> Traffic {
    let metrics = metrics();
    let times: Vec<u64> = metrics.times.iter().map(|time| time.load(Ordering::Relaxed)).collect();
    Traffic {
        since: metrics.since,
        requests: times.iter().sum(),
        server_errors: metrics.server_errors.load(Ordering::Relaxed),
        rate_limited: metrics.rate_limited.load(Ordering::Relaxed),
        p50_micros: bound_of(&times, 50),
        p95_micros: bound_of(&times, 95),
        streams: metrics.streams.get(),
    }
}

/// The bound under which `percent` of the requests stayed; the highest for those above all.
fn bound_of(times: &[u64], percent: u64) -> Option<u64> {
    let all: u64 = times.iter().sum();
    let wanted = all.saturating_mul(percent).div_ceil(100).max(1);
    let mut seen = 0;
    let bucket = times.iter().position(|time| {
        seen += time;
        seen >= wanted
    })?;
    BOUNDS.get(bucket).or_else(|| BOUNDS.last()).copied()
}

/// Counts a refusal.
pub(crate) fn count_refusal() {
    metrics().refusals.inc();
}

/// A stream that is counted as open for as long as this lives.
pub(crate) struct OpenStream(());

/// Says how far this instance's clock is ahead of the database's.
pub(crate) fn clock_ahead_of_database(seconds: i64) {
    metrics().clock_ahead_of_database.set(seconds);
}

/// Counts a stream.
pub(crate) fn open_stream() -> OpenStream {
    metrics().streams.inc();
    OpenStream(())
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        metrics().streams.dec();
    }
}

/// All metrics as text, with what waits at this moment.
pub async fn text(db: &Db) -> String {
    if let Err(problem) = metrics().pressure.look(db).await {
        tracing::warn!(%problem, "the metrics tell of what waited before");
    }
    metrics().clock_behind.set(clock::behind_seconds());
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &metrics().registry) {
        Ok(()) => text,
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            String::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_seldom_is_said_once() {
        let (minute, always) = (Seldom::every(Duration::from_secs(60)), Seldom::every(Duration::ZERO));
        assert_eq!([minute.is_due(), minute.is_due()], [true, false]);
        assert_eq!([always.is_due(), always.is_due()], [true, true]);
    }

    #[test]
    fn the_bound_that_most_stayed_under() {
        let mut times = [0; BOUNDS.len() + 1];
        assert_eq!(bound_of(&times, 95), None);
        times[1] = 94;
        times[6] = 5;
        times[12] = 1;
        assert_eq!((bound_of(&times, 50), bound_of(&times, 95), bound_of(&times, 100)), (Some(1_000), Some(50_000), Some(5_000_000)));
    }
}
