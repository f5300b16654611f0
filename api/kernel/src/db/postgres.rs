//! PostgreSQL: a pool whose connections work as the role `causeway_app`, which owns nothing and is bound by row security.

use super::after::After;
use super::sequence::PendingEvent;
use super::tx::{Conn, answered};
use super::{Fault, Tx};
use crate::Ctx;
use crate::clock::Stopwatch;
use crate::limits::REPORT_SECONDS;
use causeway_contract::{Code, Problem};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Executor, Row};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The role that the service works as. `causeway migrate` creates it.
pub const ROLE: &str = "causeway_app";

/// What the service calls itself in `pg_stat_activity`, unless DATABASE_URL names it otherwise.
pub(crate) const APPLICATION: &str = "causeway";

/// How long connections that are still at work may take to come back when the service stops.
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);

/// Prepared statements that a connection keeps: more than the service has, so that none is prepared twice.
const STATEMENTS: usize = 2_000;

/// How long one statement of a request or job may take.
const STATEMENT_SECONDS: u64 = 10;

/// How much longer than a statement may take its answer is waited for: then the network, or the machine behind it, has swallowed it.
const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

/// How long a connection is waited for.
const ACQUIRE: Duration = Duration::from_secs(5);

/// What a transaction is for: it decides what it may do and how long its statements may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It writes, and reads what is there when it looks.
    Write,
    /// It reads a bounded number of rows of one moment.
    Read,
    /// It reads one moment, and may add up much of it ([`REPORT_SECONDS`]).
    Report,
    /// It reads one moment and takes its time: nobody waits for it but the operator who started it.
    Check,
}

impl Purpose {
    /// How long a statement may be without an answer: its own limit, and a while for the network. None where there is no limit.
    fn patience(self) -> Option<Duration> {
        let seconds = match self {
            Self::Write | Self::Read => STATEMENT_SECONDS,
            Self::Report => REPORT_SECONDS,
            Self::Check => return None,
        };
        Some(Duration::from_secs(seconds) + NETWORK_PATIENCE)
    }

    /// The statements that begin the transaction, in one round trip.
    fn begin(self, tenant: Uuid) -> String {
        let level = if self == Self::Write { "READ COMMITTED" } else { "REPEATABLE READ READ ONLY" };
        let patience = match self {
            Self::Write | Self::Read => String::new(),
            Self::Report => format!("SET LOCAL statement_timeout = '{REPORT_SECONDS}s'; "),
            Self::Check => "SET LOCAL statement_timeout = 0; ".to_owned(),
        };
        format!("BEGIN ISOLATION LEVEL {level}; {patience}SELECT set_config('app.tenant_id', '{tenant}', true)")
    }
}

/// A pool.
pub struct Postgres {
    pool: PgPool,
}

impl Postgres {
    /// Opens a pool of at most `connections` to `url`.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn open(url: &str, connections: u32) -> Result<Arc<Self>, String> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| format!("DATABASE_URL is not a PostgreSQL address ({error}); an example: postgres://causeway:secret@127.0.0.1:5432/causeway"))?;
        // By this name `migrate down` finds who works in the database.
        let options = options.statement_cache_capacity(STATEMENTS).application_name(APPLICATION);
        // The pool would try a role that it is refused again and again, and say at last that it took too long. Where nobody answers yet, it waits.
        if let Ok(Ok(mut conn)) = tokio::time::timeout(ACQUIRE, sqlx::PgConnection::connect_with(&options)).await {
            take_role(&mut conn).await?;
            let _ = conn.close().await;
        }
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    conn.execute(sqlx::AssertSqlSafe(format!("SET ROLE {ROLE}; SET lock_timeout = '2s'; SET statement_timeout = '{STATEMENT_SECONDS}s'; SET synchronous_commit = on"))).await?;
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .map_err(|error| format!("cannot connect to PostgreSQL as role {ROLE}: {error}. Check DATABASE_URL, and run `causeway migrate up` once to set up the schema and the role."))?;
        Ok(Arc::new(Self { pool }))
    }

    /// Runs `verb` in one transaction. A writing one applies its write set and commits; a reading one is rolled back.
    pub(crate) async fn transact<R, F>(&self, ctx: &Ctx, purpose: Purpose, verb: &F) -> Result<R, (Problem, Option<Fault>)>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
    {
        let lost = |fault: Fault| (fault.problem(), Some(fault));
        let watch = Stopwatch::start();
        let conn = self.pool.acquire().await;
        crate::telemetry::pressure().pool_waited(Duration::from_micros(watch.micros()));
        let conn = conn.map_err(|error| lost(error.into()))?;
        let write = purpose == Purpose::Write;
        // A caller that goes away mid-way must not leave its transaction to the next one.
        let mut guard = CloseOnDrop(Some(conn));
        let Some(conn) = guard.0.as_mut() else { return Err((Problem::not_found(), None)) };
        if let Err(fault) = send(conn, purpose.begin(ctx.tenant.uuid())).await {
            return Err(lost(fault));
        }
        let mut tx = Tx::new(Conn::Postgres(&mut *conn), ctx).waiting(purpose.patience());
        let result = async {
            let ctx = ctx.with_clock(&mut tx).await?;
            let result = verb(&ctx, &mut tx).await?;
            if write {
                tx.close(&ctx).await?;
                tx.refuse_foreign().await?;
            }
            let keep = write && !ctx.dry_run;
            if keep {
                tx.apply().await?;
            }
            Ok((result, keep))
        };
        let outcome = crate::http::caught(result).await;
        let fault = tx.take_fault();
        let after = if write { tx.after() } else { After::default() };
        let events = if write { tx.take_events() } else { Vec::new() };
        drop(tx);
        if let Some(Fault::Unavailable(_)) = &fault {
            // Nothing more is asked of a connection that does not answer, or that leads to a database that only reads: the next caller gets a new one.
            after.tell();
            let unavailable = || Fault::silent().problem();
            return Err((outcome.err().unwrap_or_else(unavailable), fault));
        }
        let (end, keep) = match &outcome {
            Ok((_, true)) => ("COMMIT", true),
            _ => ("ROLLBACK", false),
        };
        let ended = send(conn, end.to_owned()).await;
        // Also when nobody knows whether it was committed.
        after.tell();
        match (ended, guard.0.take()) {
            (Ok(()), Some(conn)) => {
                if keep {
                    PendingEvent::count(&events);
                }
                drop(conn);
            }
            (Err(fault), conn) => {
                drop(conn.map(sqlx::pool::PoolConnection::detach));
                if keep {
                    return Err(in_doubt(fault));
                }
            }
            (Ok(()), None) => {}
        }
        outcome.map(|(result, _)| result).map_err(|problem| (problem, fault))
    }

    /// Closes every connection, while there is a runtime to do it in: one that ends first would leave them to nobody.
    pub async fn close(&self) {
        if tokio::time::timeout(CLOSE_PATIENCE, self.pool.close()).await.is_err() {
            tracing::warn!("some connections to PostgreSQL were still at work and are cut");
        }
    }

    /// The pool, for the sequencer and for migration checks.
    #[must_use]
    pub const fn pool(&self) -> &PgPool {
        &self.pool
    }
}

/// Begins or ends a transaction, if the database answers in time.
async fn send(conn: &mut sqlx::PgConnection, sql: String) -> Result<(), Fault> {
    answered(Purpose::Write.patience(), async { Ok(conn.execute(sqlx::AssertSqlSafe(sql)).await.map(drop)?) }).await
}

/// The commit was sent and its answer never came, or it was refused.
fn in_doubt(fault: Fault) -> (Problem, Option<Fault>) {
    let problem = match &fault {
        Fault::Unavailable(_) => {
            let detail = "The database went away while this was being committed: whether it was is not known. Ask again with the same Idempotency-Key; without one, look first.";
            Problem::new(Code::Unavailable, detail)
        }
        _ => fault.problem(),
    };
    (problem, Some(fault))
}

/// Closes the connection instead of giving it back, unless it was taken out after a clean end.
struct CloseOnDrop(Option<sqlx::pool::PoolConnection<sqlx::Postgres>>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        if let Some(conn) = self.0.take() {
            drop(conn.detach());
        }
    }
}

/// One connection with the owner's rights, for migrations.
///
/// # Errors
/// A sentence that says what to do.
pub async fn owner_connection(url: &str) -> Result<sqlx::PgConnection, String> {
    sqlx::PgConnection::connect(url).await.map_err(|error| {
        format!("cannot connect to {}: {error}. Check DATABASE_URL; an example: postgres://causeway:secret@127.0.0.1:5432/causeway", without_secrets(url))
    })
}

/// Works as the role of the service from here on.
///
/// # Errors
/// Why it may not, in a sentence that says what to do.
pub(crate) async fn take_role(conn: &mut sqlx::PgConnection) -> Result<(), String> {
    let Err(error) = conn.execute(sqlx::AssertSqlSafe(format!("SET ROLE {ROLE}"))).await else { return Ok(()) };
    let state = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned)).unwrap_or_default();
    Err(match state.as_str() {
        "42501" => {
            let me = conn.fetch_one("SELECT current_user::text AS me").await.and_then(|row| row.try_get::<String, _>("me"));
            let me = me.unwrap_or_else(|_| "the owner".to_owned());
            format!("{me} may not work as the role {ROLE} ({error}). Let a superuser run: GRANT {ROLE} TO \"{me}\"")
        }
        "22023" => {
            format!("the role {ROLE} is not there ({error}). Run `causeway migrate up` once with the owner's DATABASE_URL: it sets up the schema and the role")
        }
        _ => format!("cannot work as the role {ROLE}: {error}"),
    })
}

/// An address as it may be shown: without who signs in, and without its parameters, which may be passwords as well.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
    let (plain, query) = url.split_once('?').map_or((url, ""), |(plain, _)| (plain, "?…"));
    match plain.rsplit_once('@') {
        Some((_, place)) => format!("{scheme}://…@{place}{query}"),
        // A password may hold either sign itself.
        None if url.contains('@') => format!("{scheme}://…"),
        None => format!("{plain}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn addresses_are_shown_without_secrets() {
        for (url, shown) in [
            ("postgres://h:5432/db", "postgres://h:5432/db"),
            ("postgres://u:hush@h/db", "postgres://…@h/db"),
            ("postgres://u:hu@sh@h/db?password=hush", "postgres://…@h/db?…"),
            ("postgres://h/db?user=u&password=hu@sh", "postgres://…"),
            ("postgres://u:hu?sh@h/db", "postgres://…"),
        ] {
            assert_eq!(without_secrets(url), shown);
        }
    }
}
