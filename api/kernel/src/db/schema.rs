//! Applies migrations: each in a transaction of its own, one process at a time.

mod loss;
mod setup;

use super::postgres::ROLE;
use super::{Cell, Db, sqlite};
use crate::Ctx;
use causeway_migration::{Dialect, Migration, all};
use sqlx::{Connection, Executor, Row};
use std::path::Path;

/// Tables that are only ever added to: the role of the service may not change or remove their rows (threat 60).
const APPEND_ONLY: [&str; 6] = ["events", "event_positions", "snapshots", "journal_entries", "journal_lines", "platform_audit"];

/// What is applied and what is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaStatus {
    /// Names of applied migrations, in order.
    pub applied: Vec<String>,
    /// Names of those still to apply, in order.
    pub pending: Vec<String>,
}

impl SchemaStatus {
    fn of(applied: Vec<String>) -> Result<Self, String> {
        let known: Vec<&str> = all().iter().map(|migration| migration.name).collect();
        if let Some(newer) = applied.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(format!(
                "This database was migrated by a newer causeway (it has {newer}, which this version does not know). Use that version, or restore a backup made before."
            ));
        }
        let pending = known.iter().filter(|name| !applied.iter().any(|done| done == *name)).map(|name| (*name).to_owned()).collect();
        Ok(Self { applied, pending })
    }

    /// The same of a database that is being served, seen with the rights of the service.
    ///
    /// # Errors
    /// When the database does not answer, or is newer than this program.
    pub async fn of_served(db: &Db) -> Result<Self, String> {
        let sql = "SELECT name FROM schema_migrations ORDER BY position";
        let rows = db.read(&Ctx::platform(), async |_, tx| tx.query(sql, Vec::new(), &[("name", Cell::Text)]).await).await.map_err(|problem| problem.detail)?;
        Self::of(rows.iter().filter_map(|row| row.try_get::<String>("", "name").ok()).collect())
    }
}

/// Where the schema lives.
#[derive(Clone, Debug)]
pub enum Store {
    /// An SQLite file.
    Sqlite(std::path::PathBuf),
    /// A PostgreSQL address, with the rights of the owner.
    Postgres(String),
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, position BIGINT NOT NULL)";

impl Store {
    /// What is applied and what is not.
    ///
    /// # Errors
    /// When the database cannot be opened, or is newer than this program.
    pub async fn status(&self) -> Result<SchemaStatus, String> {
        match self {
            Self::Sqlite(path) => SchemaStatus::of(sqlite_applied(path)?),
            Self::Postgres(url) => {
                let mut conn = super::postgres::owner_connection(url).await?;
                SchemaStatus::of(postgres_applied(&mut conn).await?)
            }
        }
    }

    /// Applies everything that is pending and answers the names.
    ///
    /// # Errors
    /// The migration that failed, and why. What it did is taken back.
    pub async fn up(&self) -> Result<Vec<String>, String> {
        match self {
            Self::Sqlite(path) => sqlite_up(path),
            Self::Postgres(url) => postgres_up(url).await,
        }
    }

    /// Takes back the last migration and answers its name.
    ///
    /// # Errors
    /// Why it failed. Nothing is changed then.
    pub async fn down(&self) -> Result<Option<String>, String> {
        match self {
            Self::Sqlite(path) => sqlite_down(path),
            Self::Postgres(url) => postgres_down(url).await,
        }
    }
}

fn migration(name: &str) -> Result<Migration, String> {
    all().into_iter().find(|migration| migration.name == name).ok_or_else(|| format!("no migration is called {name}"))
}

fn sqlite_open(path: &Path) -> Result<rusqlite::Connection, String> {
    if !path.exists() {
        sqlite::make_private(path).map_err(|error| format!("cannot make {}: {error}", path.display()))?;
    }
    let conn = sqlite::connect(path, false).map_err(|error| sqlite_said(path, &error))?;
    conn.execute_batch(TABLE).map_err(|error| sqlite_said(path, &error))?;
    Ok(conn)
}

/// Why a file cannot be used; of a damaged one, what to do.
fn sqlite_said(path: &Path, error: &rusqlite::Error) -> String {
    match super::Fault::of_damage(error) {
        Some(fault) => format!("{}: {}", path.display(), fault.problem().detail),
        None => format!("cannot open {}: {error}", path.display()),
    }
}

fn sqlite_applied(path: &Path) -> Result<Vec<String>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let conn = sqlite::connect(path, true).map_err(|error| sqlite_said(path, &error))?;
    sqlite_names(&conn).map_err(|error| sqlite_said(path, &error))
}

fn sqlite_names(conn: &rusqlite::Connection) -> Result<Vec<String>, rusqlite::Error> {
    let exists: i64 = conn.query_row("SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migrations'", [], |row| row.get(0))?;
    if exists == 0 {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare("SELECT name FROM schema_migrations ORDER BY position")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn sqlite_up(path: &Path) -> Result<Vec<String>, String> {
    let mut conn = sqlite_open(path)?;
    let status = SchemaStatus::of(sqlite_names(&conn).map_err(|error| sqlite_said(path, &error))?)?;
    for (offset, name) in status.pending.iter().enumerate() {
        let position = i64::try_from(status.applied.len() + offset + 1).unwrap_or(i64::MAX);
        let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(|error| error.to_string())?;
        for statement in (migration(name)?.up)(Dialect::Sqlite) {
            tx.execute_batch(&statement).map_err(|error| format!("{name}: {error}"))?;
        }
        tx.execute("INSERT INTO schema_migrations (name, position) VALUES (?1, ?2)", (name, position)).map_err(|error| error.to_string())?;
        tx.commit().map_err(|error| error.to_string())?;
    }
    Ok(status.pending)
}

fn sqlite_down(path: &Path) -> Result<Option<String>, String> {
    let mut conn = sqlite_open(path)?;
    let Some(name) = SchemaStatus::of(sqlite_names(&conn).map_err(|error| sqlite_said(path, &error))?)?.applied.pop() else { return Ok(None) };
    let tx = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(|error| error.to_string())?;
    for statement in (migration(&name)?.down)(Dialect::Sqlite) {
        tx.execute_batch(&statement).map_err(|error| format!("{name}: {error}"))?;
    }
    tx.execute("DELETE FROM schema_migrations WHERE name = ?1", [&name]).map_err(|error| error.to_string())?;
    tx.commit().map_err(|error| error.to_string())?;
    Ok(Some(name))
}

async fn postgres_applied(conn: &mut sqlx::PgConnection) -> Result<Vec<String>, String> {
    let exists = conn.fetch_one("SELECT to_regclass('schema_migrations') IS NOT NULL AS there").await.map_err(|error| error.to_string())?;
    if !exists.try_get::<bool, _>("there").unwrap_or(false) {
        return Ok(Vec::new());
    }
    let rows = conn.fetch_all("SELECT name FROM schema_migrations ORDER BY position").await.map_err(|error| error.to_string())?;
    rows.iter().map(|row| row.try_get("name").map_err(|error| error.to_string())).collect()
}

async fn postgres_up(url: &str) -> Result<Vec<String>, String> {
    let mut conn = super::postgres::owner_connection(url).await?;
    let mut tx = conn.begin().await.map_err(|error| error.to_string())?;
    // Two migrators of an empty database would both make the table.
    tx.execute("SELECT pg_advisory_xact_lock(hashtext('causeway schema_migrations'))").await.map_err(|error| error.to_string())?;
    tx.execute(TABLE).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    let mut done = Vec::new();
    loop {
        let mut tx = conn.begin().await.map_err(|error| error.to_string())?;
        // The second migrator waits here and then finds nothing left to do.
        tx.execute("LOCK TABLE schema_migrations IN EXCLUSIVE MODE").await.map_err(|error| error.to_string())?;
        let status = SchemaStatus::of(postgres_applied(&mut tx).await?)?;
        let Some(name) = status.pending.first() else { break };
        let position = status.applied.len() + 1;
        for statement in (migration(name)?.up)(Dialect::Postgres) {
            tx.execute(sqlx::AssertSqlSafe(statement)).await.map_err(|error| format!("{name}: {error}"))?;
        }
        let insert = format!("INSERT INTO schema_migrations (name, position) VALUES ('{name}', {position})");
        tx.execute(sqlx::AssertSqlSafe(insert)).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        done.push(name.clone());
    }
    let mut tx = conn.begin().await.map_err(|error| error.to_string())?;
    // Rights, too, are set up by one migrator at a time.
    tx.execute("LOCK TABLE schema_migrations IN EXCLUSIVE MODE").await.map_err(|error| error.to_string())?;
    grant(&mut tx).await?;
    tx.commit().await.map_err(|error| error.to_string())?;
    Ok(done)
}

/// The role that the service works as: it owns nothing, so row security binds it, and it cannot rewrite history.
async fn grant(conn: &mut sqlx::PgConnection) -> Result<(), String> {
    let append_only = APPEND_ONLY.join(", ");
    let statements = [
        format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN NOBYPASSRLS; END IF; \
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        ),
        format!("DO $$ BEGIN GRANT {ROLE} TO CURRENT_USER; EXCEPTION WHEN OTHERS THEN NULL; END $$"),
        format!("GRANT USAGE ON SCHEMA public TO {ROLE}"),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}"),
        format!("REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM {ROLE}"),
        format!("REVOKE UPDATE, DELETE ON {append_only} FROM {ROLE}"),
        // What was refused goes after its days, and is never put otherwise.
        format!("REVOKE UPDATE ON security_log FROM {ROLE}"),
        // What a record says can be forgotten; its digest tells whether it was changed instead.
        format!("GRANT UPDATE (body) ON snapshots TO {ROLE}"),
        // What is booked stays; that it was taken back is a change of the entry, too.
        format!("GRANT UPDATE (updated_at) ON journal_entries TO {ROLE}"),
    ];
    for statement in statements {
        conn.execute(sqlx::AssertSqlSafe(statement)).await.map_err(|error| {
            format!("cannot set up the role {ROLE}: {error}. Where the owner may not create roles, let somebody who may run: CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <the owner>")
        })?;
    }
    Ok(())
}

async fn postgres_down(url: &str) -> Result<Option<String>, String> {
    let mut conn = super::postgres::owner_connection(url).await?;
    let mut tx = conn.begin().await.map_err(|error| error.to_string())?;
    let Some(name) = SchemaStatus::of(postgres_applied(&mut tx).await?)?.applied.pop() else { return Ok(None) };
    tx.execute("LOCK TABLE schema_migrations IN EXCLUSIVE MODE").await.map_err(|error| error.to_string())?;
    for statement in (migration(&name)?.down)(Dialect::Postgres) {
        tx.execute(sqlx::AssertSqlSafe(statement)).await.map_err(|error| format!("{name}: {error}"))?;
    }
    tx.execute(sqlx::AssertSqlSafe(format!("DELETE FROM schema_migrations WHERE name = '{name}'"))).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    Ok(Some(name))
}
