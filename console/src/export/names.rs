//! What ids are called that are in no row on the screen: asked for in batches while rows are written, and each once.

use super::Pager;
use crate::call::Call;
use crate::columns::{Kind, at, called};
use crate::model::Failure;
use crate::part::Part;
use crate::perform::perform;
use crate::resource::{self, Resource};
use crate::text::clean;
use causeway_openapi::client::Client;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Of more than so many ids of a kind the list is read, a batch at a time; fewer are asked for one by one.
const FEW: usize = 8;
/// What is read of the objects of a batch: all that one may be called by.
const CALLED: Part = Part { whole: 0, fields: &["id", "number", "name", "title", "code"] };

/// Names, and how far it is looked for more of them.
pub struct Names<'a> {
    client: &'a Client,
    /// What ids are called.
    pub known: BTreeMap<String, String>,
    /// The lists that are read, by their names.
    lists: BTreeMap<&'static str, Pager<'a>>,
    /// What has no name, or none that one may read.
    nameless: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Begins with the names that are known.
    pub const fn new(client: &'a Client, known: BTreeMap<String, String>) -> Self {
        Self { client, known, lists: BTreeMap::new(), nameless: BTreeSet::new() }
    }

    /// Learns what the ids in these rows are called.
    ///
    /// # Errors
    /// When the server is not reached.
    pub async fn learn(&mut self, resource: &Resource, rows: &[Value]) -> Result<(), Failure> {
        let columns = resource.columns.iter().filter(|column| column.kind == Kind::Ref);
        let ids: Vec<&str> = columns.flat_map(|column| rows.iter().filter_map(|row| at(row, column.field).as_str())).collect();
        let mut wanted: BTreeMap<&'static str, BTreeSet<&str>> = BTreeMap::new();
        for id in ids {
            if let Some(other) = resource::of_id(id).filter(|_| !self.known.contains_key(id) && !self.nameless.contains(id)) {
                wanted.entry(other.name).or_default().insert(id);
            }
        }
        for (name, mut ids) in wanted {
            let Some(other) = resource::named(name) else { continue };
            while ids.len() > FEW && self.batch(other).await? {
                ids.retain(|id| !self.known.contains_key(*id));
            }
            for id in ids {
                self.one(other, id).await?;
            }
        }
        Ok(())
    }

    /// Reads the next batch of a list; whether there was one.
    async fn batch(&mut self, other: &'static Resource) -> Result<bool, Failure> {
        let pager = self.lists.entry(other.name).or_insert_with(|| {
            let call = Call::of(&other.list, &[]).with("limit", "200");
            Pager { part: Some(CALLED), ..Pager::new(self.client, call) }
        });
        match pager.next().await {
            Ok(Some(rows)) => {
                self.known.extend(rows.iter().filter_map(|row| Some((row.get("id")?.as_str()?.to_owned(), clean(called(row)?).into_owned()))));
                Ok(true)
            }
            Ok(None) => Ok(false),
            Err(failure @ Failure::Offline(_)) => Err(failure),
            // What one may not list has no names here.
            Err(_) => {
                pager.over = true;
                Ok(false)
            }
        }
    }

    async fn one(&mut self, other: &Resource, id: &str) -> Result<(), Failure> {
        if self.known.contains_key(id) {
            return Ok(());
        }
        let name = match other.get {
            Some(get) => match perform(self.client, true, &Call::of(&get, &[id])).await {
                Ok(reply) => called(&reply.body).map(|name| clean(name).into_owned()),
                Err(failure @ Failure::Offline(_)) => return Err(failure),
                Err(_) => None,
            },
            None => None,
        };
        match name {
            Some(name) => _ = self.known.insert(id.to_owned(), name),
            None => _ = self.nameless.insert(id.to_owned()),
        }
        Ok(())
    }
}
