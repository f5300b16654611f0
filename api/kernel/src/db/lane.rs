//! The one writer of an SQLite file: a thread of its own that runs verbs one after another and commits many at once.
//!
//! Everything that waits when a commit ends goes into the next batch: one fsync serves all. Each verb's writes stand in a savepoint,
//! so that one failure leaves the others alone. Answers go out only after the COMMIT that made them durable.

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
use std::sync::atomic::AtomicI64;
use std::task::{Context, Poll, Waker};
use tokio::sync::{mpsc, oneshot};

/// Verbs in one batch, at most.
const BATCH: usize = 64;
/// Verbs that may wait; more are refused with `contention` rather than queued without end.
pub(crate) const QUEUE: usize = 4_096;
/// How long a batch may grow before it is committed.
const BATCH_MICROS: u64 = 4_000;

/// Answers a caller; it is told what lost the batch, if something did.
type Reply = Box<dyn FnOnce(Option<&Fault>) + Send>;

/// What a verb in the lane came to: how to answer once its batch is committed or lost.
pub(crate) struct Verdict {
    events: Vec<PendingEvent>,
    answer: Reply,
    /// The connection can no longer be trusted: the batch is lost.
    poisoned: bool,
}

/// A verb on its way to the lane.
pub(crate) type Job = Box<dyn FnOnce(&Connection) -> Verdict + Send>;

/// Packs a verb for the lane.
pub(crate) fn job<R, F>(ctx: Arc<Ctx>, verb: F, reply: oneshot::Sender<Result<R, Problem>>) -> Job
where
    F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static,
    R: Send + 'static,
{
    Box::new(move |conn| {
        let mut tx = Tx::new(Conn::Sqlite(conn), &ctx);
        let outcome = std::panic::catch_unwind(AssertUnwindSafe(|| run_to_end(run_verb(&ctx, conn, &mut tx, &verb))));
        let result = outcome.unwrap_or_else(|_| {
            let _ = conn.execute_batch("ROLLBACK TO verb; RELEASE verb");
            Err(internal("a verb panicked in the lane"))
        });
        // An I/O error or a full disk ends the outer transaction, savepoints and all.
        let poisoned = conn.is_autocommit();
        let events = if result.is_ok() { tx.take_events() } else { Vec::new() };
        let answer = Box::new(move |lost: Option<&Fault>| {
            let _ = reply.send(match lost {
                Some(fault) => Err(fault.problem()),
                None => result,
            });
        });
        Verdict { events, answer, poisoned }
    })
}

async fn run_verb<R, F>(ctx: &Ctx, conn: &Connection, tx: &mut Tx<'_>, verb: &F) -> Result<R, Problem>
where
    F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
{
    let ctx = ctx.with_clock(tx).await?;
    let result = verb(&ctx, tx).await?;
    if ctx.dry_run || tx.is_clean() {
        tx.take_events();
        return Ok(result);
    }
    conn.prepare_cached("SAVEPOINT verb").and_then(|mut s| s.execute([])).map_err(|error| Fault::from(error).problem())?;
    let applied = tx.apply().await;
    let end = if applied.is_ok() { "RELEASE verb" } else { "ROLLBACK TO verb" };
    let ended = conn.prepare_cached(end).and_then(|mut s| s.execute([]));
    if applied.is_err() {
        let _ = conn.execute_batch("RELEASE verb");
        tx.take_events();
    }
    applied?;
    ended.map_err(|error| Fault::from(error).problem())?;
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
pub(crate) fn serve(conn: &Connection, mut jobs: mpsc::Receiver<Job>, log_pages: &AtomicI64) {
    let mut heads = Heads::default();
    while let Some(first) = jobs.blocking_recv() {
        batch(conn, &mut heads, first, &mut jobs);
        restart_long_log(conn, log_pages);
    }
}

fn batch(conn: &Connection, heads: &mut Heads, first: Job, jobs: &mut mpsc::Receiver<Job>) {
    let watch = Stopwatch::start();
    let mut verdicts = Vec::with_capacity(BATCH);
    let mut lost = conn.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.execute([])).err().map(Fault::from);
    if lost.is_none() {
        let mut next = Some(first);
        while let Some(job) = next.take() {
            let verdict = job(conn);
            let poisoned = verdict.poisoned;
            verdicts.push(verdict);
            if poisoned {
                lost = Some(Fault::Unavailable("the batch was lost".to_owned()));
                break;
            }
            if verdicts.len() < BATCH && watch.micros() < BATCH_MICROS {
                next = jobs.try_recv().ok();
            }
        }
    } else {
        // The job is dropped: its caller is told by the closed channel.
        drop(first);
    }
    if lost.is_none() {
        let events: Vec<PendingEvent> = verdicts.iter_mut().flat_map(|verdict| std::mem::take(&mut verdict.events)).collect();
        let committed = heads.number(conn, &events).and_then(|()| Ok(conn.prepare_cached("COMMIT")?.execute([])?));
        lost = committed.err();
    }
    if let Some(fault) = &lost {
        tracing::error!(?fault, verbs = verdicts.len(), "a batch was not committed");
        let _ = conn.execute_batch("ROLLBACK");
        heads.forget();
    }
    crate::telemetry::count_batch(verdicts.len(), watch.micros());
    for verdict in verdicts {
        (verdict.answer)(lost.as_ref());
    }
}
