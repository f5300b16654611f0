//! Addresses and contacts are given as a whole: what keeps its id is changed, what is new is added, what is not named goes. What is given without its id and
//! is there already is the same as before, so that documents which name it go on naming it. People do not go: they are not active any more, and are the same
//! ones when they come back.

use crate::check;
use crate::contact::{Recorded, moved};
use crate::party::duplicate::rules::same_mail;
use crate::party::store::Children;
use crate::party::tax_id;
use causeway_contract::{Code, FieldError};
use causeway_entity::master::{addresses, contacts, party_tax_ids};
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::party as wire;
use causeway_value::{AddressId, ContactId, Id, Json, Kind, PartyId};

/// The addresses of a party from now on.
pub(super) fn replace_addresses(
    tx: &mut Tx<'_>,
    party_id: PartyId,
    current: &[addresses::Model],
    given: &[wire::AddressInput],
    errors: &mut Vec<FieldError>,
) -> Vec<addresses::Model> {
    check_ids(given.iter().map(|one| one.id), current.iter().map(|row| row.id), "/addresses", errors);
    let ids = kept_ids(given, |one| one.id, current, |row| row.id, &[same_address]);
    let mut rows = Vec::with_capacity(given.len());
    for ((position, one), id) in (0..).zip(given).zip(ids) {
        check::not_blank(&one.line1, &format!("/addresses/{position}/line1"), errors);
        let row = addresses::Model {
            tenant_id: tx.tenant(),
            id: id.unwrap_or_else(AddressId::new),
            party_id,
            position,
            kind: one.kind,
            line1: one.line1.clone(),
            line2: one.line2.clone(),
            city: one.city.clone(),
            region: one.region.clone(),
            postal_code: one.postal_code.clone(),
            country: one.country.clone(),
        };
        match current.iter().find(|old| old.id == row.id) {
            Some(old) => tx.update(old, &row),
            None => tx.insert(row.clone()),
        }
        rows.push(row);
    }
    for gone in current.iter().filter(|old| rows.iter().all(|row| row.id != old.id)) {
        tx.delete(gone);
    }
    rows
}

/// The people at a party from now on, with those who left, and what is to be recorded of them once the party is.
pub(super) fn replace_contacts(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    party_id: PartyId,
    standing: &mut Children,
    given: &[wire::ContactInput],
    errors: &mut Vec<FieldError>,
) -> Vec<Recorded> {
    let current: Vec<contacts::Model> = standing.contacts.drain(..).chain(standing.former.drain(..)).collect();
    check_ids(given.iter().map(|one| one.id), current.iter().map(|row| row.id), "/contacts", errors);
    // Who is still there comes before who has left.
    let still = |row: &contacts::Model, one: &wire::ContactInput| row.active && same_contact(row, one);
    let still_person = |row: &contacts::Model, one: &wire::ContactInput| row.active && same_person(row, one);
    let ids = kept_ids(given, |one| one.id, &current, |row| row.id, &[still, still_person, same_contact, same_person]);
    let mut recorded = Vec::new();
    for ((position, one), id) in (0..).zip(given).zip(ids) {
        check::not_blank(&one.name, &format!("/contacts/{position}/name"), errors);
        let old = current.iter().find(|old| Some(old.id) == id);
        let row = old.cloned().unwrap_or_else(|| unnamed(ctx, party_id));
        let (name, email, phone, title) = (one.name.clone(), one.email.clone(), one.phone.clone(), one.position.clone());
        let mut row = contacts::Model { position, name, email, phone, title, active: true, ..row };
        match old {
            Some(old) => {
                if !(old.active && same_contact(old, one)) {
                    row = moved(row, ctx.now());
                    recorded.push(Recorded { old: Some(old.clone()), new: row.clone() });
                }
                tx.update(old, &row);
            }
            None => {
                tx.insert(row.clone());
                recorded.push(Recorded { old: None, new: row.clone() });
            }
        }
        standing.contacts.push(row);
    }
    for old in current.into_iter().filter(|old| standing.contacts.iter().all(|row| row.id != old.id)) {
        if !old.active {
            standing.former.push(old);
            continue;
        }
        let gone = moved(contacts::Model { active: false, ..old.clone() }, ctx.now());
        tx.update(&old, &gone);
        standing.former.push(gone.clone());
        recorded.push(Recorded { old: Some(old), new: gone });
    }
    recorded
}

/// A new contact of which nothing is said yet.
fn unnamed(ctx: &Ctx, party_id: PartyId) -> contacts::Model {
    contacts::Model {
        tenant_id: ctx.tenant,
        id: ContactId::new(),
        party_id,
        position: 0,
        name: String::new(),
        email: None,
        phone: None,
        title: None,
        active: true,
        metadata: Json::default(),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    }
}

/// The tax registrations of a party from now on. A number that breaks its country's rule is an error, and so is one that is named twice.
pub(super) fn replace_tax_ids(
    tx: &mut Tx<'_>,
    party_id: PartyId,
    current: &[party_tax_ids::Model],
    given: &[wire::TaxRegistration],
    errors: &mut Vec<FieldError>,
) -> Vec<party_tax_ids::Model> {
    check::each_once(given.iter().map(|one| (&one.country, tax_id::normalised(&one.number))), "/tax_ids", errors);
    let mut rows = Vec::with_capacity(given.len());
    for (position, one) in (0..).zip(given) {
        errors.extend(tax_id::error(&one.country, &one.number, &format!("/tax_ids/{position}/number")));
        let normalised = tax_id::normalised(&one.number);
        rows.push(party_tax_ids::Model {
            tenant_id: tx.tenant(),
            id: uuid::Uuid::now_v7(),
            party_id,
            position,
            country: one.country.clone(),
            number: one.number.clone(),
            normalised,
        });
    }
    current.iter().for_each(|old| tx.delete(old));
    rows.iter().for_each(|row| tx.insert(row.clone()));
    rows
}

/// The ids that what is given keeps: its own, or that of the first row that is the same and that nobody else keeps. The stricter comparisons come first, so
/// that one who is the same in all keeps the id before one who is only the same person.
fn kept_ids<R, G, K: Kind>(
    given: &[G],
    own: impl Fn(&G) -> Option<Id<K>>,
    current: &[R],
    id: impl Fn(&R) -> Id<K>,
    same: &[fn(&R, &G) -> bool],
) -> Vec<Option<Id<K>>> {
    let mut kept: Vec<Option<Id<K>>> = given.iter().map(own).collect();
    for same in same {
        for (place, one) in given.iter().enumerate() {
            let free = |row: &&R| !kept.contains(&Some(id(row))) && same(row, one);
            let found = if kept.get(place).is_some_and(Option::is_none) { current.iter().find(free).map(&id) } else { None };
            if let (Some(found), Some(slot)) = (found, kept.get_mut(place)) {
                *slot = Some(found);
            }
        }
    }
    kept
}

fn same_address(row: &addresses::Model, given: &wire::AddressInput) -> bool {
    let kept = (row.kind, &row.line1, &row.line2, &row.city, &row.region, &row.postal_code, &row.country);
    kept == (given.kind, &given.line1, &given.line2, &given.city, &given.region, &given.postal_code, &given.country)
}

fn same_contact(row: &contacts::Model, given: &wire::ContactInput) -> bool {
    (&row.name, &row.email, &row.phone, &row.title) == (&given.name, &given.email, &given.phone, &given.position)
}

/// Who has the same mail address, or the same name where one of both has no address.
fn same_person(row: &contacts::Model, given: &wire::ContactInput) -> bool {
    match (&row.email, &given.email) {
        (Some(_), Some(_)) => same_mail(row.email.as_deref(), given.email.as_deref()),
        _ => row.name == given.name,
    }
}

/// An id must be one that the party has, once.
fn check_ids<K: Kind>(given: impl Iterator<Item = Option<Id<K>>>, current: impl Iterator<Item = Id<K>>, pointer: &str, errors: &mut Vec<FieldError>) {
    let mut left: Vec<Id<K>> = current.collect();
    for (index, id) in given.enumerate() {
        let Some(id) = id else { continue };
        match left.iter().position(|known| *known == id) {
            Some(place) => drop(left.swap_remove(place)),
            None => errors.push(FieldError::pointer(Code::NotFound, format!("{pointer}/{index}/id"), "names none of this party, or one that is named before")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_of_the_party_and_named_once() {
        let (one, two) = (ContactId::new(), ContactId::new());
        let mut errors = Vec::new();
        check_ids([Some(two), None, Some(two), Some(ContactId::new()), Some(one)].into_iter(), [one, two].into_iter(), "/contacts", &mut errors);
        let pointers: Vec<_> = errors.iter().filter_map(|error| error.pointer.as_deref()).collect();
        assert_eq!(pointers, ["/contacts/2/id", "/contacts/3/id"]);
    }
}
