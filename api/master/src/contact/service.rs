//! The verbs of a contact.

use super::recorded::{OBJECT, Recorded, index, moved, record};
use crate::party::duplicate::rules::same_mail;
use crate::party::{service, store};
use crate::{check, refs};
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::contacts::{Entity, Model};
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::contact as wire;
use causeway_value::{ContactId, Json};

/// People whom a party shows, at most: as many as a body may give of them.
const PEOPLE: usize = 500;

/// Creates a contact: it stands last among the people of its party.
///
/// # Errors
/// `not_found` for the party, `invalid_value` for one that was merged, `too_many` where it has all that it can; `already_exists` for somebody who is among its
/// people when the body asks for that; `external_ref_exists`.
pub(super) async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateContact) -> Result<wire::Contact, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.name, "/name", &mut errors);
    let Some(party) = store::existing(tx, Some(body.party_id), "/party_id", &mut errors).await? else { return Err(Problem::of(errors)) };
    let before = store::children_of(tx, party.id).await?;
    let mut people = before.clone();
    let row = Model {
        tenant_id: ctx.tenant,
        id: ContactId::new(),
        party_id: party.id,
        position: people.next_place(),
        name: body.name.clone(),
        email: body.email.clone(),
        phone: body.phone.clone(),
        title: body.position.clone(),
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    room(&people.contacts, "/party_id", &mut errors);
    check::finish(errors)?;
    if body.refuse_duplicates == Some(true) {
        refuse_twin(&people.contacts, &row)?;
    }
    tx.insert(row.clone());
    let refs = refs::pairs(&body.external_refs);
    tx.set_external_refs(OBJECT, row.id.uuid(), &refs, true);
    index(tx, None, &row);
    people.contacts.push(row.clone());
    service::people_changed(ctx, tx, &party, &before, &people)?;
    record(ctx, tx, &Recorded { old: None, new: row }, (Vec::new(), refs))
}

/// Changes a contact, and its party as far as that shows it otherwise.
///
/// # Errors
/// `not_found`; `too_many` for somebody who comes back to a party that has all the people that it can; `external_ref_exists`.
pub(super) async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: ContactId, body: &wire::UpdateContact) -> Result<wire::Contact, Problem> {
    let old = tx.lock::<Entity>(id).await?;
    let mut errors = Vec::new();
    let mut new = moved(old.clone(), ctx.now());
    new.name = body.name.clone().over_required(new.name);
    new.email = body.email.clone().over(new.email);
    new.phone = body.phone.clone().over(new.phone);
    new.title = body.position.clone().over(new.title);
    new.active = body.active.clone().over_required(new.active);
    new.metadata = Json(check::metadata(old.metadata.0.clone(), &body.metadata, &mut errors));
    check::not_blank(&new.name, "/name", &mut errors);
    let shown = |row: &Model| row.active.then(|| (row.name.clone(), row.email.clone(), row.phone.clone(), row.title.clone()));
    if shown(&old) == shown(&new) {
        check::finish(errors)?;
    } else {
        let party = tx.lock::<parties::Entity>(old.party_id).await?;
        let before = store::children_of(tx, party.id).await?;
        let mut people = before.clone();
        if !old.active {
            room(&people.contacts, "/active", &mut errors);
            new.position = people.next_place();
            people.contacts.push(new.clone());
        }
        check::finish(errors)?;
        people.contacts.retain(|row| row.id != id || new.active);
        people.contacts.iter_mut().filter(|row| row.id == id).for_each(|row| row.clone_from(&new));
        service::people_changed(ctx, tx, &party, &before, &people)?;
    }
    let standing = refs::pairs_of(tx, id.uuid()).await?;
    let refs = refs::replaced(tx, OBJECT, id.uuid(), &body.external_refs, standing.clone());
    tx.update(&old, &new);
    index(tx, Some(&old), &new);
    record(ctx, tx, &Recorded { old: Some(old), new }, (standing, refs))
}

/// A party has no more people than a body can give of them.
fn room(people: &[Model], pointer: &str, errors: &mut Vec<FieldError>) {
    if people.len() >= PEOPLE {
        let detail = format!("would give the party more than {PEOPLE} people; set those who have left inactive first");
        errors.push(FieldError::pointer(Code::TooMany, pointer, detail));
    }
}

/// Stops the creation of somebody who is there: who has the mail address or, where no address is given, the name.
fn refuse_twin(people: &[Model], new: &Model) -> Result<(), Problem> {
    let mail = new.email.is_some();
    let twin = |known: &&Model| if mail { same_mail(known.email.as_deref(), new.email.as_deref()) } else { known.name == new.name };
    let Some(known) = people.iter().find(twin) else { return Ok(()) };
    let detail = format!("The party has this person: {} ({}). Change that contact, or leave `refuse_duplicates` out.", known.name, known.id);
    let mut problem = Problem::new(Code::AlreadyExists, detail);
    problem.errors.push(FieldError::pointer(Code::AlreadyExists, if mail { "/email" } else { "/name" }, format!("is that of {}", known.id)));
    Err(problem.with("duplicates", vec![known.id.to_string()]))
}
