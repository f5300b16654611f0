//! Advancing a sandbox clock: everything that falls due on the way happens at its own instant, in order, once.

use super::{record, view};
use causeway_contract::{Code, Problem};
use causeway_entity::platform::tenants;
use causeway_kernel::http::LocalFuture;
use causeway_kernel::job::{self, Job, Progress};
use causeway_kernel::{Ctx, Db, Find, Tx};
use causeway_openapi::integration as wire;
use causeway_value::{Instant, JobStatus, TenantMode, TenantStatus};
use serde_json::json;
use std::sync::{Arc, OnceLock};

/// The kind of the job.
pub const KIND: &str = "clock.advance";

/// Finds when the next thing of a kind falls due.
pub type NextDue = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>, until: Instant) -> LocalFuture<'a, Result<Option<Instant>, Problem>>;
/// Does a part of what is due.
pub type RunDue = for<'a, 'c> fn(&'a Ctx, &'a mut Tx<'c>) -> LocalFuture<'a, Result<i64, Problem>>;

/// Something that falls due by itself.
pub struct Due {
    /// What it is, for the job's result.
    pub name: &'static str,
    /// The next instant after the clock, up to and including `until`, at which something of this kind falls due.
    pub next: NextDue,
    /// Does a part of what is due at the clock's time; answers how many were done, zero when nothing is left.
    pub run: RunDue,
    /// Takes what `run` met a bug at out of the way of the rest; answers how many that were. Without it the rest waits until the bug is mended.
    pub set_aside: Option<RunDue>,
}

static DUE: OnceLock<&'static [Due]> = OnceLock::new();

/// Sets what falls due in this process, in its fixed order, and the job that advances clocks.
pub fn register_due(due: &'static [Due]) {
    let _ = DUE.set(due);
    job::register_mendable(KIND, step, so_far, set_aside);
}

/// The earliest instant at which anything falls due.
async fn next_due(ctx: &Ctx, tx: &mut Tx<'_>, until: Instant) -> Result<Option<Instant>, Problem> {
    let mut earliest: Option<Instant> = None;
    for due in DUE.get().copied().unwrap_or_default() {
        if let Some(at) = (due.next)(ctx, tx, until).await? {
            earliest = Some(earliest.map_or(at, |found| found.min(at)));
        }
    }
    Ok(earliest)
}

/// Starts the job; with nothing due it is done at once.
pub(super) async fn start(ctx: &Ctx, tx: &mut Tx<'_>, tenant: tenants::Model, to: Instant) -> Result<wire::Job, Problem> {
    let input = json!({ "to": to }).to_string();
    if next_due(ctx, tx, to).await?.is_some() {
        return job::enqueue(ctx, tx, KIND, input).map(|row| job_view(&row));
    }
    set_clock(ctx, tx, &tenant, to)?;
    job::finished(ctx, tx, KIND, input, json!({ "now": to, "done": 0 }).to_string()).map(|row| job_view(&row))
}

fn set_clock(ctx: &Ctx, tx: &mut Tx<'_>, old: &tenants::Model, to: Instant) -> Result<(), Problem> {
    let new = tenants::Model { clock_now: Some(to), version: old.version + 1, updated_at: ctx.wall(), ..old.clone() };
    tx.update(old, &new);
    record(ctx, tx, "clock.advanced", &new, &view(ctx, &new))
}

/// One step: what is due now; else to the next instant at which something is; else to the end.
fn step<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move {
        let input: serde_json::Value = serde_json::from_str(&job.input).unwrap_or_default();
        let to = input.get("to").and_then(|to| to.as_str()).and_then(|to| to.parse::<Instant>().ok());
        let to = to.ok_or_else(|| Problem::new(Code::InternalError, "The job has no time to advance to."))?;
        for due in DUE.get().copied().unwrap_or_default() {
            let done = (due.run)(ctx, tx).await?;
            if done > 0 {
                return Ok(Progress::More { done, total: None });
            }
        }
        let tenant = tx.lock::<tenants::Entity>(ctx.tenant).await?;
        let target = next_due(ctx, tx, to).await?.unwrap_or(to);
        if target > ctx.now() {
            set_clock(ctx, tx, &tenant, target)?;
            return Ok(Progress::More { done: 0, total: None });
        }
        Ok(Progress::Done { result: json!({ "now": to, "done": job.done }).to_string() })
    })
}

/// The step met a bug at the first that is due: takes it out of the way, if that can be done.
fn set_aside<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>) -> LocalFuture<'a, Result<bool, Problem>> {
    Box::pin(async move {
        for due in DUE.get().copied().unwrap_or_default() {
            if (due.next)(ctx, tx, ctx.now()).await?.is_some() {
                let Some(set_aside) = due.set_aside else { return Ok(false) };
                return Ok((set_aside)(ctx, tx).await? > 0);
            }
        }
        Ok(false)
    })
}

fn so_far<'a>(ctx: &'a Ctx, _: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<String, Problem>> {
    Box::pin(async move { Ok(json!({ "now": ctx.now(), "done": job.done }).to_string()) })
}

/// Does what is due now in every live tenant; a worker calls it again and again. Doing it twice is doing it once.
///
/// # Errors
/// When the database fails. A tenant whose work fails does not stop the others.
pub async fn tick(db: &Db) -> Result<(), Problem> {
    let platform = Ctx::platform();
    let live = db
        .read(&platform, async |_, tx| {
            let active = Find::<tenants::Entity>::new().eq(tenants::Column::Status, TenantStatus::Active);
            active.eq(tenants::Column::Mode, TenantMode::Live).all(tx).await
        })
        .await?;
    for tenant in live {
        let ctx = Arc::new(Ctx::system(tenant.id, tenant.mode, "due"));
        for due in DUE.get().copied().unwrap_or_default() {
            if let Err(problem) = run_until_done(db, &ctx, due).await {
                tracing::warn!(tenant = %tenant.id, due = due.name, %problem, "what fell due could not be done; trying again");
            }
        }
    }
    Ok(())
}

async fn run_until_done(db: &Db, ctx: &Arc<Ctx>, due: &'static Due) -> Result<(), Problem> {
    // Looking costs no place in the writer's lane.
    while db.read(ctx, async |ctx, tx| (due.next)(ctx, tx, ctx.now()).await).await?.is_some() {
        let done = match db.write(ctx, async |ctx, tx| (due.run)(ctx, tx).await).await {
            Err(problem) if problem.code == Code::InternalError => {
                let Some(set_aside) = due.set_aside else { return Err(problem) };
                tracing::warn!(tenant = %ctx.tenant, due = due.name, %problem, "what fell due could not be done; it is set aside");
                db.write(ctx, async move |ctx, tx| (set_aside)(ctx, tx).await).await?
            }
            done => done?,
        };
        if done == 0 {
            break;
        }
    }
    Ok(())
}

/// The job as the API shows it.
#[must_use]
pub fn job_view(row: &Job) -> wire::Job {
    let result: Option<serde_json::Value> = row.result.as_deref().and_then(|text| serde_json::from_str(text).ok());
    // A result that counts failures has kept what was wrong.
    let failed = result.as_ref().and_then(|result| result.get("failed")).and_then(serde_json::Value::as_i64).unwrap_or_default();
    wire::Job {
        id: row.id,
        object: "job".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        kind: row.kind.clone(),
        status: row.status,
        progress: wire::JobProgress { done: row.done, total: (row.status == JobStatus::Succeeded || row.total > 0).then_some(row.total) },
        result,
        error: row.error.clone(),
        errors_url: (failed > 0).then(|| format!("/v1/jobs/{}/errors", row.id)),
    }
}
