//! Jobs: work that goes on after its request was answered (OBS-02, INV-11).
//!
//! A job runs in steps; each step is one transaction that does a part, notes how far it is and renews the lease. A worker that dies loses its lease,
//! another goes on where it stopped. The fence in the queue rises with every claim, so a worker that comes back from the dead is refused.

use crate::db::{Find, Tx};
use crate::http::LocalFuture;
use crate::trace::{self, Ended, Work};
use crate::{Ctx, Db, clock, telemetry};
use causeway_contract::{Code, Problem};
use causeway_entity::kernel::jobs;
use causeway_entity::platform::{job_queue, tenants};
use causeway_value::{Instant, JobId, JobStatus, TenantId};
use parking_lot::RwLock;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::sync::Notify;
use uuid::Uuid;

/// A job's row.
pub type Job = jobs::Model;

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// There is more to do.
    More {
        /// Things done by this step.
        done: i64,
        /// Things to do in all, when that is known.
        total: Option<i64>,
    },
    /// The job is done.
    Done {
        /// Its result, as JSON.
        result: String,
    },
}

/// One step of a kind of job.
pub type Step = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>, &'a Job) -> LocalFuture<'a, Result<Progress, Problem>>;

/// What a job that ends before it is done has come to, as JSON.
pub type SoFar = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>, &'a Job) -> LocalFuture<'a, Result<String, Problem>>;

/// Takes what a step met a bug at out of the way of the steps to come; answers whether it did.
pub type SetAside = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>) -> LocalFuture<'a, Result<bool, Problem>>;

/// How jobs of a kind are done.
#[derive(Clone, Copy)]
struct Kind {
    step: Step,
    so_far: SoFar,
    set_aside: Option<SetAside>,
}

static KINDS: LazyLock<RwLock<HashMap<&'static str, Kind>>> = LazyLock::new(RwLock::default);

static QUEUED: Notify = Notify::const_new();

/// Steps of one turn: then a job of another tenant goes on, if one waits.
const TURN: u32 = 10;
/// Tenants that had their turn, at most: then all begin anew.
const SERVED: usize = 100;
/// How long a worker may be silent before another takes its job, in seconds.
const LEASE_SECONDS: i64 = 15;
/// How often a job is tried before it has failed.
const ATTEMPTS: i64 = 8;
/// How often a job is tried whose step meets a bug: what went wrong once goes wrong again, unless the world was just being changed under it.
const ATTEMPTS_AT_A_BUG: i64 = 2;
/// The pause before the second try, in seconds; it doubles with each.
const BACKOFF_SECONDS: i64 = 1;

/// Makes a kind of job known, at start.
pub fn register(kind: &'static str, step: Step, so_far: SoFar) {
    KINDS.write().insert(kind, Kind { step, so_far, set_aside: None });
}

/// As [`register`], of jobs that go on without what they met a bug at.
pub fn register_mendable(kind: &'static str, step: Step, so_far: SoFar, set_aside: SetAside) {
    KINDS.write().insert(kind, Kind { step, so_far, set_aside: Some(set_aside) });
}

fn known(kind: &str) -> Option<Kind> {
    KINDS.read().get(kind).copied()
}

/// The result of a job that ends before it is done: what its steps before came to stays. None of a kind that nobody here knows, and of one whose own work cannot
/// be read any more: it ends all the same.
async fn so_far(ctx: &Ctx, tx: &mut Tx<'_>, job: &Job) -> Result<Option<String>, Problem> {
    let Some(kind) = known(&job.kind) else { return Ok(None) };
    match (kind.so_far)(ctx, tx, job).await {
        Err(problem) if matches!(problem.code, Code::Unavailable | Code::Contention) => Err(problem),
        told => Ok(told.map_err(|problem| tracing::warn!(job = %job.id, %problem, "a job cannot say how far it came")).ok()),
    }
}

fn row(ctx: &Ctx, tx: &Tx<'_>, kind: &str, input: String) -> Job {
    Job {
        tenant_id: tx.tenant(),
        id: JobId::new(),
        kind: kind.to_owned(),
        status: JobStatus::Queued,
        done: 0,
        total: 0,
        input,
        result: None,
        error: None,
        created_by_kind: ctx.actor.kind,
        created_by: ctx.actor.id,
        version: 1,
        created_at: ctx.wall(),
        updated_at: ctx.wall(),
    }
}

/// Queues a job with what causes it: it exists exactly if this transaction commits.
///
/// # Errors
/// None today; a quota may refuse it later.
pub fn enqueue(ctx: &Ctx, tx: &mut Tx<'_>, kind: &'static str, input: String) -> Result<Job, Problem> {
    enqueue_counted(ctx, tx, kind, input, 0)
}

/// As [`enqueue`], of a job of which it is known how many things there are to do.
///
/// # Errors
/// As [`enqueue`].
pub fn enqueue_counted(ctx: &Ctx, tx: &mut Tx<'_>, kind: &'static str, input: String, total: i64) -> Result<Job, Problem> {
    let job = Job { total, ..row(ctx, tx, kind, input) };
    tx.insert(job.clone());
    tx.insert(job_queue::Model { job_id: job.id, tenant_id: job.tenant_id, run_at: ctx.wall(), attempts: 0, holder: None, fence: 0, lease_until: None });
    tx.job_queued();
    Ok(job)
}

/// Notes a job that was so small that it is done already.
///
/// # Errors
/// None today.
pub fn finished(ctx: &Ctx, tx: &mut Tx<'_>, kind: &'static str, input: String, result: String) -> Result<Job, Problem> {
    let job = Job { status: JobStatus::Succeeded, result: Some(result), ..row(ctx, tx, kind, input) };
    tx.insert(job.clone());
    Ok(job)
}

/// Cancels a job that has not ended; one that has stays as it is. A step under way ends first, and what was done stays: the job tells how far it came.
///
/// # Errors
/// `not_found`.
pub async fn cancel(ctx: &Ctx, tx: &mut Tx<'_>, id: JobId) -> Result<Job, Problem> {
    let old = tx.lock::<jobs::Entity>(id).await?;
    if !matches!(old.status, JobStatus::Queued | JobStatus::Running) {
        return Ok(old);
    }
    let result = so_far(ctx, tx, &old).await?;
    let new = Job { status: JobStatus::Cancelled, result, version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(&old, &new);
    Ok(new)
}

/// Runs everything that is due; answers how many steps were taken. A worker calls it again and again.
///
/// Tenants take turns: a long job of one does not keep the jobs of others waiting for its end (threat 48). The jobs of one tenant run in their order.
///
/// # Errors
/// When the database fails. A failing job does not fail the others.
pub async fn work(db: &Db, holder: &str) -> Result<u32, Problem> {
    let mut steps = 0;
    let mut served: Vec<TenantId> = Vec::new();
    loop {
        let Some(claim) = claim(db, holder, &served).await? else {
            if served.is_empty() {
                return Ok(steps);
            }
            served.clear();
            continue;
        };
        steps += turn(db, &claim).await?;
        if served.len() >= SERVED {
            served.clear();
        }
        served.push(claim.tenant_id);
    }
}

/// Takes steps of one job until it has ended, or has had its turn and a job of another tenant waits. Answers how many.
async fn turn(db: &Db, claim: &job_queue::Model) -> Result<u32, Problem> {
    let mut steps = 0;
    loop {
        steps += 1;
        if !run_step(db, claim).await? {
            return Ok(steps);
        }
        if steps % TURN == 0 && someone_waits(db, claim.tenant_id).await? {
            put_back(db, claim.clone()).await?;
            return Ok(steps);
        }
    }
}

async fn someone_waits(db: &Db, besides: TenantId) -> Result<bool, Problem> {
    let found = db.read(&Ctx::platform(), async |_, tx| free_job(clock::wall(), &[besides]).one(tx).await).await?;
    Ok(found.is_some())
}

/// Gives a job that goes well to whoever is next. Its place in the queue stays, so that it is the first of its tenant again. A worker that dies before this
/// is written holds it until the lease ends, as at any other time.
async fn put_back(db: &Db, claim: job_queue::Model) -> Result<(), Problem> {
    let ctx = Arc::new(Ctx::platform());
    db.write(&ctx, async move |_, tx| {
        if let Some(queue) = still_held(tx, &claim).await? {
            let free = job_queue::Model { holder: None, lease_until: None, ..queue.clone() };
            tx.update(&queue, &free);
        }
        Ok(())
    })
    .await
}

pub(crate) async fn claim(db: &Db, holder: &str, besides: &[TenantId]) -> Result<Option<job_queue::Model>, Problem> {
    let (holder, besides) = (holder.to_owned(), besides.to_vec());
    let ctx = Arc::new(Ctx::platform());
    // Looking costs no place in the writer's lane.
    if db.read(&ctx, async |_, tx| free_job(clock::wall(), &besides).one(tx).await).await?.is_none() {
        return Ok(None);
    }
    db.write(&ctx, async move |_, tx| {
        let now = clock::wall();
        let found = free_job(now, &besides).lock().one(tx).await?;
        let Some(old) = found else { return Ok(None) };
        let new = job_queue::Model {
            holder: Some(holder.clone()),
            fence: old.fence + 1,
            attempts: old.attempts + 1,
            lease_until: Some(now.plus_seconds(LEASE_SECONDS)),
            ..old.clone()
        };
        tx.update(&old, &new);
        Ok(Some(new))
    })
    .await
}

/// The job that waits longest and that nobody holds, of other tenants than these.
fn free_job(now: Instant, besides: &[TenantId]) -> Find<job_queue::Entity> {
    let free = "lease_until IS NULL OR lease_until < ?";
    let find = Find::<job_queue::Entity>::new().lte(job_queue::Column::RunAt, now).when(free, vec![now.into()]).order_by(job_queue::Column::RunAt);
    if besides.is_empty() {
        return find;
    }
    let marks = vec!["?"; besides.len()].join(", ");
    find.when(&format!("tenant_id NOT IN ({marks})"), besides.iter().map(|tenant| (*tenant).into()).collect())
}

/// Takes one step; answers whether there is another.
pub(crate) async fn run_step(db: &Db, claim: &job_queue::Model) -> Result<bool, Problem> {
    let platform = Ctx::platform();
    let tenant_id = claim.tenant_id;
    let tenant = db.read(&platform, async |_, tx| tx.must::<tenants::Entity>(tenant_id).await).await?;
    let ctx = Arc::new(Ctx::system(claim.tenant_id, tenant.mode, "job"));
    let watch = clock::Stopwatch::start();
    let held = claim.clone();
    let outcome = db
        .write(&ctx, async move |ctx, tx| {
            let Some(queue) = still_held(tx, &held).await? else { return Ok((false, None)) };
            let job = tx.lock::<jobs::Entity>(held.job_id).await?;
            if job.status == JobStatus::Cancelled {
                // It said how far it came when it was cancelled.
                tx.delete(&queue);
                return Ok((false, Some(job)));
            }
            let kind = known(&job.kind).ok_or_else(|| Problem::new(Code::InternalError, format!("No worker knows jobs of kind {}.", job.kind)))?;
            let progress = (kind.step)(ctx, tx, &job).await?;
            let (more, new) = note(ctx, tx, &queue, &job, progress);
            Ok((more, Some(new)))
        })
        .await;
    let job_id = claim.job_id.to_string();
    let tell = |name: &str, failed: bool| {
        let work = Work::Step { job_id: &job_id, failed };
        trace::tell(&Ended { name, work, tenant: Some(tenant_id), request_id: &ctx.request_id, micros: watch.micros() });
    };
    match outcome {
        Ok((more, job)) => {
            // Another worker has it: nothing was done here.
            if let Some(job) = job {
                tell(&job.kind, false);
                telemetry::pressure().step_taken(known_kind(&job.kind), watch.micros());
                if !more {
                    ended(&job);
                }
            }
            Ok(more)
        }
        Err(problem) => {
            tell("job", true);
            tracing::warn!(job = %claim.job_id, %problem, attempt = claim.attempts, "a step of a job failed");
            if problem.code == Code::InternalError && goes_on_without(db, &ctx, claim.clone()).await {
                return Ok(true);
            }
            fail(db, &ctx, claim.clone(), problem).await?;
            Ok(false)
        }
    }
}

async fn still_held(tx: &mut Tx<'_>, claim: &job_queue::Model) -> Result<Option<job_queue::Model>, Problem> {
    let row = Find::<job_queue::Entity>::new().eq(job_queue::Column::JobId, claim.job_id).lock().one(tx).await?;
    Ok(row.filter(|row| row.fence == claim.fence))
}

/// Notes how far a job is; answers whether there is more, and the job as it is now.
fn note(ctx: &Ctx, tx: &mut Tx<'_>, queue: &job_queue::Model, old: &Job, progress: Progress) -> (bool, Job) {
    let mut new = Job { status: JobStatus::Running, version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    let more = match progress {
        Progress::More { done, total } => {
            new.done += done;
            new.total = total.unwrap_or(new.total);
            // What goes on does not fail: tries are counted from the last step that was done.
            let renewed = job_queue::Model { attempts: 0, lease_until: Some(ctx.wall().plus_seconds(LEASE_SECONDS)), ..queue.clone() };
            tx.update(queue, &renewed);
            true
        }
        Progress::Done { result } => {
            new.status = JobStatus::Succeeded;
            new.total = new.done;
            new.result = Some(result);
            tx.delete(queue);
            false
        }
    };
    tx.update(old, &new);
    (more, new)
}

/// The kind as the metrics name it: a kind that no worker knows is none of theirs.
fn known_kind(kind: &str) -> &'static str {
    KINDS.read().get_key_value(kind).map_or("unknown", |(known, _)| *known)
}

fn ended(job: &Job) {
    telemetry::pressure().job_ended(known_kind(&job.kind), job.status, job.created_at);
}

/// How often a step that fails so is tried: what the step itself says is wrong stays wrong.
fn attempts(problem: &Problem) -> i64 {
    match problem.code {
        Code::InternalError => ATTEMPTS_AT_A_BUG,
        _ if problem.status >= 500 => ATTEMPTS,
        _ => 1,
    }
}

/// Why a job has failed, in the words of who started it: what is ours to know stands in the log.
fn why(problem: &Problem, attempts: i64) -> String {
    let reason = match problem.code {
        Code::InternalError => "Something went wrong on our side; the id of the job finds it in the log.".to_owned(),
        _ if problem.status >= 500 => format!("{} It was tried {attempts} times.", problem.detail),
        _ => problem.detail.clone(),
    };
    format!("{reason} What its steps before did stays; the step that failed left nothing. Mend what is named, or wait, and start it again.")
}

/// Whether what the step met a bug at was taken out of its way.
async fn goes_on_without(db: &Db, ctx: &Arc<Ctx>, claim: job_queue::Model) -> bool {
    let done = db.write(ctx, async move |ctx, tx| {
        if still_held(tx, &claim).await?.is_none() {
            return Ok(false);
        }
        let job = tx.must::<jobs::Entity>(claim.job_id).await?;
        match known(&job.kind).and_then(|kind| kind.set_aside) {
            Some(set_aside) => (set_aside)(ctx, tx).await,
            None => Ok(false),
        }
    });
    done.await.unwrap_or_else(|problem| {
        tracing::warn!(%problem, "what a step of a job met a bug at cannot be set aside");
        false
    })
}

/// Puts a failed job back for later, or gives it up after its last try.
async fn fail(db: &Db, ctx: &Arc<Ctx>, claim: job_queue::Model, problem: Problem) -> Result<(), Problem> {
    let failed = db.write(ctx, async move |ctx, tx| {
        let Some(queue) = still_held(tx, &claim).await? else { return Ok(None) };
        if queue.attempts < attempts(&problem) {
            let pause = BACKOFF_SECONDS << queue.attempts.min(10);
            let later = job_queue::Model { run_at: ctx.wall().plus_seconds(pause), holder: None, lease_until: None, ..queue.clone() };
            tx.update(&queue, &later);
            return Ok(None);
        }
        let old = tx.lock::<jobs::Entity>(claim.job_id).await?;
        let (result, error) = (so_far(ctx, tx, &old).await?, Some(why(&problem, queue.attempts)));
        let new = Job { status: JobStatus::Failed, result, error, version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
        tx.update(&old, &new);
        tx.delete(&queue);
        Ok(Some(new))
    });
    if let Some(job) = failed.await? {
        ended(&job);
    }
    Ok(())
}

/// Gives back the jobs that an earlier process held. The embedded database has one process at a time, so at its start whoever held one is dead; on PostgreSQL
/// others may be at work, and a lease has to end by itself.
///
/// # Errors
/// When the database fails.
pub async fn give_back(db: &Db) -> Result<(), Problem> {
    let Db::Sqlite(_) = db else { return Ok(()) };
    let ctx = Arc::new(Ctx::platform());
    db.write(&ctx, async |_, tx| {
        tx.plain("UPDATE job_queue SET holder = NULL, lease_until = NULL WHERE lease_until IS NOT NULL", Vec::new());
        Ok(())
    })
    .await
}

/// A job was queued by this instance and committed: a worker of this instance looks at once.
pub(crate) fn queued() {
    QUEUED.notify_one();
}

/// Waits until this instance has queued a job, or for so long: other instances queue jobs too, and tries again fall due.
pub async fn wait(at_most: Duration) {
    let _ = tokio::time::timeout(at_most, QUEUED.notified()).await;
}

/// A name for this worker that no other has.
#[must_use]
pub fn worker_name() -> String {
    format!("worker-{}", Uuid::now_v7().simple())
}
