//! What is not kept for ever: answers of idempotency keys, finished jobs with their imports, ended sign-ins, and the security log, each as long as its tenant
//! chose (SEC-08). Who chose what, and what became of leads, is no matter of this crate.
//!
//! Rows go a few hundred at a time, so that nothing else waits for it. Doing it twice, or on two instances at once, is doing it once.

use crate::db::{Cell, Find, Tx};
use crate::limits::{IDEMPOTENCY_SECONDS, SECURITY_LOG_SECONDS};
use crate::{Ctx, Db};
use causeway_contract::Problem;
use causeway_entity::kernel::{import_errors, imports};
use causeway_entity::platform::tenants;
use causeway_value::{Instant, JobId, RetentionKind, RetentionRuleId};
use sea_orm::sea_query::Value;
use std::sync::Arc;
use strum::IntoEnumIterator;

/// Rows that go in one transaction, at most.
const BATCH: u64 = 500;
const DAY: i64 = 86_400;

/// What a tenant chose for a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The kind.
    pub kind: RetentionKind,
    /// The days that it is kept; none when nothing of it goes.
    pub days: Option<i64>,
    /// The rule that says so.
    pub rule: RetentionRuleId,
}

/// Rows that go by their age.
struct Rows {
    table: &'static str,
    key: &'static str,
    /// When one may go; `?` is the instant before which it is old enough.
    old: &'static str,
}

const PLATFORM_KEYS: Rows = Rows { table: "platform_idempotency", key: "key_hash", old: "created_at < ?" };
const PLATFORM_LOG: Rows = Rows { table: "security_log", key: "id", old: "tenant_id IS NULL AND at < ?" };

const fn rows_of(kind: RetentionKind) -> &'static Rows {
    match kind {
        RetentionKind::SecurityLog => &Rows { table: "security_log", key: "id", old: "at < ?" },
        RetentionKind::EndedSessions => &Rows { table: "sessions", key: "id", old: "expires_at < ?" },
        RetentionKind::FinishedJobs => &Rows { table: "jobs", key: "id", old: "updated_at < ? AND status IN ('succeeded', 'failed', 'cancelled')" },
        RetentionKind::IdempotencyKeys => &Rows { table: "idempotency_keys", key: "key_hash", old: "created_at < ?" },
        RetentionKind::DisqualifiedLeads => &Rows { table: "leads", key: "id", old: "updated_at < ? AND status = 'disqualified' AND erased_at IS NULL" },
    }
}

impl Rows {
    /// A statement part that finds at most a batch of them, and its values.
    fn found(&self, tx: &Tx<'_>, before: Instant, most: &str) -> (String, Vec<Value>) {
        let Self { table, key, old } = self;
        let tenant = tx.tenant();
        if tenant.uuid().is_nil() {
            return (format!("SELECT {key} FROM {table} WHERE {}{most}", old.replace('?', "$1")), vec![before.into()]);
        }
        (format!("SELECT {key} FROM {table} WHERE tenant_id = $1 AND {}{most}", old.replace('?', "$2")), vec![tenant.into(), before.into()])
    }

    async fn count(&self, tx: &mut Tx<'_>, before: Instant, most: &str) -> Result<i64, Problem> {
        let (found, values) = self.found(tx, before, most);
        let rows = tx.query(&format!("SELECT COUNT(*) AS n FROM ({found}) found"), values, &[("n", Cell::Whole)]).await?;
        Ok(rows.first().and_then(|row| row.try_get("", "n").ok()).unwrap_or_default())
    }

    fn remove(&self, tx: &mut Tx<'_>, before: Instant) {
        let (found, values) = self.found(tx, before, &batch());
        let scope = if tx.tenant().uuid().is_nil() { "" } else { "tenant_id = $1 AND " };
        tx.plain(format!("DELETE FROM {} WHERE {scope}{} IN ({found})", self.table, self.key), values);
    }
}

fn batch() -> String {
    format!(" LIMIT {BATCH}")
}

/// The instant before which records of a kind are old enough, when they are kept for these days: leads go by the tenant's clock, all others by wall time.
#[must_use]
pub fn before(ctx: &Ctx, kind: RetentionKind, days: i64, wall: Instant) -> Instant {
    let now = if kind == RetentionKind::DisqualifiedLeads { ctx.now() } else { wall };
    now.plus_seconds(-days.saturating_mul(DAY))
}

/// How many records of a kind are older than this.
///
/// # Errors
/// When the database fails.
pub async fn waiting(tx: &mut Tx<'_>, kind: RetentionKind, before: Instant) -> Result<i64, Problem> {
    rows_of(kind).count(tx, before, "").await
}

/// Removes what is older at `now` than it is kept, in every tenant and above them; answers how many rows went. `rules` says what a tenant chose, and `told` hears
/// by which rule how many rows went.
///
/// # Errors
/// When the database fails.
pub async fn purge<R, T>(db: &Db, now: Instant, rules: R, told: T) -> Result<u64, Problem>
where
    R: AsyncFn(&Db, &Arc<Ctx>) -> Result<Vec<Kept>, Problem>,
    T: AsyncFn(&Db, &Arc<Ctx>, RetentionRuleId, u64) -> Result<(), Problem>,
{
    let platform = Arc::new(Ctx::platform());
    let mut gone = batches(db, &platform, &PLATFORM_LOG, now.plus_seconds(-SECURITY_LOG_SECONDS)).await?;
    gone += batches(db, &platform, &PLATFORM_KEYS, now.plus_seconds(-IDEMPOTENCY_SECONDS)).await?;
    for tenant in db.read(&platform, async |_, tx| Find::<tenants::Entity>::new().all(tx).await).await? {
        let ctx = Arc::new(Ctx::system(tenant.id, tenant.mode, "retention"));
        let chosen = rules(db, &ctx).await?;
        // Leads are not removed: they forget, each with an event of its own.
        for kind in RetentionKind::iter().filter(|kind| *kind != RetentionKind::DisqualifiedLeads) {
            let kept = chosen.iter().find(|kept| kept.kind == kind);
            let days = kept.map_or(kind.default_days().map(i64::from), |kept| kept.days);
            let Some(days) = days else { continue };
            let before = before(&ctx, kind, days, now);
            let removed = batches(db, &ctx, rows_of(kind), before).await?;
            gone += removed;
            if let Some(kept) = kept.filter(|_| removed > 0) {
                told(db, &ctx, kept.rule, removed).await?;
            }
        }
        gone += orphans(db, &ctx).await?;
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
                // One that ended took them along; what is left is of one that was cancelled.
                let values = vec![tx.tenant().into(), import.id.into()];
                tx.plain("DELETE FROM import_references WHERE tenant_id = $1 AND import_id = $2", values);
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

/// Removes the rows that are old enough, batch after batch.
async fn batches(db: &Db, ctx: &Arc<Ctx>, rows: &'static Rows, before: Instant) -> Result<u64, Problem> {
    let mut gone = 0;
    loop {
        // Looking costs no place in the writer's lane.
        let found = db.read(ctx, async |_, tx| rows.count(tx, before, &batch()).await).await?;
        if found == 0 {
            return Ok(gone);
        }
        db.write(ctx, async move |_, tx| {
            rows.remove(tx, before);
            Ok(())
        })
        .await?;
        gone += u64::try_from(found).unwrap_or_default();
    }
}
