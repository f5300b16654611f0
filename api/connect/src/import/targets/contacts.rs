//! People at parties. All of a party are added in one change; one whose mail address, or without one whose name, is there already is what the row says:
//! empty cells leave it as it is.

use super::{CONTACT, Made, Outcome, Prepared, attempt, parties, prepare};
use crate::import::job::Import;
use crate::import::names::Names;
use crate::import::rows::{CellError, Row, body};
use causeway_contract::{Code, Patch, Problem};
use causeway_entity::master::contacts;
use causeway_kernel::{Ctx, Tx};
use causeway_master::party::duplicate::rules::same_mail;
use causeway_master::party::{service, store};
use causeway_openapi::party::{ContactInput, CreateParty, UpdateParty};
use causeway_value::{PartyId, Zone};
use serde_json::Map;
use std::collections::BTreeMap;

pub(super) async fn write(ctx: &Ctx, tx: &mut Tx<'_>, import: &Import, names: &Names, rows: Vec<Row>, made: &mut Made) -> Result<Vec<Outcome>, Problem> {
    let rows = prepare(import, names, rows);
    let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.len());
    let mut by_party: BTreeMap<PartyId, Vec<Told>> = BTreeMap::new();
    for (place, prepared) in rows.into_iter().enumerate() {
        let number = prepared.row.number;
        outcomes.push(match wanted(prepared) {
            Err(errors) => Outcome::Failed(errors),
            Ok((party, contact)) => {
                by_party.entry(party).or_default().push(Told { place, number, contact });
                Outcome::Unchanged
            }
        });
    }
    let ids: Vec<PartyId> = by_party.keys().copied().collect();
    let mut standing = store::children(tx, &ids).await?;
    for (party, told) in by_party {
        let (all, becomes) = joined(standing.remove(&party).unwrap_or_default().contacts, told);
        let does = becomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Created | Outcome::Updated));
        let written = if !does {
            Outcome::Unchanged
        } else if let Some(name) = names.promised().get(&party) {
            // The party comes with its people.
            let body = CreateParty { contacts: all, ..parties::customer(name)? };
            attempt(tx, Outcome::Created, async |tx| service::create_as(ctx, tx, party, &body).await.map(|_| ())).await?
        } else {
            let change = UpdateParty { contacts: Patch::Value(all), ..UpdateParty::default() };
            attempt(tx, Outcome::Updated, async |tx| service::update(ctx, tx, party, &change).await.map(|_| ())).await?
        };
        if written == Outcome::Created {
            made.note(party);
        }
        for (place, outcome) in becomes {
            let outcome = if matches!((&outcome, &written), (Outcome::Created | Outcome::Updated, Outcome::Failed(_))) { written.clone() } else { outcome };
            if let Some(slot) = outcomes.get_mut(place) {
                *slot = outcome;
            }
        }
    }
    Ok(outcomes)
}

/// What a row tells about somebody.
struct Told {
    /// Its place in the part.
    place: usize,
    /// Its place in the file.
    number: i64,
    contact: ContactInput,
}

/// The people of a party after all rows about them, and what becomes of each row.
fn joined(standing: Vec<contacts::Model>, told: Vec<Told>) -> (Vec<ContactInput>, Vec<(usize, Outcome)>) {
    let known = |row: contacts::Model| ContactInput { id: Some(row.id), name: row.name, email: row.email, phone: row.phone, position: row.title };
    // Each with the row that told of it, if one did.
    let mut all: Vec<(ContactInput, Option<i64>)> = standing.into_iter().map(|row| (known(row), None)).collect();
    let mut becomes = Vec::with_capacity(told.len());
    for Told { place, number, contact } in told {
        let same = |known: &ContactInput| {
            if contact.email.is_some() { same_mail(known.email.as_deref(), contact.email.as_deref()) } else { known.name == contact.name }
        };
        let Some((known, row)) = all.iter_mut().find(|(known, _)| same(known)) else {
            all.push((contact, Some(number)));
            becomes.push((place, Outcome::Created));
            continue;
        };
        let after = ContactInput {
            id: known.id,
            name: contact.name,
            email: known.email.clone(),
            phone: contact.phone.or_else(|| known.phone.clone()),
            position: contact.position.or_else(|| known.position.clone()),
        };
        let outcome = match row {
            _ if after == *known => Outcome::Unchanged,
            Some(before) => {
                let field = if contact.email.is_some() { "email" } else { "name" };
                let detail = format!("is somebody of whom row {before} says something else; give each one row");
                Outcome::Failed(vec![CellError::field(Code::AlreadyExists, field, detail)])
            }
            None => {
                (*known, *row) = (after, Some(number));
                Outcome::Updated
            }
        };
        becomes.push((place, outcome));
    }
    (all.into_iter().map(|(contact, _)| contact).collect(), becomes)
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
