//! What needs a database of its own: what is removed in time, and workers that come back from the dead.

use crate::db::{Sqlite, Store};
use crate::http::LocalFuture;
use crate::job::{self, Job, Progress};
use crate::limits::{IDEMPOTENCY_SECONDS, SECURITY_LOG_SECONDS};
use crate::{Ctx, Db, Find, Tx, clock, retention, rights};
use causeway_contract::Problem;
use causeway_entity::govern::{sessions, users};
use causeway_entity::kernel::{idempotency_keys, import_errors, imports, jobs};
use causeway_entity::platform::{job_queue, security_log, tenants};
use causeway_value::{Instant, JobId, JobStatus, Json, RetentionKind, RetentionRuleId, SecurityEventId, SessionId, TenantId, TenantMode, TenantStatus, UserId};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use uuid::Uuid;

const JOB_SECONDS: i64 = 90 * 86_400;
const SESSION_ROW_SECONDS: i64 = 400 * 86_400;

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
    let ctx = another(&db, "acme").await;
    Bench { _folder: folder, db, ctx }
}

/// One more tenant.
async fn another(db: &Db, slug: &str) -> Arc<Ctx> {
    let id = TenantId::new();
    let now = clock::wall();
    let tenant = tenants::Model {
        id,
        name: "Acme".to_owned(),
        slug: slug.to_owned(),
        mode: TenantMode::Live,
        status: TenantStatus::Active,
        suspended_reason: None,
        clock_now: None,
        owner_user_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
        has_ownership_rules: None,
    };
    write(db, &Arc::new(Ctx::platform()), async move |_, tx| {
        tx.insert(tenant.clone());
        Ok(())
    })
    .await;
    Arc::new(Ctx::system(id, TenantMode::Live, "test"))
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
    // An import whose job goes, one whose job stays, and what an earlier version left behind of a third.
    let (old_import, young_import) = write(&db, &ctx, async move |ctx, tx| {
        let jobs = [job::finished(ctx, tx, "import", String::new(), String::new())?, job::finished(ctx, tx, "import", String::new(), String::new())?];
        tx.update(&jobs[0], &Job { updated_at: now.plus_seconds(-JOB_SECONDS - 1), ..jobs[0].clone() });
        for (id, errors) in [(jobs[0].id, 1_203), (jobs[1].id, 2), (JobId::new(), 1)] {
            tx.insert(import(ctx.tenant, id));
            for position in 0..errors {
                let (code, detail) = ("required".to_owned(), "is required".to_owned());
                tx.insert(import_errors::Model { tenant_id: ctx.tenant, import_id: id, position, row: 2, column_name: None, code, detail });
            }
        }
        Ok((jobs[0].id, jobs[1].id))
    })
    .await;
    let long_ago = now.plus_seconds(-SESSION_ROW_SECONDS - 1);
    write(&db, &ctx, async move |ctx, tx| {
        let user = users::Model {
            tenant_id: ctx.tenant,
            id: UserId::new(),
            name: "Dana".to_owned(),
            email: "dana@acme.test".to_owned(),
            role_ids: Json(Vec::new()),
            company_ids: None,
            active: true,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        tx.insert(user.clone());
        for expires_at in [long_ago, now] {
            tx.insert(sessions::Model {
                tenant_id: ctx.tenant,
                id: SessionId::new(),
                user_id: user.id,
                source: "192.0.2.7".to_owned(),
                user_agent: None,
                authenticated_at: expires_at,
                last_seen_at: expires_at,
                expires_at,
                revoked_at: None,
                version: 1,
                created_at: expires_at,
                updated_at: expires_at,
            });
        }
        Ok(())
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
    // Keys, jobs with their imports and errors, a session, and a line of the security log.
    assert_eq!(retention::purge(&db, now, unruled, untold).await.unwrap(), 1_203 + 2 + (1_203 + 1) + (1 + 1) + 1 + 1);
    assert_eq!(retention::purge(&db, now, unruled, untold).await.unwrap(), 0);
    let left = db
        .read(&ctx, async |_, tx| {
            let keys = Find::<idempotency_keys::Entity>::new().count(tx).await?;
            let kinds: Vec<String> = Find::<jobs::Entity>::new().order_by(jobs::Column::Kind).all(tx).await?.into_iter().map(|row| row.kind).collect();
            Ok((keys, kinds))
        })
        .await
        .unwrap();
    assert_eq!(left, (1, vec!["import".to_owned(), "test.unknown".to_owned(), "young".to_owned()]));
    let left = db
        .read(&ctx, async |_, tx| {
            let imports: Vec<JobId> = Find::<imports::Entity>::new().all(tx).await?.into_iter().map(|row| row.id).collect();
            Ok((imports, Find::<import_errors::Entity>::new().count(tx).await?, Find::<sessions::Entity>::new().count(tx).await?))
        })
        .await
        .unwrap();
    assert_eq!(left, (vec![young_import], 2, 1), "of {old_import} nothing is left");
}

#[tokio::test]
async fn a_tenant_chooses_how_long_and_hears_what_went() {
    let Bench { db, ctx, _folder } = bench().await;
    let other = another(&db, "other").await;
    let now = clock::wall();
    for ctx in [&ctx, &other] {
        write(&db, ctx, async move |ctx, tx| {
            for age in [8, 3] {
                let at = now.plus_seconds(-age * 86_400);
                let hash = Uuid::now_v7().as_bytes().to_vec();
                tx.insert(idempotency_keys::Model {
                    tenant_id: ctx.tenant,
                    key_hash: hash.clone(),
                    fingerprint: hash,
                    status: 200,
                    body: None,
                    etag: None,
                    object_id: None,
                    object_version: None,
                    created_at: at,
                });
                tx.insert(security_log::Model {
                    id: SecurityEventId::new(),
                    at,
                    tenant_id: Some(ctx.tenant),
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
    }
    let (short, held) = (RetentionRuleId::new(), RetentionRuleId::new());
    let tenant = ctx.tenant;
    let rules = async move |_: &Db, ctx: &Arc<Ctx>| {
        let keys = retention::Kept { kind: RetentionKind::IdempotencyKeys, days: None, rule: held };
        let log = retention::Kept { kind: RetentionKind::SecurityLog, days: Some(2), rule: short };
        Ok(if ctx.tenant == tenant { vec![keys, log] } else { Vec::new() })
    };
    let told = Mutex::new(Vec::new());
    let hear = async |_: &Db, ctx: &Arc<Ctx>, rule: RetentionRuleId, rows: u64| {
        told.lock().unwrap().push((ctx.tenant, rule, rows));
        Ok(())
    };
    // Held keys stay, the short log goes; the other tenant has the defaults: one key goes, no line of the log.
    assert_eq!(retention::purge(&db, now, rules, hear).await.unwrap(), 2 + 1);
    assert_eq!(*told.lock().unwrap(), [(tenant, short, 2)]);
    let before = now.plus_seconds(-86_400);
    for (ctx, keys, log) in [(&ctx, 2, 0), (&other, 1, 2)] {
        let left = db
            .read(ctx, async |_, tx| {
                Ok((retention::waiting(tx, RetentionKind::IdempotencyKeys, before).await?, retention::waiting(tx, RetentionKind::SecurityLog, before).await?))
            })
            .await
            .unwrap();
        assert_eq!(left, (keys, log));
    }
}

/// A tenant that chose nothing.
async fn unruled(_: &Db, _: &Arc<Ctx>) -> Result<Vec<retention::Kept>, Problem> {
    Ok(Vec::new())
}

async fn untold(_: &Db, _: &Arc<Ctx>, _: RetentionRuleId, _: u64) -> Result<(), Problem> {
    Ok(())
}

fn import(tenant_id: TenantId, id: JobId) -> imports::Model {
    let (options, header) = ("{}".to_owned(), "name".to_owned());
    let (next_part, parts, created, updated, unchanged, failed, errors) = (1, 1, 0, 0, 0, 0, 0);
    let upload_id = Uuid::now_v7();
    imports::Model {
        tenant_id,
        id,
        upload_id,
        options,
        header,
        company_ids: None,
        next_part,
        parts,
        created,
        updated,
        unchanged,
        failed,
        errors,
        parties_created: None,
        parties_named: None,
    }
}

/// Three things to do, one in each step.
fn count<'a>(_: &'a Ctx, _: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move { Ok(if job.done < 3 { Progress::More { done: 1, total: Some(3) } } else { Progress::Done { result: job.done.to_string() } }) })
}

static TURNS: Mutex<Vec<TenantId>> = Mutex::new(Vec::new());

fn so_far<'a>(_: &'a Ctx, _: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<String, Problem>> {
    Box::pin(async move { Ok(job.done.to_string()) })
}

/// Sixty things to do, or two, as the input says; notes whose step it was.
fn note_turn<'a>(ctx: &'a Ctx, _: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    TURNS.lock().unwrap().push(ctx.tenant);
    let wanted: i64 = job.input.parse().unwrap();
    Box::pin(async move { Ok(if job.done < wanted { Progress::More { done: 1, total: None } } else { Progress::Done { result: job.done.to_string() } }) })
}

/// A long job of one tenant does not keep another tenant's from starting (threat 48).
#[tokio::test]
async fn tenants_take_turns() {
    let Bench { _folder, db, ctx: busy } = bench().await;
    let quiet = another(&db, "quiet").await;
    job::register("test.turn", note_turn, so_far);
    let queue =
        async |ctx: &Arc<Ctx>, steps: i64| write(&db, ctx, async move |ctx, tx| job::enqueue(ctx, tx, "test.turn", steps.to_string()).map(|job| job.id)).await;
    let long = queue(&busy, 60).await;
    let after_it = queue(&busy, 2).await;
    let short = queue(&quiet, 2).await;
    assert_eq!(job::work(&db, "worker").await.unwrap(), 61 + 3 + 3);
    let turns = TURNS.lock().unwrap().clone();
    let first = turns.iter().position(|tenant| *tenant == quiet.tenant).unwrap();
    assert_eq!(first, 10, "the other tenant is next after some steps");
    for (ctx, id, done) in [(&busy, long, 60), (&busy, after_it, 2), (&quiet, short, 2)] {
        let job = db.read(ctx, async |_, tx| tx.must::<jobs::Entity>(id).await).await.unwrap();
        assert_eq!((job.status, job.done), (JobStatus::Succeeded, done));
    }
    let left = db.read(&Ctx::platform(), async |_, tx| Find::<job_queue::Entity>::new().count(tx).await).await.unwrap();
    assert_eq!(left, 0);
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
    job::register("test.count", count, so_far);
    let id = write(&db, &ctx, async |ctx, tx| job::enqueue(ctx, tx, "test.count", "{}".to_owned()).map(|job| job.id)).await;
    let done = async || db.read(&ctx, async |_, tx| tx.must::<jobs::Entity>(id).await.map(|job| (job.done, job.status, job.version))).await.unwrap();
    let first = job::claim(&db, "first", &[]).await.unwrap().unwrap();
    assert!(job::run_step(&db, &first).await.unwrap());
    assert!(job::claim(&db, "second", &[]).await.unwrap().is_none(), "a job that is held is nobody else's");
    expire(&db).await;
    let second = job::claim(&db, "second", &[]).await.unwrap().unwrap();
    assert_eq!((second.job_id, second.fence), (first.job_id, first.fence + 1));
    let before = done().await;
    assert!(!job::run_step(&db, &first).await.unwrap(), "the first one is told that it lost the job");
    assert_eq!(done().await, before, "and writes nothing");
    while job::run_step(&db, &second).await.unwrap() {}
    assert_eq!((done().await.0, done().await.1), (3, JobStatus::Succeeded));
    assert!(job::claim(&db, "third", &[]).await.unwrap().is_none());
}

/// A job that is cancelled says how far it came, and how much there was to do.
#[tokio::test]
async fn a_cancelled_job_says_how_far_it_came() {
    let Bench { _folder, db, ctx } = bench().await;
    job::register("test.count", count, so_far);
    let id = write(&db, &ctx, async |ctx, tx| job::enqueue_counted(ctx, tx, "test.count", "{}".to_owned(), 3).map(|job| job.id)).await;
    let claim = job::claim(&db, "worker", &[]).await.unwrap().unwrap();
    assert!(job::run_step(&db, &claim).await.unwrap());
    let cancelled = write(&db, &ctx, async move |ctx, tx| job::cancel(ctx, tx, id).await).await;
    assert!(!job::run_step(&db, &claim).await.unwrap(), "no step follows");
    let job = db.read(&ctx, async |_, tx| tx.must::<jobs::Entity>(id).await).await.unwrap();
    assert_eq!((job.status, job.done, job.total, job.result.as_deref()), (JobStatus::Cancelled, 1, 3, Some("1")));
    assert_eq!(job, cancelled, "what was answered stays");
    let left = db.read(&Ctx::platform(), async |_, tx| Find::<job_queue::Entity>::new().count(tx).await).await.unwrap();
    assert_eq!(left, 0);
}

/// A step that changes one version of an object twice.
fn twice<'a>(ctx: &'a Ctx, tx: &'a mut Tx<'_>, job: &'a Job) -> LocalFuture<'a, Result<Progress, Problem>> {
    Box::pin(async move {
        for kind in ["test.once", "test.twice"] {
            tx.update(job, &Job { kind: kind.to_owned(), version: job.version + 1, updated_at: ctx.wall(), ..job.clone() });
        }
        Ok(Progress::More { done: 1, total: None })
    })
}

/// What fails says why, in words that are for customers, and what cannot go well is not tried for minutes (OBS-02).
#[tokio::test]
async fn a_job_that_fails_says_why() {
    let Bench { _folder, db, ctx } = bench().await;
    job::register("test.twice", twice, so_far);
    job::register("test.refused", |_, _, _| Box::pin(async { Err(Problem::new(causeway_contract::Code::Malformed, "Row 7 is not CSV.")) }), so_far);
    for (kind, tries, reason) in [("test.refused", 1, "Row 7 is not CSV."), ("test.twice", 2, "on our side")] {
        let id = write(&db, &ctx, async move |ctx, tx| job::enqueue(ctx, tx, kind, "{}".to_owned()).map(|job| job.id)).await;
        for attempt in 1..=tries {
            let claim = job::claim(&db, "worker", &[]).await.unwrap().unwrap();
            assert_eq!(claim.attempts, attempt);
            assert!(!job::run_step(&db, &claim).await.unwrap());
            write(&db, &Arc::new(Ctx::platform()), async |_, tx| {
                tx.plain("UPDATE job_queue SET run_at = 0", Vec::new());
                Ok(())
            })
            .await;
        }
        assert!(job::claim(&db, "worker", &[]).await.unwrap().is_none(), "{kind} is given up");
        let job = db.read(&ctx, async |_, tx| tx.must::<jobs::Entity>(id).await).await.unwrap();
        let told = job.error.unwrap();
        assert!(job.status == JobStatus::Failed && told.contains(reason) && told.contains("start it again"), "{told}");
    }
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
