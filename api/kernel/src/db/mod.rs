//! The door: the only way to the database.
//!
//! `Db::write` runs a verb in one transaction and applies its write set; `Db::read` runs a query on a consistent snapshot.
//! On SQLite writes go through one lane with group commit and reads through a pool; on PostgreSQL both take a pooled connection
//! whose tenant is set inside the transaction. A verb sees only [`Tx`] and cannot tell the difference.

mod after;
mod carriers;
mod fault;
mod find;
mod lane;
mod plan;
mod postgres;
mod schema;
mod sequence;
pub mod sequencer;
mod sqlite;
mod statistics;
pub mod tally;
mod tx;

pub use fault::Fault;
pub use find::Find;
pub use plan::{Cell, Table};
pub use postgres::{Postgres, without_secrets};
pub use schema::{SchemaStatus, Store};
pub use sequence::{Position, chain_link};
pub use sqlite::{Sqlite, backup};
pub use tx::{Change, Mark, Tx};

use crate::Ctx;
use causeway_contract::{Code, Problem};
use postgres::Purpose;
use std::sync::Arc;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// A database that is open.
#[derive(Clone)]
pub enum Db {
    /// An embedded file.
    Sqlite(Arc<Sqlite>),
    /// A PostgreSQL database.
    Postgres(Arc<Postgres>),
}

impl Db {
    /// Which database it is.
    #[must_use]
    pub const fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Runs `verb` in one transaction and applies what it wrote; with `ctx.dry_run` nothing is applied.
    ///
    /// The whole closure runs again after a serialization failure. It must do nothing but use its [`Tx`].
    ///
    /// # Errors
    /// Whatever the verb answers, `contention` when it lost too often, `unavailable` or `storage_full` when the database cannot be written.
    pub async fn write<R, F>(&self, ctx: &Arc<Ctx>, verb: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static,
        R: Send + 'static,
    {
        let written = match self {
            Self::Sqlite(sqlite) => sqlite.write(Arc::clone(ctx), verb).await,
            Self::Postgres(postgres) => {
                let mut attempt = 0;
                loop {
                    attempt += 1;
                    match postgres.transact(ctx, Purpose::Write, &verb).await {
                        Err((_, Some(fault))) if attempt < fault.attempts() => {
                            crate::telemetry::count_retry();
                            let pause = std::time::Duration::from_millis(u64::from(attempt) * u64::from(attempt));
                            tokio::time::sleep(pause).await;
                        }
                        Err((problem, _)) => break Err(problem),
                        Ok(result) => break Ok(result),
                    }
                }
            }
        };
        match written {
            Err(problem) if problem.code == Code::ExternalRefExists => Err(carriers::named(self, ctx, problem).await),
            other => other,
        }
    }

    /// Tells the writer that a write is coming. The mark lasts until it is dropped, which is when the write was answered.
    pub(crate) fn announce(&self) -> Option<lane::Announced> {
        match self {
            Self::Sqlite(sqlite) => Some(sqlite.announce()),
            Self::Postgres(_) => None,
        }
    }

    /// Runs `query` on a consistent snapshot. Nothing that it writes is kept.
    ///
    /// # Errors
    /// Whatever the query answers, or `unavailable`.
    pub async fn read<R, F>(&self, ctx: &Ctx, query: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(ctx, query),
            Self::Postgres(postgres) => postgres.transact(ctx, Purpose::Read, &query).await.map_err(|(problem, _)| problem),
        }
    }

    /// As [`Db::read`], for queries that may take long: on SQLite they run beside the threads that answer requests, on PostgreSQL their statements have
    /// more time than others.
    ///
    /// # Errors
    /// Whatever the query answers, or `unavailable`.
    pub async fn read_aside<R, F>(&self, ctx: &Arc<Ctx>, query: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem> + Send + 'static,
        R: Send + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => {
                let (sqlite, ctx) = (Arc::clone(sqlite), Arc::clone(ctx));
                let done = tokio::task::spawn_blocking(move || sqlite.read(&ctx, query)).await;
                done.unwrap_or_else(|error| Err(Fault::Other(error.to_string()).problem()))
            }
            Self::Postgres(postgres) => postgres.transact(ctx, Purpose::Report, &query).await.map_err(|(problem, _)| problem),
        }
    }

    /// As [`Db::read`], for the operator's own checks: on PostgreSQL their statements may take as long as they need.
    ///
    /// # Errors
    /// Whatever the query answers, or `unavailable`.
    pub async fn read_patiently<R, F>(&self, ctx: &Ctx, query: F) -> Result<R, Problem>
    where
        F: AsyncFn(&Ctx, &mut Tx<'_>) -> Result<R, Problem>,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(ctx, query),
            Self::Postgres(postgres) => postgres.transact(ctx, Purpose::Check, &query).await.map_err(|(problem, _)| problem),
        }
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// `unavailable` when it does not.
    pub async fn ping(&self) -> Result<(), Problem> {
        let ctx = Ctx::platform();
        let sql = match self {
            Self::Sqlite(_) => "SELECT 0 AS reads_only",
            Self::Postgres(_) => {
                "SELECT CAST(CASE WHEN pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' THEN 1 ELSE 0 END AS BIGINT) AS reads_only"
            }
        };
        let rows = self.read(&ctx, async |_, tx| tx.query(sql, vec![], &[("reads_only", Cell::Whole)]).await).await?;
        if rows.iter().any(|row| row.try_get::<i64>("", "reads_only").is_ok_and(|reads_only| reads_only == 1)) {
            return Err(Problem::new(Code::Unavailable, "The database only reads: it is a standby, or was set so. Nothing can be written."));
        }
        Ok(())
    }
}
