//! What taking the last migration back would remove, said before it is done.

use super::{SchemaStatus, Store, migration, postgres_applied, sqlite_applied};
use crate::db::postgres::{APPLICATION, ROLE, owner_connection};
use crate::db::sqlite;
use causeway_migration::Dialect;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};
use std::path::Path;

/// What would be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The migration.
    pub migration: String,
    /// Each table and column that goes, with how much is in it.
    pub goes: Vec<String>,
}

/// A table that goes, or a column of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    table: String,
    column: Option<String>,
}

impl Part {
    /// What a statement of a migration removes, if that is more than an index or a rule.
    fn of(statement: &str) -> Option<Self> {
        let words: Vec<&str> = statement.split_whitespace().collect();
        let name = |word: &str| word.trim_matches(['"', ';']).to_owned();
        match words.as_slice() {
            ["DROP", "TABLE", table] => Some(Self { table: name(table), column: None }),
            ["ALTER", "TABLE", table, "DROP", "COLUMN", column] => Some(Self { table: name(table), column: Some(name(column)) }),
            _ => None,
        }
    }

    fn count(&self) -> String {
        let filled = self.column.as_ref().map(|column| format!(" WHERE \"{column}\" IS NOT NULL")).unwrap_or_default();
        format!("SELECT COUNT(*) AS found FROM \"{}\"{filled}", self.table)
    }

    fn said(&self, counted: Result<i64, String>) -> String {
        let many = counted.map_or_else(|error| format!("rows that could not be counted: {error}"), |rows| format!("{rows} rows"));
        match &self.column {
            None => format!("the table {} ({many})", self.table),
            Some(column) => format!("the column {column} of {} (filled in {many})", self.table),
        }
    }
}

fn parts(name: &str, dialect: Dialect) -> Result<Vec<Part>, String> {
    Ok((migration(name)?.down)(dialect).iter().filter_map(|statement| Part::of(statement)).collect())
}

impl Store {
    /// What taking the last migration back would remove; nothing where none is applied.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn loss(&self) -> Result<Option<Loss>, String> {
        match self {
            Self::Sqlite(path) => sqlite_loss(path),
            Self::Postgres(url) => postgres_loss(&mut owner_connection(url).await?).await,
        }
    }

    /// How many other sessions work in the database as the service does; none in an embedded one, which has a lock.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn others_at_work(&self) -> Result<i64, String> {
        let Self::Postgres(url) = self else { return Ok(0) };
        let sql = format!(
            "SELECT COUNT(*) AS found FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
             AND (application_name = '{APPLICATION}' OR usename = '{ROLE}')"
        );
        let row = owner_connection(url).await?.fetch_one(AssertSqlSafe(sql)).await;
        row.and_then(|row| row.try_get("found")).map_err(|error| error.to_string())
    }
}

fn sqlite_loss(path: &Path) -> Result<Option<Loss>, String> {
    let Some(name) = SchemaStatus::of(sqlite_applied(path)?)?.applied.pop() else { return Ok(None) };
    let conn = sqlite::connect(path, true).map_err(|error| super::sqlite_said(path, &error))?;
    let count = |part: &Part| conn.query_row(&part.count(), [], |row| row.get(0)).map_err(|error| error.to_string());
    let goes = parts(&name, Dialect::Sqlite)?.iter().map(|part| part.said(count(part))).collect();
    Ok(Some(Loss { migration: name, goes }))
}

async fn postgres_loss(conn: &mut PgConnection) -> Result<Option<Loss>, String> {
    let Some(name) = SchemaStatus::of(postgres_applied(conn).await?)?.applied.pop() else { return Ok(None) };
    let mut goes = Vec::new();
    for part in parts(&name, Dialect::Postgres)? {
        goes.push(part.said(postgres_count(conn, &part).await.map_err(|error| error.to_string())));
    }
    Ok(Some(Loss { migration: name, goes }))
}

/// Row security hides every row from the owner, too, so it is lifted for the count and put back by the end of the transaction, which keeps nothing.
async fn postgres_count(conn: &mut PgConnection, part: &Part) -> Result<i64, sqlx::Error> {
    let mut tx = conn.begin().await?;
    tx.execute(AssertSqlSafe(format!("SET LOCAL lock_timeout = '2s'; ALTER TABLE \"{}\" NO FORCE ROW LEVEL SECURITY", part.table))).await?;
    let found = tx.fetch_one(AssertSqlSafe(part.count())).await?.try_get("found")?;
    tx.rollback().await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_is_read_from_the_statement() {
        let part = |table: &str, column: Option<&str>| Some(Part { table: table.to_owned(), column: column.map(str::to_owned) });
        assert_eq!(Part::of("DROP TABLE \"orders\""), part("orders", None));
        assert_eq!(Part::of("ALTER TABLE \"orders\" DROP COLUMN \"notes\""), part("orders", Some("notes")));
        assert_eq!(Part::of("DROP INDEX \"orders_by_day\""), None);
        assert_eq!(part("orders", Some("notes")).unwrap().said(Ok(3)), "the column notes of orders (filled in 3 rows)");
    }
}
