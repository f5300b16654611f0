//! One transaction as a verb sees it: reads now, writes collected and applied together at the end.

use super::after::After;
use super::carriers::{self, Asked};
use super::plan::tuple;
use super::sequence::PendingEvent;
use super::tally::{Tallies, TallyMark};
use super::{Cell, Fault, Find, Table};
use crate::Ctx;
use crate::crypto;
use crate::ownership::{Ownership, without_ids};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::kernel::{event_queue, events, external_refs, number_series, search_words, snapshots};
use causeway_value::{CompanyId, DocumentKind, EventId, FlowId, Id, Kind, TenantId};
use sea_orm::sea_query::{Value, Values};
use sea_orm::{ActiveModelTrait, ActiveValue, DbErr, EntityTrait, FromQueryResult, IdenStatic, IntoActiveModel, Iterable, ModelTrait, ProxyRow, QueryResult};
use serde::Serialize;
use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

pub(crate) enum Conn<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut sqlx::PgConnection),
}

/// Adds an external reference that the object does not carry yet.
const ADD_REF: &str = "INSERT INTO external_refs (tenant_id, object_type, system, ref_id, object_id) SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS \
    (SELECT 1 FROM external_refs WHERE tenant_id = $1 AND object_type = $2 AND system = $3 AND ref_id = $4 AND object_id = $5)";

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

/// What a verb did to one object: becomes its snapshot, event and audit entry (INT-10, SEC-12, OBS-07).
pub struct Change<'a, T> {
    /// `invoice.posted`: type and past participle.
    pub event: &'static str,
    /// The kind of object, as on the wire.
    pub object: &'static str,
    /// The object.
    pub id: Uuid,
    /// Its version after the change.
    pub version: i64,
    /// The company, when it belongs to one.
    pub company_id: Option<CompanyId>,
    /// The deal, when it belongs to one.
    pub flow_id: Option<FlowId>,
    /// The object as the API shows it now.
    pub body: &'a T,
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
            made_from: ctx.made_from,
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

    /// Says how an object stands at a version of which there may be no record, because it came with something else: what changes it now is held against that.
    ///
    /// # Errors
    /// When the object cannot be written as JSON: a bug.
    pub fn stands<T: Serialize>(&mut self, id: Uuid, version: i64, body: &T) -> Result<(), Problem> {
        let body = serde_json::to_string(body).map_err(|error| self.failed(Fault::Other(error.to_string())))?;
        self.unrecorded.push((id, version, body));
        Ok(())
    }

    /// Records what happened to an object: its snapshot, its event and its audit entry.
    ///
    /// # Errors
    /// When the object cannot be written as JSON: a bug.
    pub fn record<T: Serialize>(&mut self, ctx: &Ctx, change: &Change<'_, T>) -> Result<(), Problem> {
        debug_assert!(crate::news::is_known(change.event), "{} is not among the types of events that are published", change.event);
        let body = serde_json::to_string(change.body).map_err(|error| self.failed(Fault::Other(error.to_string())))?;
        tracing::debug!(
            request_id = ctx.request_id,
            flow_id = change.flow_id.map(|flow| flow.to_string()),
            event = change.event,
            version = change.version,
            "recorded"
        );
        let salt = crypto::random::<16>();
        let digest = crypto::sha256(&[&salt, body.as_bytes()]);
        let id = EventId::new();
        let row = events::Model {
            tenant_id: self.tenant,
            id,
            event_type: change.event.to_owned(),
            operation: ctx.operation.to_owned(),
            occurred_at: ctx.now(),
            recorded_at: ctx.wall(),
            company_id: change.company_id,
            subject_type: change.object.to_owned(),
            subject_id: change.id,
            subject_version: change.version,
            flow_id: change.flow_id,
            request_id: ctx.request_id.clone(),
            actor_kind: ctx.actor.kind,
            actor_id: ctx.actor.id,
            digest: digest.to_vec(),
            salt: salt.to_vec(),
        };
        if self.locks() {
            self.insert(event_queue::Model { tenant_id: self.tenant, event_id: id });
        }
        self.events.push(PendingEvent::of(&row, change.event));
        self.insert(row);
        self.insert(snapshots::Model {
            tenant_id: self.tenant,
            object_id: change.id,
            version: change.version,
            object_type: change.object.to_owned(),
            body: Some(body.clone()),
            created_at: ctx.now(),
        });
        self.bodies.push((change.id, change.version, body));
        if ctx.ownership.concerns(change.object) {
            let gone = change.event.ends_with(".deleted");
            self.unjudged.push(Unjudged { ownership: ctx.ownership.clone(), object: change.object, id: change.id, version: change.version, gone });
        }
        Ok(())
    }

    /// Refuses what was recorded since this was last asked, where it changes what belongs to another system (MDM-08). The door asks at the end of every verb;
    /// whoever lets parts of a verb fail by themselves asks after each part. Callers to whom no rule matters pay nothing.
    ///
    /// # Errors
    /// `state_conflict` that names each field and its owner; when the database fails.
    pub async fn refuse_foreign(&mut self) -> Result<(), Problem> {
        for change in std::mem::take(&mut self.unjudged) {
            let place = (change.id, change.version);
            let (before, after) = (self.recorded(place.0, place.1 - 1), self.recorded(place.0, place.1));
            let before = match before {
                None if change.version > 1 => self.before(change.id, change.version - 1).await?,
                before => before,
            };
            let read = |body: Option<String>| body.and_then(|body| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&body).ok());
            let (before, after) = (read(before), read(after).unwrap_or_default());
            // What was erased cannot be compared: whoever may change it may.
            if before.is_some() || change.version == 1 {
                change.ownership.judge(change.object, before.as_ref(), &after, change.gone)?;
            }
        }
        Ok(())
    }

    /// The snapshot of an object at this version, with its version, if all that was recorded here is that it says the same again and `answer` is what was
    /// recorded: its version and the instant of its change say nothing, and parts that are given again without their ids are the same parts.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn unchanged(&mut self, answer: &str) -> Result<Option<(String, i64)>, Problem> {
        let [(id, version, recorded)] = self.bodies.as_slice() else { return Ok(None) };
        let (id, version) = (*id, *version - 1);
        if version < 1 || recorded != answer {
            return Ok(None);
        }
        let Some(before) = self.before(id, version).await? else { return Ok(None) };
        Ok(says_the_same(&before, answer).then_some((before, version)))
    }

    /// The body of a record, unless it was forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn snapshot(&mut self, id: Uuid, version: i64) -> Result<Option<String>, Problem> {
        let stored = Find::<snapshots::Entity>::new().eq(snapshots::Column::ObjectId, id).eq(snapshots::Column::Version, version);
        Ok(stored.one(self).await?.and_then(|row| row.body))
    }

    /// The object at this version: its record, or how it stood without one.
    async fn before(&mut self, id: Uuid, version: i64) -> Result<Option<String>, Problem> {
        if let Some(body) = self.snapshot(id, version).await? {
            return Ok(Some(body));
        }
        Ok(self.unrecorded.iter().find(|(known, at, _)| (*known, *at) == (id, version)).map(|(_, _, body)| body.clone()))
    }

    /// The object as it was recorded here at this version.
    fn recorded(&self, id: Uuid, version: i64) -> Option<String> {
        self.bodies.iter().rev().find(|(known, at, _)| (*known, *at) == (id, version)).map(|(_, _, body)| body.clone())
    }

    /// Empties the records of an object up to now, so that a person can be forgotten (SEC-08). Their digests stay in the chain.
    pub fn forget_snapshots(&mut self, id: Uuid) {
        let values = vec![self.tenant.into(), Value::Uuid(Some(id))];
        self.plain("UPDATE snapshots SET body = NULL WHERE tenant_id = $1 AND object_id = $2", values);
    }

    /// The recorded object whose JSON is exactly `body`: an answer that equals a snapshot is not stored twice.
    #[must_use]
    pub fn snapshot_of(&self, body: &str) -> Option<(Uuid, i64)> {
        self.bodies.iter().find(|(_, _, recorded)| recorded == body).map(|(id, version, _)| (*id, *version))
    }

    /// Makes the object findable by the words of `texts` (`q=`). `fresh` objects have no old words to drop.
    pub fn index_words(&mut self, object: &'static str, id: Uuid, texts: &[Option<&str>], fresh: bool) {
        if !fresh {
            let values = vec![self.tenant.into(), Value::from(object.to_owned()), Value::Uuid(Some(id))];
            self.plain("DELETE FROM search_words WHERE tenant_id = $1 AND object_type = $2 AND object_id = $3", values);
        }
        for word in crate::search::words(texts.iter().flatten().copied()) {
            self.insert(search_words::Model { tenant_id: self.tenant, object_type: object.to_owned(), word, object_id: id });
        }
    }

    /// Replaces the external references of an object (MDM-10). A reference that another object carries fails the whole write.
    pub fn set_external_refs(&mut self, object: &'static str, id: Uuid, refs: &[(String, String)], fresh: bool) {
        if !fresh {
            self.keep_external_refs(object, id, refs);
        }
        for (system, ref_id) in refs {
            self.refs.push(Asked { object: object.to_owned(), id, system: system.clone(), ref_id: ref_id.clone() });
            if !fresh {
                let text = |text: &str| Value::from(text.to_owned());
                let values = vec![self.tenant.into(), text(object), text(system), text(ref_id), Value::Uuid(Some(id))];
                self.plain(ADD_REF, values);
                continue;
            }
            self.insert(external_refs::Model {
                tenant_id: self.tenant,
                object_type: object.to_owned(),
                system: system.clone(),
                ref_id: ref_id.clone(),
                object_id: id,
                made_from: self.made_from.map(|digest| digest.to_vec()),
            });
        }
    }

    /// Drops the external references of an object but these, which stay as they are.
    fn keep_external_refs(&mut self, object: &'static str, id: Uuid, refs: &[(String, String)]) {
        let mut values = vec![self.tenant.into(), Value::from(object.to_owned()), Value::Uuid(Some(id))];
        let mut sql = "DELETE FROM external_refs WHERE tenant_id = $1 AND object_type = $2 AND object_id = $3".to_owned();
        for (system, ref_id) in refs {
            values.extend([Value::from(system.clone()), Value::from(ref_id.clone())]);
            let _ = write!(sql, " AND NOT (system = ${} AND ref_id = ${})", values.len() - 1, values.len());
        }
        self.plain(sql, values);
    }

    /// The external references of these objects, by system and id: in the same order on every database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn external_refs(&mut self, ids: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<(String, String)>>, Problem> {
        let mut refs: BTreeMap<Uuid, Vec<(String, String)>> = BTreeMap::new();
        if !ids.is_empty() {
            let rows = Find::<external_refs::Entity>::new().among(external_refs::Column::ObjectId, ids.iter().copied()).all(self).await?;
            for row in rows {
                refs.entry(row.object_id).or_default().push((row.system, row.ref_id));
            }
            refs.values_mut().for_each(|own| own.sort_unstable());
        }
        Ok(refs)
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
                    // Nobody else was faster, and nothing is gained by trying again.
                    Ok(0) if subject.is_some_and(|subject| changed.contains(&subject)) => Err(Fault::Twice(sql)),
                    Ok(0) => Err(Fault::Conflict),
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

/// Whether two records of an object differ in nothing but when it changed.
fn says_the_same(before: &str, after: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).ok();
    let (Some(before), Some(after)) = (read(before), read(after)) else { return false };
    let said = |object: &serde_json::Map<String, serde_json::Value>| {
        let said = object.iter().filter(|(name, _)| !matches!(name.as_str(), "version" | "updated_at"));
        said.map(|(name, value)| (name.clone(), without_ids(value))).collect::<BTreeMap<_, _>>()
    };
    said(&before) == said(&after)
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

pub(crate) fn bind_sqlite(statement: &mut rusqlite::Statement<'_>, values: &[Value]) -> Result<(), Fault> {
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

fn query_sqlite(conn: &rusqlite::Connection, sql: &str, values: &[Value], cells: &[(&str, Cell)]) -> Result<Vec<QueryResult>, Fault> {
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

fn broken(table: &str, error: &DbErr) -> Fault {
    Fault::Other(format!("a row of {table} cannot be read: {error}"))
}

thread_local! {
    /// A row of each table that this thread read, without its texts. A row is read by filling a copy of it: a model has no empty value to start from, and
    /// looking its columns up by name costs several times as much.
    static BLANK: RefCell<HashMap<TypeId, Box<dyn Any>>> = RefCell::new(HashMap::new());
}

fn models_sqlite<E: EntityTrait>(conn: &rusqlite::Connection, sql: &str, values: &[Value], table: &Table) -> Result<Vec<E::Model>, Fault> {
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
async fn answered<T>(patience: Option<Duration>, answer: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    match patience {
        Some(patience) => tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| Err(Fault::silent())),
        None => answer.await,
    }
}

async fn query_postgres(conn: &mut sqlx::PgConnection, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, Fault> {
    let query = sqlx::query_with(sqlx::AssertSqlSafe(sql.to_owned()), sea_query_sqlx::SqlxValues(Values(values)));
    Ok(query.fetch_all(&mut *conn).await?.into_iter().map(QueryResult::from).collect())
}

async fn execute_postgres(conn: &mut sqlx::PgConnection, sql: &str, values: Vec<Value>) -> Result<u64, Fault> {
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
