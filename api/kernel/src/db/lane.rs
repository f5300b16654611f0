//! The one writer of an SQLite file: a thread of its own that runs verbs one after another and commits many at once.
//!
//! Everything that waits when a commit ends goes into the next batch: one fsync serves all. A verb writes only after it has decided, so one that
//! refuses leaves no trace. One whose writes fail half-way, which is rare, takes the batch back; the others are run again without it, because
//! nobody was answered yet. Answers go out only after the COMMIT that made them durable.

use super::after::After;
use super::sequence::{Heads, PendingEvent};
use super::sqlite::restart_long_log;
use super::tx::Conn;
use super::{Fault, Tx};
use crate::Ctx;
use crate::clock::Stopwatch;
use causeway_contract::{Code, Problem};
use rusqlite::Connection;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::oneshot;

/// Verbs in one batch, at most.
const BATCH: usize = 128;
/// Verbs that may wait; more are refused with `contention` rather than queued without end.
pub(crate) const QUEUE: usize = 4_096;
/// How long a batch may grow before it is committed.
const BATCH_MICROS: u64 = 12_000;

/// How long a batch may wait for verbs that are on their way to the lane. A commit costs as much as several verbs, so company is worth a short wait.
const LINGER: Duration = Duration::from_micros(300);

/// Writes on their way to the lane, or in it and not answered yet.
#[derive(Default)]
pub(crate) struct OnTheWay(AtomicUsize);

impl OnTheWay {
    /// Announces a write before its verb is ready; the mark is dropped when it was answered, or never came.
    pub(crate) fn announce(self: &Arc<Self>) -> Announced {
        self.0.fetch_add(1, Ordering::Relaxed);
        Announced(Arc::clone(self))
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// A write that was announced.
pub(crate) struct Announced(Arc<OnTheWay>);

impl Drop for Announced {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What running a verb did to the batch's transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trace {
    /// It wrote all or nothing.
    Clean,
    /// Its writes failed half-way: the transaction must be taken back.
    Torn(Fault),
}

/// A verb on its way through the lane. It may run more than once before it is answered.
pub(crate) trait Job: Send {
    /// Runs it inside the batch's transaction.
    fn run(&mut self, conn: &Connection) -> Run;
    /// Answers the caller, who is told what lost the batch, if something did.
    fn answer(self: Box<Self>, lost: Option<&Fault>);
}

/// One run of a verb.
pub(crate) struct Run {
    events: Vec<PendingEvent>,
    trace: Trace,
}

struct VerbJob<R, F> {
    ctx: Arc<Ctx>,
    verb: F,
    reply: oneshot::Sender<Result<R, Problem>>,
    result: Option<Result<R, Problem>>,
    /// What the last run leaves for others to hear of.
    after: After,
    /// Since when it waits; none once it has run.
    waits: Option<Stopwatch>,
}

/// Packs a verb for the lane.
pub(crate) fn job<R, F>(ctx: Arc<Ctx>, verb: F, reply: oneshot::Sender<Result<R, Problem>>) -> Box<dyn Job>
where
    F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static,
    R: Send + 'static,
{
    Box::new(VerbJob { ctx, verb, reply, result: None, after: After::default(), waits: Some(Stopwatch::start()) })
}

impl<R, F> Job for VerbJob<R, F>
where
    F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send,
    R: Send,
{
    fn run(&mut self, conn: &Connection) -> Run {
        if let Some(waits) = self.waits.take() {
            crate::telemetry::pressure().lane_waited(waits.micros());
        }
        let mut tx = Tx::new(Conn::Sqlite(conn), &self.ctx);
        let mut writing = false;
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run_to_end(run_verb(&self.ctx, &mut tx, &self.verb, &mut writing))));
        let result = outcome.unwrap_or_else(|_| Err(internal("a verb panicked in the lane")));
        let trace = match &result {
            Err(_) if writing => Trace::Torn(tx.take_fault().unwrap_or(Fault::Other("the writes of a verb failed".to_owned()))),
            _ => Trace::Clean,
        };
        let events = if result.is_ok() && writing { tx.take_events() } else { Vec::new() };
        self.after = if writing { tx.after() } else { After::default() };
        self.result = Some(result);
        Run { events, trace }
    }

    fn answer(self: Box<Self>, lost: Option<&Fault>) {
        self.after.tell();
        let unavailable = || Err(Fault::Unavailable("the writer could not run".to_owned()).problem());
        let _ = self.reply.send(match (lost, self.result) {
            // A refusal stands, whatever became of the batch.
            (Some(_), Some(Err(problem))) | (None, Some(Err(problem))) => Err(problem),
            (Some(fault), _) => Err(fault.problem()),
            (None, Some(Ok(result))) => Ok(result),
            (None, None) => unavailable(),
        });
    }
}

async fn run_verb<R, F>(ctx: &Ctx, tx: &mut Tx<'_>, verb: &F, writing: &mut bool) -> Result<R, Problem>
where
    F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
{
    let ctx = ctx.with_clock(tx).await?;
    let result = verb(&ctx, tx).await?;
    tx.close(&ctx).await?;
    tx.refuse_foreign().await?;
    if !ctx.dry_run && !tx.is_clean() {
        *writing = true;
        tx.apply().await?;
    }
    Ok(result)
}

/// Runs a future that never waits: everything a verb awaits in the lane is ready at once.
pub(crate) fn run_to_end<R>(future: impl Future<Output = Result<R, Problem>>) -> Result<R, Problem> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err(internal("a verb waited for something outside its transaction")),
    }
}

fn internal(what: &str) -> Problem {
    tracing::error!("{what}");
    Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
}

/// Serves the lane until every sender is gone.
pub(crate) fn serve(conn: &Connection, jobs: &mpsc::Receiver<Box<dyn Job>>, on_the_way: &OnTheWay, log_pages: &AtomicI64) {
    let mut heads = Heads::default();
    while let Ok(first) = jobs.recv() {
        let watch = Stopwatch::start();
        let (batch, lost) = gather(conn, &mut heads, first, jobs, on_the_way, &watch);
        if let Some(fault) = &lost {
            tracing::error!(?fault, verbs = batch.len(), "a batch was not committed");
            let _ = conn.execute_batch("ROLLBACK");
            heads.forget();
        }
        crate::telemetry::count_batch(batch.len(), watch.micros());
        for job in batch {
            job.answer(lost.as_ref());
        }
        restart_long_log(conn, log_pages);
    }
}

/// Runs what waits, up to the size and time of a batch, and commits it. Answers the jobs and what lost them, if something did.
fn gather(
    conn: &Connection,
    heads: &mut Heads,
    first: Box<dyn Job>,
    jobs: &mpsc::Receiver<Box<dyn Job>>,
    on_the_way: &OnTheWay,
    watch: &Stopwatch,
) -> (Vec<Box<dyn Job>>, Option<Fault>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut done = Vec::new();
    let mut events = Vec::new();
    let mut next = Some(first);
    if let Err(error) = begin(conn) {
        batch.extend(next);
        return (batch, Some(error));
    }
    while let Some(mut job) = next.take() {
        let run = job.run(conn);
        match run.trace {
            Trace::Clean => {
                events.extend(run.events);
                batch.push(job);
            }
            Trace::Torn(fault) => {
                // An I/O error or a full disk has ended the transaction by itself: nothing of this batch may be trusted.
                let broken = conn.is_autocommit();
                done.push(job);
                match if broken { Err(fault) } else { again(conn, &mut batch) } {
                    Ok(fresh) => events = fresh,
                    Err(fault) => {
                        batch.extend(done);
                        return (batch, Some(fault));
                    }
                }
            }
        }
        if batch.len() + done.len() < BATCH && watch.micros() < BATCH_MICROS {
            next = follower(jobs, on_the_way, batch.len() + done.len());
        }
    }
    let lost = heads.number(conn, &events).and_then(|()| Ok(conn.prepare_cached("COMMIT")?.execute([])?)).err();
    if lost.is_none() {
        PendingEvent::count(&events);
        wake_followers(&events);
    }
    batch.extend(done);
    (batch, lost)
}

/// Tells those who follow the log of a tenant that it has grown.
fn wake_followers(events: &[PendingEvent]) {
    let mut tenants: Vec<_> = events.iter().map(|event| event.tenant).collect();
    tenants.dedup();
    tenants.into_iter().for_each(crate::wake::wake);
}

/// The next verb for a batch: one that waits, or one that is about to come.
fn follower(jobs: &mpsc::Receiver<Box<dyn Job>>, on_the_way: &OnTheWay, gathered: usize) -> Option<Box<dyn Job>> {
    if let Ok(job) = jobs.try_recv() {
        return Some(job);
    }
    // Those in the batch are not answered yet, so they count as well.
    if on_the_way.count() <= gathered {
        return None;
    }
    jobs.recv_timeout(LINGER).ok()
}

fn begin(conn: &Connection) -> Result<(), Fault> {
    conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    Ok(())
}

/// Takes the transaction back and runs the batch again: none of it was answered.
fn again(conn: &Connection, batch: &mut [Box<dyn Job>]) -> Result<Vec<PendingEvent>, Fault> {
    conn.execute_batch("ROLLBACK")?;
    begin(conn)?;
    let mut events = Vec::new();
    for job in batch {
        let run = job.run(conn);
        match run.trace {
            Trace::Clean => events.extend(run.events),
            // What was written a moment ago cannot be written now: something is wrong with the database, not with the verb.
            Trace::Torn(fault) => return Err(fault),
        }
    }
    Ok(events)
}
