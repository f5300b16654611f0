//! How a statement goes to each database, and how its rows come back.

use crate::db::{Cell, Fault, Table};
use sea_orm::sea_query::{Value, Values};
use sea_orm::{DbErr, EntityTrait, FromQueryResult, Iterable, ModelTrait, ProxyRow, QueryResult};
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::future::Future;
use std::time::Duration;

pub(super) fn bind_sqlite(statement: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), Fault> {
    use rusqlite::types::Null;
    for (index, value) in values.iter().enumerate() {
        let place = index + 1;
        match value {
            Value::Bool(Some(value)) => statement.raw_bind_parameter(place, i64::from(*value))?,
            Value::BigInt(Some(value)) => statement.raw_bind_parameter(place, value)?,
            Value::Int(Some(value)) => statement.raw_bind_parameter(place, i64::from(*value))?,
            Value::String(Some(value)) => statement.raw_bind_parameter(place, value.as_str())?,
            Value::Bytes(Some(value)) => statement.raw_bind_parameter(place, value.as_slice())?,
            Value::Uuid(Some(value)) => statement.raw_bind_parameter(place, &value.as_bytes()[..])?,
            Value::Bool(None) | Value::BigInt(None) | Value::Int(None) | Value::String(None) | Value::Bytes(None) | Value::Uuid(None) => {
                statement.raw_bind_parameter(place, Null)?;
            }
            other => return Err(Fault::Other(format!("a value of kind {other:?} has no column kind"))),
        }
    }
    Ok(())
}

pub(super) fn query_sqlite(conn: &rusqlite::Connection, sql: &str, values: &[Value], cells: &[(&str, Cell)]) -> Result<Vec<QueryResult>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    bind_sqlite(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let mut columns = BTreeMap::new();
        for (index, (name, cell)) in cells.iter().enumerate() {
            columns.insert((*name).to_owned(), cell.value(row.get_ref(index)?));
        }
        found.push(QueryResult::from(ProxyRow::new(columns)));
    }
    Ok(found)
}

pub(super) fn broken(table: &str, error: &DbErr) -> Fault {
    Fault::Other(format!("a row of {table} cannot be read: {error}"))
}

thread_local! {
    /// A row of each table that this thread read, without its texts. A row is read by filling a copy of it: a model has no empty value to start from, and
    /// looking its columns up by name costs several times as much.
    static BLANK: RefCell<HashMap<TypeId, Box<dyn Any>>> = RefCell::new(HashMap::new());
}

pub(super) fn models_sqlite<E: EntityTrait>(conn: &rusqlite::Connection, sql: &str, values: &[Value], table: &Table) -> Result<Vec<E::Model>, Fault> {
    let mut statement = conn.prepare_cached(sql)?;
    bind_sqlite(&mut statement, values)?;
    let mut rows = statement.raw_query();
    let mut models: Vec<E::Model> = Vec::new();
    let mut blank: Option<E::Model> = None;
    while let Some(row) = rows.next()? {
        if blank.is_none() {
            blank = BLANK.with(|blanks| blanks.borrow().get(&TypeId::of::<E>()).and_then(|model| model.downcast_ref::<E::Model>()).cloned());
        }
        let mut model = match &blank {
            Some(blank) => blank.clone(),
            None => {
                let cells = table.columns.iter().enumerate();
                let cells = cells.map(|(index, (name, cell))| Ok(((*name).to_owned(), cell.value(row.get_ref(index)?))));
                let row = QueryResult::from(ProxyRow::new(cells.collect::<Result<_, Fault>>()?));
                let model = E::Model::from_query_result(&row, "").map_err(|error| broken(table.name, &error))?;
                BLANK.with(|blanks| blanks.borrow_mut().insert(TypeId::of::<E>(), Box::new(emptied::<E>(model.clone(), table))));
                models.push(model);
                continue;
            }
        };
        for (index, (column, (name, cell))) in E::Column::iter().zip(&table.columns).enumerate() {
            model.try_set(column, cell.value(row.get_ref(index)?)).map_err(|error| broken(&place(row, table, name), &error))?;
        }
        models.push(model);
    }
    Ok(models)
}

/// Which cell of which row, for saying that it cannot be read.
fn place(row: &rusqlite::Row<'_>, table: &Table, column: &str) -> String {
    let id = table.columns.iter().position(|(name, _)| *name == "id").and_then(|index| row.get_ref(index).ok()).map(|id| Cell::Uuid.value(id));
    let id = if let Some(Value::Uuid(Some(id))) = id { format!(" {id}") } else { String::new() };
    format!("{}{id}, column {column}", table.name)
}

/// The row with nothing in its texts that may be empty, so that copying it allocates next to nothing.
fn emptied<E: EntityTrait>(mut model: E::Model, table: &Table) -> E::Model {
    for (column, (_, cell)) in E::Column::iter().zip(&table.columns) {
        for nothing in [cell.null(), Value::String(Some(String::new())), Value::String(Some("{}".to_owned())), Value::String(Some("[]".to_owned()))] {
            // What takes none of these keeps what it has.
            if matches!(cell, Cell::Text | Cell::Bytes) && model.try_set(column, nothing).is_ok() {
                break;
            }
        }
    }
    model
}

/// What the database answers, if it does so in time: its own limit of statements ends nothing when the network has swallowed them.
pub(in crate::db) async fn answered<T>(patience: Option<Duration>, answer: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match patience {
        Some(patience) => tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| Err(Fault::silent())),
        None => answer.await,
    }
}

pub(super) async fn query_postgres(conn: &mut sqlx::PgConnection, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
    let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), sea_query_sqlx::SqlxValues(Values(values)));
    Ok(query.fetch_all(&mut *conn).await?.into_iter().map(QueryResult::from).collect())
}

pub(super) async fn execute_postgres(conn: &mut sqlx::PgConnection, sql: &str, values: Vec<Value>) -> Result<u64, Fault> {
    let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), sea_query_sqlx::SqlxValues(Values(values)));
    Ok(query.execute(&mut *conn).await?.rows_affected())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_that_falls_silent_is_given_up() {
        let silence = std::future::pending::<Result<(), Fault>>();
        let found = answered(Some(Duration::from_millis(20)), silence).await;
        assert!(matches!(found, Err(Fault::Unavailable(_))), "{found:?}");
        assert_eq!(answered(Some(Duration::from_secs(20)), async { Ok(1) }).await.ok(), Some(1));
        assert_eq!(answered(None, async { Ok(1) }).await.ok(), Some(1));
    }
}
