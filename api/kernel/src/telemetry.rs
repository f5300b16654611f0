//! Metrics in the Prometheus text format (OBS-03, OBS-08, OBS-11).

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::OnceLock;

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
    registry: Registry,
    requests: Family<Request, Counter>,
    latency: Family<Operation, Histogram>,
    retries: Counter,
    batches: Counter,
    batched: Counter,
    refusals: Counter,
    streams: Gauge,
    statements: Counter,
    rows_written: Counter,
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
        let statements = Counter::default();
        registry.register("database_statements", "Statements sent to the database", statements.clone());
        let rows_written = Counter::default();
        registry.register("database_rows_written", "Rows inserted, changed or removed, index entries not counted", rows_written.clone());
        Metrics { registry, requests, latency, retries, batches, batched, refusals, streams, statements, rows_written }
    })
}

/// Counts an answered request.
pub(crate) fn count_request(operation: &'static str, status: u16, micros: u64) {
    let metrics = metrics();
    metrics.requests.get_or_create(&Request { operation, status }).inc();
    metrics.latency.get_or_create(&Operation { operation }).observe(std::time::Duration::from_micros(micros).as_secs_f64());
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

/// Counts what one transaction asked of the database.
pub(crate) fn count_work(statements: u64, rows_written: u64) {
    let metrics = metrics();
    metrics.statements.inc_by(statements);
    metrics.rows_written.inc_by(rows_written);
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
    Work { statements: metrics.statements.get(), rows_written: metrics.rows_written.get(), batches: metrics.batches.get() }
}

/// Counts a refusal.
pub(crate) fn count_refusal() {
    metrics().refusals.inc();
}

/// A stream that is counted as open for as long as this lives.
pub(crate) struct OpenStream(());

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

/// All metrics as text.
#[must_use]
pub fn text() -> String {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &metrics().registry) {
        Ok(()) => text,
        Err(error) => {
            tracing::error!(%error, "metrics cannot be written");
            String::new()
        }
    }
}
