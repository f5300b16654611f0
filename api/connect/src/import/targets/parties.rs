//! Parties, each with a billing and a shipping address where its row has them. One whose reference, or without one whose name, is known is changed.

use super::{Outcome, PARTY, PARTY_CHANGE, Prepared, REF, Said, addresses, attempt, known, prepare, refs, tried};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Patch, Problem, Shape};
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Find, Tx};
use causeway_master::party::store::name_key;
use causeway_master::party::{service, store, view};
use causeway_openapi::party::{AddressInput, CreateParty, Party, UpdateParty};
use causeway_value::{PartyId, Zone};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let mut rows = prepare(import, names, rows);
    let standing = Standing::load(tx, import, names, &mut rows).await?;
    let mut said = Said::default();
    let mut outcomes = Vec::with_capacity(rows.len());
    for prepared in rows {
        let row = prepared.row.clone();
        let (Prepared { row: cells, reference, refs: references, mut errors, .. }, addresses) = with_addresses(prepared);
        let addresses = addresses.unwrap_or_else(|wrong| {
            errors.extend(wrong);
            Vec::new()
        });
        let old = standing.of(&cells, reference.as_deref()).unwrap_or_else(|wrong| {
            errors.push(wrong);
            None
        });
        if !errors.is_empty() {
            outcomes.push(Outcome::Failed(errors));
            continue;
        }
        // Two that have ids of their own may have one name.
        let object = match (old, &reference) {
            (Some(old), _) => old.row.id.to_string(),
            (None, Some(reference)) => format!("{REF} {reference}"),
            (None, None) => name_key(cells.fields.get("name").map(String::as_str).unwrap_or_default()),
        };
        if let Some(outcome) = said.again(&object, "name", &row) {
            outcomes.push(outcome);
            continue;
        }
        let outcome = match old {
            Some(old) => changed(ctx, tx, old, cells, reference.is_some(), addresses).await?,
            None => created(ctx, tx, cells, refs(&references), addresses).await?,
        };
        said.note(object, row, &outcome);
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// A party that is there, with what stands with it.
struct Known {
    row: parties::Model,
    children: store::Children,
}

/// The parties that rows are about: by their references; without one by their names (MDM-07).
struct Standing {
    by_reference: BTreeMap<String, PartyId>,
    by_name: BTreeMap<String, Vec<PartyId>>,
    known: BTreeMap<PartyId, Known>,
}

impl Standing {
    async fn load(tx: &mut Tx<'_>, import: &Import, names: &Names, rows: &mut [Prepared]) -> Result<Self, Problem> {
        let by_reference: BTreeMap<String, PartyId> =
            known(tx, import, names, "party", rows).await?.into_iter().map(|(reference, id)| (reference, PartyId::from_uuid(id))).collect();
        let called = rows.iter().filter(|row| row.reference.is_none()).filter_map(|row| row.row.fields.get("name").cloned()).collect();
        let mut all = store::of_names(tx, &called).await?;
        let mut by_name: BTreeMap<String, Vec<PartyId>> = BTreeMap::new();
        all.iter().for_each(|party| by_name.entry(name_key(&party.name)).or_default().push(party.id));
        if !by_reference.is_empty() {
            all.extend(Find::<parties::Entity>::new().among(parties::Column::Id, by_reference.values().map(|id| id.uuid())).all(tx).await?);
        }
        let ids: Vec<PartyId> = all.iter().map(|party| party.id).collect::<BTreeSet<_>>().into_iter().collect();
        let mut children = store::children(tx, &ids).await?;
        let mut known = BTreeMap::new();
        for row in all {
            known.entry(row.id).or_insert_with(|| Known { children: children.remove(&row.id).unwrap_or_default(), row });
        }
        Ok(Self { by_reference, by_name, known })
    }

    /// The party that a row is about, if it is there. Of several of one name it is the one whose name is written so.
    fn of(&self, row: &Row, reference: Option<&str>) -> Result<Option<&Known>, CellError> {
        if let Some(reference) = reference {
            return Ok(self.by_reference.get(reference).and_then(|id| self.known.get(id)));
        }
        let Some(name) = row.fields.get("name") else { return Ok(None) };
        let alike: Vec<&Known> = self.by_name.get(&name_key(name)).into_iter().flatten().filter_map(|id| self.known.get(id)).collect();
        let exactly: Vec<&Known> = alike.iter().copied().filter(|known| known.row.name == *name).collect();
        match (alike.as_slice(), exactly.as_slice()) {
            ([], _) => Ok(None),
            ([only], _) | (_, [only]) => Ok(Some(*only)),
            _ => Err(CellError::field(
                Code::AlreadyExists,
                "name",
                "is the name of more than one party; say which by its id in the column external_ref, or merge them",
            )),
        }
    }
}

async fn created(ctx: &Ctx, tx: &mut Tx<'_>, mut row: Row, refs: Map<String, Value>, addresses: Vec<AddressInput>) -> Result<Outcome, Problem> {
    row.fields.entry("kind".to_owned()).or_insert_with(|| "organization".to_owned());
    row.fields.entry("roles".to_owned()).or_insert_with(|| "customer".to_owned());
    match body::<CreateParty>(&row, &PARTY, Zone::UTC, refs) {
        Err(errors) => Ok(Outcome::Failed(errors)),
        Ok(body) => {
            let body = CreateParty { addresses, ..body };
            attempt(tx, Outcome::Created, async |tx| service::create(ctx, tx, &body).await.map(|_| ())).await
        }
    }
}

async fn changed(ctx: &Ctx, tx: &mut Tx<'_>, old: &Known, mut row: Row, has_reference: bool, addresses: Vec<AddressInput>) -> Result<Outcome, Problem> {
    if !has_reference {
        // It was found by its name, which is written as it is.
        row.fields.remove("name");
    }
    let change = match change::<UpdateParty>(&row, &PARTY_CHANGE) {
        Err(outcome) => return Ok(outcome),
        Ok(change) => change,
    };
    let addresses = addresses::changed(&old.children.addresses, addresses).map_or(Patch::Absent, Patch::Value);
    let change = UpdateParty { addresses, ..change };
    let before = view(&old.row, &old.children);
    tried(tx, async |tx| {
        let after = service::update(ctx, tx, old.row.id, &change).await?;
        let same = before == (Party { version: before.version, updated_at: before.updated_at, ..after });
        Ok(if same { Outcome::Unchanged } else { Outcome::Updated })
    })
    .await
}

fn with_addresses(mut prepared: Prepared) -> (Prepared, Result<Vec<AddressInput>, Vec<CellError>>) {
    let addresses = addresses::taken(&mut prepared.row);
    (prepared, addresses)
}

/// What a row says about an object that is known, checked against the schema of its change; empty cells leave it as it is.
pub(super) fn change<T: DeserializeOwned>(row: &Row, shape: &Shape) -> Result<T, Outcome> {
    body(row, shape, Zone::UTC, Map::new()).map_err(Outcome::Failed)
}

/// A customer of whom nothing but the name is known.
///
/// # Errors
/// When it cannot be written as JSON: a bug.
pub(super) fn customer(name: &str) -> Result<CreateParty, Problem> {
    let body = json!({ "name": name, "kind": "organization", "roles": ["customer"] });
    serde_json::from_value(body).map_err(|error| Problem::new(Code::InternalError, error.to_string()))
}

/// The parties that came with the rows of a part, each with the first right row that names it.
#[derive(Default)]
pub struct Made(BTreeSet<PartyId>);

impl Made {
    /// Whether a party comes with the row that names it: it was promised, and no row before has made it.
    pub(super) fn is_due(&self, names: &Names, id: PartyId) -> bool {
        names.promised().contains_key(&id) && !self.0.contains(&id)
    }

    /// Creates the party that a row names, where it comes with the row. Answers which it was: `forget` it when the row comes to nothing.
    ///
    /// # Errors
    /// Whatever creating a party answers.
    pub(super) async fn with_row(&mut self, ctx: &Ctx, tx: &mut Tx<'_>, names: &Names, id: Option<PartyId>) -> Result<Option<PartyId>, Problem> {
        let Some((id, name)) = id.filter(|id| self.is_due(names, *id)).and_then(|id| Some((id, names.promised().get(&id)?))) else { return Ok(None) };
        service::create_as(ctx, tx, id, &customer(name)?).await?;
        self.0.insert(id);
        Ok(Some(id))
    }

    /// A party is there from now on.
    pub(super) fn note(&mut self, id: PartyId) {
        self.0.insert(id);
    }

    /// What made a party was undone.
    pub(super) fn forget(&mut self, id: Option<PartyId>) {
        if let Some(id) = id {
            self.0.remove(&id);
        }
    }

    /// Their names, as names are compared.
    pub fn names(&self, names: &Names) -> BTreeSet<String> {
        self.0.iter().filter_map(|id| names.promised().get(id)).map(|name| name_key(name)).collect()
    }
}
