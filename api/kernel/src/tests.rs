//! What needs a database of its own: what is removed in time, and workers that come back from the dead.

use crate::db::{Sqlite, Store};
use crate::http::LocalFuture;
use crate::job::{self, Job, Progress};
use crate::limits::{IDEMPOTENCY_SECONDS, JOB_SECONDS, SECURITY_LOG_SECONDS};
use crate::{Ctx, Db, Find, Tx, clock, retention, rights};
use causeway_contract::Problem;
use causeway_entity::kernel::{idempotency_keys, jobs};
use causeway_entity::platform::{job_queue, security_log, tenants};
use causeway_value::{Instant, JobStatus, SecurityEventId, TenantId, TenantMode, TenantStatus};
use std::sync::Arc;
use tempfile::TempDir;

struct Bench {
    _folder: TempDir,
    db: Db,
    ctx: Arc<Ctx>,
}

/// A database with one tenant.
async fn bench() -> Bench {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("causeway.sqlite");
    Store::Sqlite(file.clone()).up().await.unwrap();
    let db = Db::Sqlite(Sqlite::open(&file, Sqlite::lock(&file).unwrap()).unwrap());
    let id = TenantId::new();
    let now = clock::wall();
    let tenant = tenants::Model {
        id,
        name: "Acme".to_owned(),
        slug: "acme".to_owned(),
        mode: TenantMode::Live,
        status: TenantStatus::Active,
        suspended_reason: None,
        clock_now: None,
        owner_user_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    write(&db, &Arc::new(Ctx::platform()), async move |_, tx| {
        tx.insert(tenant.clone());
        Ok(())
    })
    .await;
    Bench { _folder: folder, db, ctx: Arc::new(Ctx::system(id, TenantMode::Live, "test")) }
}

async fn write<R: Send + 'static>(db: &Db, ctx: &Arc<Ctx>, verb: impl AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static) -> R {
    db.write(ctx, verb).await.unwrap()
}

#[tokio::test]
async fn what_is_old_goes() {
    let Bench { _folder, db, ctx } = bench().await;
    let now = clock::wall();
    let key = |number: u16, age: i64| idempotency_keys::Model {
        tenant_id: ctx.tenant,
        key_hash: number.to_be_bytes().to_vec(),
        fingerprint: vec![0],
        status: 200,
        object_id: None,
        object_version: None,
        body: Some("{}".to_owned()),
        etag: None,
        created_at: now.plus_seconds(-age),
    };
    let keys: Vec<_> = (0..1_203).map(|number| key(number, IDEMPOTENCY_SECONDS + 1)).chain([key(2_000, IDEMPOTENCY_SECONDS - 60)]).collect();
    write(&db, &ctx, async move |ctx, tx| {
        keys.iter().for_each(|key| tx.insert(key.clone()));
        let old = job::finished(ctx, tx, "old", String::new(), String::new())?;
        let running = job::enqueue(ctx, tx, "test.unknown", String::new())?;
        let long_ago = now.plus_seconds(-JOB_SECONDS - 1);
        for row in [old, running] {
            tx.update(&row, &Job { updated_at: long_ago, ..row.clone() });
        }
        job::finished(ctx, tx, "young", String::new(), String::new()).map(drop)
    })
    .await;
    write(&db, &Arc::new(Ctx::platform()), async move |_, tx| {
        for age in [SECURITY_LOG_SECONDS + 1, 60] {
            tx.insert(security_log::Model {
                id: SecurityEventId::new(),
                at: now.plus_seconds(-age),
                tenant_id: None,
                api_key_id: None,
                kind: "refusal".to_owned(),
                method: "GET".to_owned(),
                path: "/".to_owned(),
                status: 401,
                code: "unauthenticated".to_owned(),
                request_id: String::new(),
                user_id: None,
                source: None,
            });
        }
        Ok(())
    })
    .await;
    assert_eq!(retention::purge(&db, now).await.unwrap(), 1_203 + 1 + 1);
    assert_eq!(retention::purge(&db, now).await.unwrap(), 0);
    let left = db
        .read(&ctx, async |_, tx| {
            let keys = Find::<idempotency_keys::Entity>::new().count(tx).await?;
            let kinds: Vec<String> = Find::<jobs::Entity>::new().order_by(jobs::Column::Kind).all(tx).await?.into_iter().map(|row| row.kind).collect();
            Ok((keys, kinds))
        })
        .await
        .unwrap();
    assert_eq!(left, (1, vec!["test.unknown".to_owned(), "young".to_owned()]));
}

/// Three things to do, one in each step.
fn count<'a>(_: &'a Ctx, _: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move { Ok(if job.done < 3 { Progress::More { done: 1, total: Some(3) } } else { Progress::Done { result: job.done.to_string() } }) })
}

async fn expire(db: &Db) {
    write(db, &Arc::new(Ctx::platform()), async |_, tx| {
        let row = Find::<job_queue::Entity>::new().one(tx).await?.unwrap();
        tx.update(&row, &job_queue::Model { lease_until: Some(Instant(1)), ..row.clone() });
        Ok(())
    })
    .await;
}

/// A worker that was silent for too long loses its job, and what it still writes is refused (INV-11, F15).
#[tokio::test]
async fn a_worker_back_from_the_dead() {
    let Bench { _folder, db, ctx } = bench().await;
    job::register("test.count", count);
    let id = write(&db, &ctx, async |ctx, tx| job::enqueue(ctx, tx, "test.count", "{}".to_owned()).map(|job| job.id)).await;
    let done = async || db.read(&ctx, async |_, tx| tx.must::<jobs::Entity>(id).await.map(|job| (job.done, job.status, job.version))).await.unwrap();
    let first = job::claim(&db, "first").await.unwrap().unwrap();
    assert!(job::run_step(&db, &first).await.unwrap());
    assert!(job::claim(&db, "second").await.unwrap().is_none(), "a job that is held is nobody else's");
    expire(&db).await;
    let second = job::claim(&db, "second").await.unwrap().unwrap();
    assert_eq!((second.job_id, second.fence), (first.job_id, first.fence + 1));
    let before = done().await;
    assert!(!job::run_step(&db, &first).await.unwrap(), "the first one is told that it lost the job");
    assert_eq!(done().await, before, "and writes nothing");
    while job::run_step(&db, &second).await.unwrap() {}
    assert_eq!((done().await.0, done().await.1), (3, JobStatus::Succeeded));
    assert!(job::claim(&db, "third").await.unwrap().is_none());
}

#[tokio::test]
async fn a_worker_looks_as_soon_as_a_job_is_committed() {
    let Bench { _folder, db, ctx } = bench().await;
    let minute = std::time::Duration::from_secs(60);
    let short = std::time::Duration::from_millis(50);
    let mut trial = Ctx::clone(&ctx);
    trial.dry_run = true;
    write(&db, &Arc::new(trial), async |ctx, tx| job::enqueue(ctx, tx, "test.unknown", String::new()).map(|_| ())).await;
    assert!(tokio::time::timeout(short, job::wait(minute)).await.is_err(), "what was only tried wakes nobody");
    write(&db, &ctx, async |ctx, tx| job::enqueue(ctx, tx, "test.unknown", String::new()).map(|_| ())).await;
    assert!(tokio::time::timeout(minute / 2, job::wait(minute)).await.is_ok());
}

/// While the change is under way a reader may still remember the old rights under the old generation, never under the new one.
#[tokio::test]
async fn rights_are_forgotten_after_the_commit() {
    let Bench { _folder, db, ctx } = bench().await;
    let before = rights::generation();
    let inside = write(&db, &ctx, async |ctx, tx| {
        tx.rights_changed();
        job::enqueue(ctx, tx, "test.unknown", String::new())?;
        Ok(rights::generation())
    })
    .await;
    assert_eq!((inside, rights::generation()), (before, before + 1));
    // What was refused or only tried changed nothing.
    let mut trial = Ctx::clone(&ctx);
    trial.dry_run = true;
    let trial = Arc::new(trial);
    write(&db, &trial, async |_, tx| {
        tx.rights_changed();
        Ok(())
    })
    .await;
    assert_eq!(rights::generation(), before + 1);
}
