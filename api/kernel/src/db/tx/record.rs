//! What is recorded of an object besides its row: snapshot, event and audit entry, words to find it by, and external references.

use super::{Asked, Tx, Unjudged};
use crate::db::sequence::PendingEvent;
use crate::db::{Fault, Find};
use crate::ownership::without_ids;
use crate::{Ctx, crypto};
use causeway_contract::Problem;
use causeway_entity::kernel::{event_queue, events, external_refs, search_words, snapshots};
use causeway_value::{CompanyId, EventId, FlowId};
use sea_orm::sea_query::Value;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// Empties the records of an object.
pub(super) const FORGET: &str = "UPDATE snapshots SET body = NULL WHERE tenant_id = $1 AND object_id = $2";

/// Adds an external reference that the object does not carry yet.
const ADD_REF: &str = "INSERT INTO external_refs (tenant_id, object_type, system, ref_id, object_id) SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS \
    (SELECT 1 FROM external_refs WHERE tenant_id = $1 AND object_type = $2 AND system = $3 AND ref_id = $4 AND object_id = $5)";

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

impl Tx<'_> {
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

    /// Whether anything was recorded here of this object.
    #[must_use]
    pub fn has_recorded(&self, id: Uuid) -> bool {
        self.bodies.iter().any(|(known, ..)| *known == id)
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
        self.plain(FORGET, values);
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
