//! What waits, and what was done: metrics on which an operator alerts (OBS-03, OBS-11, OBS-12). No tenant is a label, and every label is one of few words.

use crate::db::{Cell, Db, Tx};
use crate::{Ctx, clock};
use causeway_contract::Problem;
use causeway_value::{Instant, JobStatus};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// Upper bounds of waits, in seconds.
const WAITS: [f64; 10] = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0];
/// Upper bounds of the time from queueing a job to its end, in seconds.
const JOBS: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    kind: &'static str,
    status: &'static str,
}

/// The metrics.
pub(crate) struct Pressure {
    jobs_waiting: Gauge,
    jobs_oldest: Gauge,
    events_waiting: Gauge,
    events_oldest: Gauge,
    pool_wait: Histogram,
    lane_wait: Histogram,
    job_time: Family<Kind, Histogram>,
    step_time: Family<Kind, Histogram>,
    jobs_ended: Family<Ended, Counter>,
    events: Family<Kind, Counter>,
    refusals_not_logged: Counter,
    data_folder: Family<Kind, Gauge>,
    log_pages: Gauge,
}

impl Pressure {
    pub(crate) fn new(registry: &mut Registry) -> Self {
        let waits = || Histogram::new(WAITS);
        let new = Self {
            jobs_waiting: Gauge::default(),
            jobs_oldest: Gauge::default(),
            events_waiting: Gauge::default(),
            events_oldest: Gauge::default(),
            pool_wait: waits(),
            lane_wait: waits(),
            job_time: Family::new_with_constructor(|| Histogram::new(JOBS)),
            step_time: Family::new_with_constructor(|| Histogram::new(WAITS)),
            jobs_ended: Family::default(),
            events: Family::default(),
            refusals_not_logged: Counter::default(),
            data_folder: Family::default(),
            log_pages: Gauge::default(),
        };
        registry.register("jobs_waiting", "Jobs that are due and that no worker holds", new.jobs_waiting.clone());
        registry.register("jobs_oldest_waiting_seconds", "How long the oldest of them has been due", new.jobs_oldest.clone());
        registry.register("events_waiting", "Events that wait for their number; always 0 on SQLite", new.events_waiting.clone());
        registry.register("events_oldest_waiting_seconds", "How long the oldest of them waits", new.events_oldest.clone());
        registry.register("database_pool_wait_seconds", "Time until a connection to PostgreSQL was free", new.pool_wait.clone());
        registry.register("lane_wait_seconds", "Time that a write waited for the SQLite writer", new.lane_wait.clone());
        registry.register("job_seconds", "Time from queueing a job to its end by kind", new.job_time.clone());
        registry.register("job_step_seconds", "Time of one step of a job by kind", new.step_time.clone());
        registry.register("jobs_ended", "Jobs that ended by kind and status", new.jobs_ended.clone());
        registry.register("events", "Events recorded by type: invoice.posted counts the invoices posted", new.events.clone());
        registry.register("refusals_not_logged", "Refusals beyond what the security log takes within a minute", new.refusals_not_logged.clone());
        registry.register("data_folder_bytes", "Space on the disk of the embedded database: free for the service, and in all", new.data_folder.clone());
        registry.register("write_ahead_log_pages", "Pages in the write-ahead log of the embedded database; always 0 on PostgreSQL", new.log_pages.clone());
        new
    }

    pub(crate) fn pool_waited(&self, wait: Duration) {
        self.pool_wait.observe(wait.as_secs_f64());
    }

    pub(crate) fn lane_waited(&self, micros: u64) {
        self.lane_wait.observe(Duration::from_micros(micros).as_secs_f64());
    }

    pub(crate) fn step_taken(&self, kind: &'static str, micros: u64) {
        self.step_time.get_or_create(&Kind { kind }).observe(Duration::from_micros(micros).as_secs_f64());
    }

    pub(crate) fn job_ended(&self, kind: &'static str, status: JobStatus, since: Instant) {
        let micros = u64::try_from(clock::wall().0.saturating_sub(since.0)).unwrap_or_default();
        self.jobs_ended.get_or_create(&Ended { kind, status: status.into() }).inc();
        self.job_time.get_or_create(&Kind { kind }).observe(Duration::from_micros(micros).as_secs_f64());
    }

    /// Counts an event that was committed: what is on the disk had room there.
    pub(crate) fn recorded(&self, kind: &'static str) {
        crate::telemetry::note_storage(false);
        self.events.get_or_create(&Kind { kind }).inc();
    }

    pub(crate) fn not_logged(&self) {
        self.refusals_not_logged.inc();
    }

    /// Looks what waits right now. A database that does not answer leaves the last figures.
    pub(crate) async fn look(&self, db: &Db) -> Result<(), Problem> {
        if let Db::Sqlite(sqlite) = db {
            self.look_at_disk(sqlite.path());
        }
        let backlog = db.read(&Ctx::platform(), backlog).await?;
        let now = clock::wall();
        let age = |since: Option<Instant>| since.map_or(0, |since| now.seconds_since(since).max(0));
        self.jobs_waiting.set(backlog.jobs);
        self.jobs_oldest.set(age(backlog.job_due));
        self.events_waiting.set(backlog.events);
        self.events_oldest.set(age(backlog.event_since));
        Ok(())
    }
}

impl Pressure {
    /// What cannot be told leaves the last figures.
    fn look_at_disk(&self, file: &Path) {
        let set = |kind: &'static str, bytes: u64| self.data_folder.get_or_create(&Kind { kind }).set(i64::try_from(bytes).unwrap_or(i64::MAX));
        if let Some(space) = file.parent().and_then(space) {
            set("free", space.free);
            set("total", space.total);
        }
        if let Some(pages) = log_pages(file) {
            self.log_pages.set(pages);
        }
    }
}

/// The space of the disk that a folder is on, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What may still be written by somebody who is not root.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// How much space there is; `None` when the system does not tell.
#[must_use]
pub fn space(folder: &Path) -> Option<Space> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(Space { free: disk.f_bavail.saturating_mul(disk.f_frsize), total: disk.f_blocks.saturating_mul(disk.f_frsize) })
}

/// Pages in the write-ahead log. Looking copies nothing back.
fn log_pages(file: &Path) -> Option<i64> {
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX).ok()?;
    conn.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| row.get(1)).ok()
}

#[derive(Clone, Copy, Debug, Default)]
struct Backlog {
    jobs: i64,
    job_due: Option<Instant>,
    events: i64,
    event_since: Option<Instant>,
}

async fn backlog(_: &Ctx, tx: &mut Tx<'_>) -> Result<Backlog, Problem> {
    let now = clock::wall();
    let mut found = Backlog::default();
    let jobs = "SELECT count(*) AS jobs, min(run_at) AS due FROM job_queue WHERE run_at <= $1 AND (lease_until IS NULL OR lease_until < $2)";
    if let Some(row) = tx.query(jobs, vec![now.into(), now.into()], &[("jobs", Cell::Whole), ("due", Cell::Whole)]).await?.first() {
        found.jobs = row.try_get("", "jobs").unwrap_or_default();
        found.job_due = row.try_get::<Option<i64>>("", "due").ok().flatten().map(Instant);
    }
    if !tx.locks() {
        return Ok(found);
    }
    // The ids of events begin with the time at which they were written.
    let events = "SELECT count(*) AS events, min(event_id::text) AS oldest FROM event_queue";
    if let Some(row) = tx.query(events, vec![], &[("events", Cell::Whole), ("oldest", Cell::Text)]).await?.first() {
        found.events = row.try_get("", "events").unwrap_or_default();
        found.event_since = row.try_get::<Option<String>>("", "oldest").ok().flatten().and_then(|id| written_at(&id));
    }
    Ok(found)
}

fn written_at(id: &str) -> Option<Instant> {
    let (seconds, nanos) = Uuid::parse_str(id).ok()?.get_timestamp()?.to_unix();
    let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos / 1_000))?;
    Some(Instant(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_event_tells_when_it_was_written() {
        let before = clock::wall();
        let at = written_at(&Uuid::now_v7().to_string()).unwrap();
        assert!(at.seconds_since(before).abs() <= 1);
        assert_eq!(written_at("not an id"), None);
    }
}
