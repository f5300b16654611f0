//! What is not kept for ever: answers of idempotency keys, finished jobs with their imports, ended sign-ins, and the security log (SEC-08).
//!
//! Rows go a few hundred at a time, so that nothing else waits for it. Doing it twice, or on two instances at once, is doing it once.

use crate::db::{Find, Tx};
use crate::limits::{IDEMPOTENCY_SECONDS, JOB_SECONDS, SECURITY_LOG_SECONDS, SESSION_ROW_SECONDS};
use crate::{Ctx, Db};
use causeway_contract::Problem;
use causeway_entity::govern::sessions;
use causeway_entity::kernel::{idempotency_keys, import_errors, imports, jobs};
use causeway_entity::platform::{platform_idempotency, security_log, tenants};
use causeway_value::{Instant, JobId};
use sea_orm::EntityTrait;
use std::sync::Arc;

/// Rows that go in one transaction, at most.
const BATCH: u64 = 500;

/// Removes what is older at `now` than it is kept, in every tenant and above them; answers how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn purge(db: &Db, now: Instant) -> Result<u64, Problem> {
    let platform = Arc::new(Ctx::platform());
    let mut gone = batches::<security_log::Entity>(db, &platform, now, SECURITY_LOG_SECONDS, "at < ?", "id").await?;
    gone += batches::<platform_idempotency::Entity>(db, &platform, now, IDEMPOTENCY_SECONDS, "created_at < ?", "key_hash").await?;
    for tenant in db.read(&platform, async |_, tx| Find::<tenants::Entity>::new().all(tx).await).await? {
        let ctx = Arc::new(Ctx::system(tenant.id, tenant.mode, "retention"));
        gone += batches::<idempotency_keys::Entity>(db, &ctx, now, IDEMPOTENCY_SECONDS, "created_at < ?", "key_hash").await?;
        gone += batches::<jobs::Entity>(db, &ctx, now, JOB_SECONDS, "updated_at < ? AND status IN ('succeeded', 'failed', 'cancelled')", "id").await?;
        gone += orphans(db, &ctx).await?;
        gone += batches::<sessions::Entity>(db, &ctx, now, SESSION_ROW_SECONDS, "expires_at < ?", "id").await?;
    }
    Ok(gone)
}

/// Removes imports whose job is gone, with what was wrong in their rows: nobody can ask for it any more.
async fn orphans(db: &Db, ctx: &Arc<Ctx>) -> Result<u64, Problem> {
    let without_job = || Find::<imports::Entity>::new().when("id NOT IN (SELECT j.id FROM jobs j WHERE j.tenant_id = imports.tenant_id)", vec![]);
    let mut gone = 0;
    loop {
        let found = db.read(ctx, async |_, tx| without_job().limit(BATCH).all(tx).await).await?;
        if found.is_empty() {
            return Ok(gone);
        }
        for import in found {
            gone += errors_of(db, ctx, import.id).await?;
            db.write(ctx, async move |_, tx| {
                tx.delete(&import);
                Ok(())
            })
            .await?;
            gone += 1;
        }
    }
}

/// Removes what was wrong in the rows of an import, batch after batch.
async fn errors_of(db: &Db, ctx: &Arc<Ctx>, import: JobId) -> Result<u64, Problem> {
    let mut gone = 0;
    loop {
        let of_import = || Find::<import_errors::Entity>::new().eq(import_errors::Column::ImportId, import).order_by(import_errors::Column::Position);
        let found = db.read(ctx, async |_, tx| of_import().limit(BATCH).all(tx).await).await?;
        let Some(last) = found.last().map(|row| row.position) else { return Ok(gone) };
        db.write(ctx, async move |_, tx| {
            let values = vec![tx.tenant().into(), import.into(), last.into()];
            tx.plain("DELETE FROM import_errors WHERE tenant_id = $1 AND import_id = $2 AND position <= $3", values);
            Ok(())
        })
        .await?;
        gone += u64::try_from(found.len()).unwrap_or_default();
    }
}

/// Removes the rows for which `old` holds, batch after batch.
async fn batches<E: EntityTrait>(db: &Db, ctx: &Arc<Ctx>, now: Instant, kept_seconds: i64, old: &'static str, key: &'static str) -> Result<u64, Problem> {
    let before = now.plus_seconds(-kept_seconds);
    let find = move || Find::<E>::new().when(old, vec![before.into()]).limit(BATCH);
    let mut gone = 0;
    loop {
        // Looking costs no place in the writer's lane.
        let found = db.read(ctx, async |_, tx| find().count(tx).await).await?;
        if found == 0 {
            return Ok(gone);
        }
        db.write(ctx, async move |_, tx| {
            remove::<E>(tx, before, old, key);
            Ok(())
        })
        .await?;
        gone += u64::try_from(found).unwrap_or_default();
    }
}

fn remove<E: EntityTrait>(tx: &mut Tx<'_>, before: Instant, old: &str, key: &str) {
    let table = E::default().table_name();
    let tenant = tx.tenant();
    let (scope, old, values) = if tenant.uuid().is_nil() {
        (String::new(), old.replace('?', "$1"), vec![before.into()])
    } else {
        ("tenant_id = $1 AND ".to_owned(), old.replace('?', "$2"), vec![tenant.into(), before.into()])
    };
    tx.plain(format!("DELETE FROM {table} WHERE {scope}{key} IN (SELECT {key} FROM {table} WHERE {scope}{old} LIMIT {BATCH})"), values);
}
