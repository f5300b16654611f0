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
use sqlx::{Connection, Executor};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The role that the service works as. `causeway migrate` creates it.
pub const ROLE: &str = "causeway_app";

/// Prepared statements that a connection keeps: more than the service has, so that none is prepared twice.
const STATEMENTS: usize = 2_000;

/// How long one statement of a request or job may take.
const STATEMENT_SECONDS: u64 = 10;

/// How much longer than a statement may take its answer is waited for: then the network, or the machine behind it, has swallowed it.
const NETWORK_PATIENCE: Duration = Duration::from_secs(5);

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
        let options = options.statement_cache_capacity(STATEMENTS);
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(5))
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
        let mut conn = conn.map_err(|error| lost(error.into()))?;
        let write = purpose == Purpose::Write;
        if let Err(fault) = send(&mut conn, purpose.begin(ctx.tenant.uuid())).await {
            drop(conn.detach());
            return Err(lost(fault));
        }
        // A caller that goes away mid-way must not leave its transaction to the next one.
        let mut guard = CloseOnDrop(Some(conn));
        let Some(conn) = guard.0.as_mut() else { return Err((Problem::not_found(), None)) };
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
        format!("cannot connect to {}: {error}. Check DATABASE_URL; an example: postgres://causeway:secret@127.0.0.1:5432/causeway", without_password(url))
    })
}

fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.to_owned(),
    }
}
