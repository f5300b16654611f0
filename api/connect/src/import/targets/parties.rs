//! Parties, each with a billing and a shipping address where its row has them.

use super::{Outcome, PARTY, PARTY_CHANGE, Prepared, addresses, attempt, known, prepare, refs};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Patch, Problem, Shape};
use causeway_kernel::{Ctx, Tx};
use causeway_master::party::{service, store};
use causeway_openapi::party::{AddressInput, CreateParty, UpdateParty};
use causeway_value::{PartyId, Zone};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let rows = prepare(import, names, rows);
    let standing = known(tx, import, "party", &rows).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let rows: Vec<_> = rows.into_iter().map(with_addresses).collect();
    let moved = rows.iter().filter(|(_, addresses)| addresses.as_ref().is_ok_and(|addresses| !addresses.is_empty()));
    let moved: Vec<PartyId> = moved.filter_map(|(row, _)| standing.get(row.reference.as_ref()?)).map(|id| PartyId::from_uuid(*id)).collect();
    let mut children = store::children(tx, &moved).await?;
    for (Prepared { mut row, reference, mut errors }, addresses) in rows {
        let addresses = addresses.unwrap_or_else(|wrong| {
            errors.extend(wrong);
            Vec::new()
        });
        if !errors.is_empty() {
            outcomes.push(Outcome::Failed(errors));
            continue;
        }
        let old = reference.as_ref().and_then(|reference| standing.get(reference));
        outcomes.push(match old {
            Some(id) => match change::<UpdateParty>(&row, &PARTY_CHANGE) {
                Err(outcome) => outcome,
                Ok(change) => {
                    let id = PartyId::from_uuid(*id);
                    let there = children.remove(&id).unwrap_or_default().addresses;
                    let change = UpdateParty { addresses: addresses::changed(&there, addresses).map_or(Patch::Absent, Patch::Value), ..change };
                    attempt(tx, Outcome::Updated, async |tx| service::update(ctx, tx, id, &change).await.map(|_| ())).await?
                }
            },
            None => {
                row.fields.entry("kind".to_owned()).or_insert_with(|| "organization".to_owned());
                row.fields.entry("roles".to_owned()).or_insert_with(|| "customer".to_owned());
                match body::<CreateParty>(&row, &PARTY, Zone::UTC, refs(import, reference.as_ref())) {
                    Err(errors) => Outcome::Failed(errors),
                    Ok(body) => {
                        let body = CreateParty { addresses, ..body };
                        attempt(tx, Outcome::Created, async |tx| service::create(ctx, tx, &body).await.map(|_| ())).await?
                    }
                }
            }
        });
    }
    Ok(outcomes)
}

fn with_addresses(mut prepared: Prepared) -> (Prepared, Result<Vec<AddressInput>, Vec<CellError>>) {
    let addresses = addresses::taken(&mut prepared.row);
    (prepared, addresses)
}

/// What a row says about an object that is known, checked against the schema of its change; empty cells leave it as it is.
pub(super) fn change<T: DeserializeOwned>(row: &Row, shape: &Shape) -> Result<T, Outcome> {
    body(row, shape, Zone::UTC, Map::new()).map_err(Outcome::Failed)
}

/// Creates the parties that rows name, as customers.
///
/// # Errors
/// Whatever creating a party answers.
pub async fn create_parties(ctx: &Ctx, tx: &mut Tx<'_>, names: BTreeSet<String>) -> Result<(), Problem> {
    for name in names {
        let body: Value = json!({ "name": name.chars().take(200).collect::<String>(), "kind": "organization", "roles": ["customer"] });
        let body: CreateParty = serde_json::from_value(body).map_err(|error| Problem::new(Code::InternalError, error.to_string()))?;
        service::create(ctx, tx, &body).await?;
    }
    tx.refuse_foreign().await
}
