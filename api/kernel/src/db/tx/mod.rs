//! One transaction as a verb sees it: reads now, writes collected and applied together at the end.

mod adapter;
mod record;

pub use record::Change;

use super::after::After;
use super::carriers::{self, Asked};
use super::plan::tuple;
use super::sequence::PendingEvent;
use super::tally::{Tallies, TallyMark};
use super::{Cell, Fault, Find, Table};
use crate::Ctx;
use crate::ownership::Ownership;
pub(in crate::db) use adapter::answered;
use adapter::{bind_sqlite, broken, execute_postgres, models_sqlite, query_postgres, query_sqlite};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::kernel::number_series;
use causeway_value::{CompanyId, DocumentKind, Id, Kind, TenantId};
use record::FORGET;
use sea_orm::sea_query::Value;
use sea_orm::{ActiveModelTrait, ActiveValue, EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable, ModelTrait, QueryResult};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The tables that each change adds a row to and that nobody changes.
const LOG: [&str; 3] = ["events", "snapshots", "event_queue"];

pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut sqlx::PgConnection),
}

/// One write, in the order in which it was asked for.
enum Op {
    Insert {
        table: Rc<Table>,
        values: Vec<Value>,
    },
    /// A statement that must change at least one row, or the world changed since it was read.
    Guarded {
        sql: String,
        values: Vec<Value>,
        /// The object with a version that it changes, at the version that it had.
        subject: Option<(Uuid, i64)>,
    },
    Plain {
        sql: String,
        values: Vec<Value>,
    },
}

/// A recorded change that is yet to be held against the rules of ownership.
struct Unjudged {
    ownership: Ownership,
    object: &'static str,
    id: Uuid,
    version: i64,
    gone: bool,
}

/// A place in a transaction's writes to go back to.
pub struct Mark {
    ops: usize,
    events: usize,
    bodies: usize,
    unjudged: usize,
    tallies: TallyMark,
    series: BTreeMap<(CompanyId, DocumentKind, i64), (Option<number_series::Model>, number_series::Model)>,
}

/// A transaction.
pub struct Tx<'c> {
    conn: Conn<'c>,
    tenant: TenantId,
    companies: Option<Arc<[CompanyId]>>,
    expected: Option<(Uuid, i64)>,
    ops: Vec<Op>,
    events: Vec<PendingEvent>,
    bodies: Vec<(Uuid, i64, String)>,
    /// Objects as they stand at a version of which there is no record.
    unrecorded: Vec<(Uuid, i64, String)>,
    /// Recorded changes of objects of which something belongs to another system.
    unjudged: Vec<Unjudged>,
    /// Counter rows in use: as read, and as they will be written.
    pub(crate) series: BTreeMap<(CompanyId, DocumentKind, i64), (Option<number_series::Model>, number_series::Model)>,
    /// Changes of sums that follow the rows written here.
    pub(crate) tallies: Tallies,
    fault: Option<Fault>,
    /// How long a database that is reached over a network may take for a statement; none when it may take as long as it needs.
    patience: Option<Duration>,
    /// The external references that are written here, for saying who has one that is taken.
    refs: Vec<Asked>,
    /// The digest of what is created, which new external references keep.
    made_from: Option<[u8; 32]>,
    /// What others hear of after the commit.
    after: After,
    /// For whom it counts what it asks of the database.
    operation: &'static str,
    /// Statements sent so far; tests hold each operation to a budget.
    statements: u32,
    /// Rows inserted, changed or removed so far.
    rows_written: u64,
}

impl Drop for Tx<'_> {
    fn drop(&mut self) {
        crate::telemetry::count_work(self.operation, u64::from(self.statements), self.rows_written);
    }
}

impl<'c> Tx<'c> {
    pub(crate) fn new(conn: Conn<'c>, ctx: &Ctx) -> Self {
        Self {
            conn,
            tenant: ctx.tenant,
            companies: ctx.companies.clone(),
            expected: ctx.expected,
            ops: Vec::new(),
            events: Vec::new(),
            bodies: Vec::new(),
            unrecorded: Vec::new(),
            unjudged: Vec::new(),
            series: BTreeMap::new(),
            tallies: Tallies::default(),
            fault: None,
            patience: None,
            refs: Vec::new(),
            made_from: ctx.made_from.map(|digest| digest.meaning),
            after: After::default(),
            operation: ctx.operation,
            statements: 0,
            rows_written: 0,
        }
    }

    /// Gives up on a statement that takes longer than this.
    pub(crate) const fn waiting(mut self, patience: Option<Duration>) -> Self {
        self.patience = patience;
        self
    }

    /// The tenant whose rows it sees.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The companies that the caller may see; none means all.
    #[must_use]
    pub fn companies(&self) -> Option<Arc<[CompanyId]>> {
        self.companies.clone()
    }

    /// How many statements were sent.
    #[must_use]
    pub const fn statements(&self) -> u32 {
        self.statements
    }

    /// Whether rows can be locked; the single writer of SQLite needs no lock.
    #[must_use]
    pub const fn locks(&self) -> bool {
        matches!(self.conn, Conn::Postgres(_))
    }

    pub(crate) fn take_fault(&mut self) -> Option<Fault> {
        self.fault.take()
    }

    /// Says that what is written here gives or takes a right: after the commit everybody reads rights again.
    pub const fn rights_changed(&mut self) {
        self.after.rights = true;
    }

    /// Says that a job was queued here: after the commit a worker looks at once.
    pub(crate) const fn job_queued(&mut self) {
        self.after.jobs = true;
    }

    pub(crate) const fn after(&self) -> After {
        self.after
    }

    pub(crate) fn take_events(&mut self) -> Vec<PendingEvent> {
        std::mem::take(&mut self.events)
    }

    fn failed(&mut self, fault: Fault) -> Problem {
        let problem = carriers::asked(fault.problem(), &self.refs);
        self.fault = Some(fault);
        problem
    }

    /// Goes on as another tenant: for the platform's verbs, which create what stands in a tenant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn enter(&mut self, tenant: TenantId) -> Result<(), Problem> {
        self.tenant = tenant;
        self.companies = None;
        if self.locks() {
            let sql = "SELECT set_config('app.tenant_id', $1, true) AS done";
            self.query(sql, vec![tenant.uuid().to_string().into()], &[("done", Cell::Text)]).await?;
        }
        Ok(())
    }

    // ---- reading ----

    /// Rows of any statement. `cells` names the columns that it answers, with their kinds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query(&mut self, sql: &str, values: Vec<Value>, cells: &[(&str, Cell)]) -> Result<Vec<QueryResult>, Problem> {
        self.statements += 1;
        let result = match &mut self.conn {
            Conn::Sqlite(conn) => query_sqlite(conn, sql, &values, cells),
            Conn::Postgres(conn) => answered(self.patience, query_postgres(conn, sql, values)).await,
        };
        result.map_err(|fault| self.failed(fault))
    }

    /// Rows of a table as models.
    ///
    /// # Errors
    /// When the database fails, or holds what the model cannot.
    pub(crate) async fn models<E: EntityTrait>(&mut self, sql: &str, values: Vec<Value>, table: &Table) -> Result<Vec<E::Model>, Problem> {
        if let Conn::Sqlite(conn) = &self.conn {
            self.statements += 1;
            let found = models_sqlite::<E>(conn, sql, &values, table);
            return found.map_err(|fault| self.failed(fault));
        }
        let rows = self.query(sql, values, &table.columns).await?;
        let models = rows.iter().map(|row| E::Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>();
        models.map_err(|error| self.failed(broken(table.name, &error)))
    }

    /// The row of this id, if the tenant has one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get<E: EntityTrait>(&mut self, id: impl Into<Value>) -> Result<Option<E::Model>, Problem> {
        Find::<E>::new().compare_named("id", "=", id.into()).one(self).await
    }

    /// The row of this id, locked until the end.
    ///
    /// # Errors
    /// `not_found`, or when the database fails.
    pub async fn lock<E: EntityTrait>(&mut self, id: impl Into<Value>) -> Result<E::Model, Problem> {
        Find::<E>::new().compare_named("id", "=", id.into()).lock().one(self).await?.ok_or_else(Problem::not_found)
    }

    /// The row of this id.
    ///
    /// # Errors
    /// `not_found`, or when the database fails.
    pub async fn must<E: EntityTrait>(&mut self, id: impl Into<Value>) -> Result<E::Model, Problem> {
        self.get::<E>(id).await?.ok_or_else(Problem::not_found)
    }

    /// The row that a field of the body names. When there is none the error is added and the answer is `None`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn named<E: EntityTrait, K: Kind>(
        &mut self,
        id: Option<Id<K>>,
        pointer: &str,
        errors: &mut Vec<FieldError>,
    ) -> Result<Option<E::Model>, Problem> {
        let Some(id) = id else { return Ok(None) };
        let row = self.get::<E>(id).await?;
        if row.is_none() {
            errors.push(FieldError::pointer(Code::NotFound, pointer, format!("names no {} of this tenant", K::NAME.replace('_', " "))));
        }
        Ok(row)
    }

    /// `If-Match`: the row that the path names must still have the version the caller saw.
    pub(crate) fn check_expected<M: ModelTrait>(&self, model: &M, table: &Table) -> Result<(), Problem> {
        let Some((id, version)) = self.expected else { return Ok(()) };
        if !table.version {
            return Ok(());
        }
        let mut found = None;
        let mut is_subject = false;
        for column in <M::Entity as EntityTrait>::Column::iter() {
            match (column.as_str(), model.get(column)) {
                ("id", Value::Uuid(Some(uuid))) => is_subject = uuid == id,
                ("version", Value::BigInt(value)) => found = value,
                _ => {}
            }
        }
        match found {
            Some(current) if is_subject && current != version => Err(Problem::new(
                Code::VersionConflict,
                format!("The object is at version {current}, not {version}. Read it again, apply your change to that, and send its ETag."),
            )),
            _ => Ok(()),
        }
    }

    // ---- writing ----

    /// Says what the next object is created from, so that its external references keep it.
    pub(crate) const fn made_from(&mut self, digest: Option<[u8; 32]>) {
        self.made_from = digest;
    }

    /// Where the writes stand now, for a part of them that may fail without failing the others.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark {
            ops: self.ops.len(),
            events: self.events.len(),
            bodies: self.bodies.len(),
            unjudged: self.unjudged.len(),
            tallies: self.tallies.mark(),
            series: self.series.clone(),
        }
    }

    /// Drops what was written since, numbers included. Rows that were locked since stay locked.
    pub fn undo_to(&mut self, mark: Mark) {
        self.ops.truncate(mark.ops);
        self.events.truncate(mark.events);
        self.bodies.truncate(mark.bodies);
        self.unjudged.truncate(mark.unjudged);
        self.tallies.undo_to(mark.tallies);
        // A counter that was read since is read already: what it holds is what is stored.
        for (key, (old, current)) in &mut self.series {
            if let Some((_, before)) = mark.series.get(key) {
                *current = before.clone();
            } else if let Some(old) = old {
                *current = old.clone();
            }
        }
        self.series.retain(|key, (old, _)| old.is_some() || mark.series.contains_key(key));
    }

    /// Adds a row.
    pub fn insert<M>(&mut self, model: M)
    where
        M: ModelTrait + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel> + 'static,
    {
        let table = Table::of::<M::Entity>();
        self.tallies.moved(table.name, None, Some(&model));
        let active = model.into_active_model();
        let values = <M::Entity as EntityTrait>::Column::iter().map(|column| value_of(active.get(column))).collect();
        self.ops.push(Op::Insert { table, values });
    }

    /// Changes the columns in which `new` differs from `old`. A row with a version must still have the old one.
    pub fn update<M>(&mut self, old: &M, new: &M)
    where
        M: ModelTrait + 'static,
    {
        let table = Table::of::<M::Entity>();
        self.tallies.moved(table.name, Some(old), Some(new));
        let mut values = Vec::new();
        let mut set = String::new();
        let mut conditions = String::new();
        let mut keys = Vec::new();
        let (mut id, mut version) = (None, None);
        for column in <M::Entity as EntityTrait>::Column::iter() {
            let name = column.as_str();
            let before = old.get(column);
            if table.key.contains(&name) || (table.version && name == "version") {
                match (name, &before) {
                    ("id", Value::Uuid(Some(uuid))) => id = Some(*uuid),
                    ("version", Value::BigInt(number)) => version = *number,
                    _ => {}
                }
                keys.push((name, before.clone()));
            }
            let after = new.get(column);
            if after != before {
                values.push(after);
                let comma = if set.is_empty() { "" } else { ", " };
                let _ = write!(set, "{comma}{name} = ${}", values.len());
            }
        }
        if set.is_empty() {
            return;
        }
        for (name, value) in keys {
            values.push(value);
            let and = if conditions.is_empty() { "" } else { " AND " };
            let _ = write!(conditions, "{and}{name} = ${}", values.len());
        }
        self.ops.push(Op::Guarded { sql: format!("UPDATE {} SET {set} WHERE {conditions}", table.name), values, subject: id.zip(version) });
    }

    /// Removes a row.
    pub fn delete<M: ModelTrait + 'static>(&mut self, model: &M) {
        let table = Table::of::<M::Entity>();
        self.tallies.moved(table.name, Some(model), None);
        let mut values = Vec::new();
        let mut conditions = String::new();
        for column in <M::Entity as EntityTrait>::Column::iter().filter(|column| table.key.contains(&column.as_str())) {
            values.push(model.get(column));
            let and = if conditions.is_empty() { "" } else { " AND " };
            let _ = write!(conditions, "{and}{} = ${}", column.as_str(), values.len());
        }
        self.ops.push(Op::Guarded { sql: format!("DELETE FROM {} WHERE {conditions}", table.name), values, subject: None });
    }

    /// A conditional statement that must change at least one row; otherwise the verb runs again or answers `contention`.
    pub fn guarded(&mut self, sql: impl Into<String>, values: Vec<Value>) {
        self.ops.push(Op::Guarded { sql: sql.into(), values, subject: None });
    }

    /// A statement that may change any number of rows.
    pub fn plain(&mut self, sql: impl Into<String>, values: Vec<Value>) {
        self.ops.push(Op::Plain { sql: sql.into(), values });
    }

    /// Applies everything that was collected.
    pub(crate) async fn apply(&mut self) -> Result<(), Problem> {
        if self.tallies.overflow() {
            return Err(causeway_value::Overflow.into());
        }
        for (sql, values) in self.tallies.statements(self.tenant.into()) {
            self.plain(sql, values);
        }
        self.write_series();
        let ops = std::mem::take(&mut self.ops);
        let ops = if self.locks() { log_last(ops) } else { ops };
        let mut ops = ops.into_iter().peekable();
        let mut changed = Vec::new();
        while let Some(op) = ops.next() {
            let result = match op {
                Op::Insert { table, mut values } => {
                    let mut rows = 1;
                    // One statement for neighbours of one table saves round trips where they cost.
                    while self.locks()
                        && let Some(Op::Insert { values: more, .. }) =
                            ops.next_if(|next| matches!(next, Op::Insert { table: other, .. } if Rc::ptr_eq(other, &table) && rows < 200))
                    {
                        values.extend(more);
                        rows += 1;
                    }
                    self.execute(&insert_sql(&table, rows), values).await
                }
                Op::Guarded { sql, values, subject } => match self.execute(&sql, values).await {
                    Ok(0) => Err(match subject.filter(|subject| changed.contains(subject)) {
                        // Nobody else was faster, and nothing is gained by trying again.
                        Some((id, version)) => Fault::Twice(format!("{id} at version {version}: {sql}")),
                        None => Fault::Conflict,
                    }),
                    other => {
                        changed.extend(subject);
                        other
                    }
                },
                Op::Plain { sql, values } => self.execute(&sql, values).await,
            };
            result.map_err(|fault| self.failed(fault))?;
        }
        Ok(())
    }

    /// Whether anything is to be applied.
    pub(crate) fn is_clean(&self) -> bool {
        self.ops.is_empty() && self.series.is_empty()
    }

    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, Fault> {
        self.statements += 1;
        let rows = match &mut self.conn {
            Conn::Sqlite(conn) => {
                let mut statement = conn.prepare_cached(sql)?;
                bind_sqlite(&mut statement, &values)?;
                u64::try_from(statement.raw_execute()?).unwrap_or_default()
            }
            Conn::Postgres(conn) => answered(self.patience, execute_postgres(conn, sql, values)).await?,
        };
        self.rows_written += rows;
        Ok(rows)
    }

    /// Executes at once instead of at the end: for rows that must exist to be locked, on PostgreSQL.
    pub async fn execute_now(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, Problem> {
        let result = self.execute(sql, values).await;
        result.map_err(|fault| self.failed(fault))
    }
}

/// The same writes with the rows of the log behind the others, table by table, so that each table of it takes one statement. No other write looks at them.
fn log_last(mut ops: Vec<Op>) -> Vec<Op> {
    let place = |op: &Op| match op {
        Op::Insert { table, .. } => LOG.iter().position(|name| *name == table.name).map_or(0, |place| place + 1),
        _ => 0,
    };
    // Emptying the records of an object up to now must not meet those that come after it.
    if !ops.iter().any(|op| matches!(op, Op::Plain { sql, .. } if sql == FORGET)) {
        ops.sort_by_key(place);
    }
    ops
}

fn insert_sql(table: &Table, rows: usize) -> String {
    if rows == 1 {
        return table.insert_one.clone();
    }
    let width = table.columns.len();
    let tuples: Vec<String> = (0..rows).map(|row| tuple(row * width + 1, width)).collect();
    format!("{}{}", table.insert, tuples.join(", "))
}

fn value_of(value: ActiveValue<Value>) -> Value {
    match value {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => value,
        ActiveValue::NotSet => Value::String(None),
    }
}
