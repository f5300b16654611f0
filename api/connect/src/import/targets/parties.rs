//! Parties.

use super::{Outcome, PARTY, PARTY_CHANGE, Prepared, attempt, known, prepare, refs};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{Row, body};
use causeway_contract::{Code, Problem, Shape};
use causeway_kernel::{Ctx, Tx};
use causeway_master::party::service;
use causeway_openapi::party::{CreateParty, UpdateParty};
use causeway_value::{PartyId, Zone};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let rows = prepare(import, names, rows);
    let standing = known(tx, import, "party", &rows).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for Prepared { mut row, reference, errors } in rows {
        if !errors.is_empty() {
            outcomes.push(Outcome::Failed(errors));
            continue;
        }
        let old = reference.as_ref().and_then(|reference| standing.get(reference));
        outcomes.push(match old {
            Some(id) => match change::<UpdateParty>(&row, &PARTY_CHANGE) {
                Err(outcome) => outcome,
                Ok(change) => attempt(tx, Outcome::Updated, async |tx| service::update(ctx, tx, PartyId::from_uuid(*id), &change).await.map(|_| ())).await?,
            },
            None => {
                row.fields.entry("kind".to_owned()).or_insert_with(|| "organization".to_owned());
                row.fields.entry("roles".to_owned()).or_insert_with(|| "customer".to_owned());
                match body::<CreateParty>(&row, &PARTY, Zone::UTC, refs(import, reference.as_ref())) {
                    Err(errors) => Outcome::Failed(errors),
                    Ok(body) => attempt(tx, Outcome::Created, async |tx| service::create(ctx, tx, &body).await.map(|_| ())).await?,
                }
            }
        });
    }
    Ok(outcomes)
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
    Ok(())
}
