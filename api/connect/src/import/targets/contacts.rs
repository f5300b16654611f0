//! People at parties. All of a party are added in one change; one whose mail address, or without one whose name, is there already stays as it is.

use super::{CONTACT, Outcome, Prepared, attempt, prepare};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Patch, Problem};
use causeway_kernel::{Ctx, Tx};
use causeway_master::party::duplicate::rules::same_mail;
use causeway_master::party::{service, store};
use causeway_openapi::party::{ContactInput, UpdateParty};
use causeway_value::{PartyId, Zone};
use serde_json::Map;
use std::collections::BTreeMap;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>) -> Result<Vec<Outcome>, Problem> {
    let rows = prepare(import, names, rows);
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.len());
    let mut by_party: BTreeMap<PartyId, Vec<(usize, ContactInput)>> = BTreeMap::new();
    for (place, prepared) in rows.into_iter().enumerate() {
        outcomes.push(match wanted(prepared) {
            Err(errors) => Outcome::Failed(errors),
            Ok((party, contact)) => {
                by_party.entry(party).or_default().push((place, contact));
                Outcome::Unchanged
            }
        });
    }
    let ids: Vec<PartyId> = by_party.keys().copied().collect();
    let mut standing = store::children(tx, &ids).await?;
    for (party, contacts) in by_party {
        let old = standing.remove(&party).unwrap_or_default().contacts;
        let mut all: Vec<ContactInput> =
            old.into_iter().map(|row| ContactInput { id: Some(row.id), name: row.name, email: row.email, phone: row.phone, position: row.title }).collect();
        let mut new = Vec::new();
        for (place, contact) in contacts {
            let same = |known: &ContactInput| {
                if contact.email.is_some() { same_mail(known.email.as_deref(), contact.email.as_deref()) } else { known.name == contact.name }
            };
            if !all.iter().any(same) {
                all.push(contact);
                new.push(place);
            }
        }
        if new.is_empty() {
            continue;
        }
        let change = UpdateParty { contacts: Patch::Value(all), ..UpdateParty::default() };
        let outcome = attempt(tx, Outcome::Created, async |tx| service::update(ctx, tx, party, &change).await.map(|_| ())).await?;
        for place in new {
            if let Some(slot) = outcomes.get_mut(place) {
                slot.clone_from(&outcome);
            }
        }
    }
    Ok(outcomes)
}

fn wanted(prepared: Prepared) -> Result<(PartyId, ContactInput), Vec<CellError>> {
    let Prepared { mut row, mut errors, .. } = prepared;
    let party = row.fields.remove("party_id");
    let party = party.and_then(|text| text.parse::<PartyId>().ok());
    if party.is_none() && errors.is_empty() {
        errors.push(CellError::field(Code::Required, "party_id", "is required: where the person is"));
    }
    let contact = body(&row, &CONTACT, Zone::UTC, Map::new()).map_err(|more| errors.drain(..).chain(more).collect::<Vec<_>>())?;
    match party {
        Some(party) if errors.is_empty() => Ok((party, contact)),
        _ => Err(errors),
    }
}
