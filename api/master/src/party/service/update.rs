//! Changing a party.

use super::{References, check_references, children, credit, index, record, rights, words};
use crate::party::duplicate::rules::same_mail;
use crate::party::store::{Children, children_of};
use crate::party::view::{contact, view};
use crate::{check, contact as people, refs};
use causeway_contract::{Code, FieldError, Patch, Problem};
use causeway_entity::master::parties;
use causeway_kernel::{Ctx, Tx};
use causeway_openapi::party as wire;
use causeway_value::{Json, PartyId, PartyRole};

/// Changes a party. Lists are replaced as a whole; addresses and contacts that are given with their id keep it.
///
/// # Errors
/// `not_found` for the party and what it refers to; `required` for a credit limit whose currency changes; `external_ref_exists`; `permission_denied` for a limit,
/// prices or terms that the caller may not change.
pub async fn update(ctx: &Ctx, tx: &mut Tx<'_>, id: PartyId, body: &wire::UpdateParty) -> Result<wire::Party, Problem> {
    let old = tx.lock::<parties::Entity>(id).await?;
    let mut standing = children_of(tx, id).await?;
    let words_before = words(&old, &standing);
    let mut errors = Vec::new();
    let mut new = patched(&old, body);
    check::not_blank(&new.name, "/name", &mut errors);
    new.metadata = Json(check::metadata(old.metadata.0.clone(), &body.metadata, &mut errors));
    let references = References {
        payment_term_id: new.payment_term_id.filter(|_| new.payment_term_id != old.payment_term_id),
        price_list_id: new.price_list_id.filter(|_| new.price_list_id != old.price_list_id),
        linked_company_id: new.linked_company_id.filter(|_| new.linked_company_id != old.linked_company_id),
    };
    check_references(tx, &references, &mut errors).await?;
    let credit = credit::patched(tx, &body.credit_limit, &old, new.currency, &mut errors).await?;
    (new.credit_limit, new.credit_currency) = (credit.limit, credit.currency);
    rights::may_change(ctx, &old, &new)?;
    if let Patch::Value(given) = &body.addresses {
        standing.addresses = children::replace_addresses(tx, id, &standing.addresses, given, &mut errors);
    }
    let written = match &body.contacts {
        Patch::Value(given) => children::replace_contacts(ctx, tx, id, &mut standing, given, &mut errors),
        Patch::Absent | Patch::Null => Vec::new(),
    };
    if let Patch::Value(given) = &body.tax_ids {
        standing.tax_ids = children::replace_tax_ids(tx, id, &standing.tax_ids, given, &mut errors);
    }
    if new.active && standing.merged_into.is_some() {
        errors.push(FieldError::pointer(Code::InvalidValue, "/active", "must stay false: the party was merged into another"));
    }
    check::finish(errors)?;
    standing.refs = refs::replaced(tx, "party", id.uuid(), &body.external_refs, standing.refs);
    new.version += 1;
    new.updated_at = ctx.now();
    tx.update(&old, &new);
    let words = words(&new, &standing);
    if words != words_before {
        index(tx, &new, &words, false);
    }
    let party = record(ctx, tx, "party.updated", &new, &standing)?;
    people::record_all(ctx, tx, &written).await?;
    Ok(party)
}

/// The next version of a party whose people are otherwise.
///
/// # Errors
/// When the party cannot be written as JSON: a bug.
pub(crate) fn people_changed(ctx: &Ctx, tx: &mut Tx<'_>, old: &parties::Model, before: &Children, now: &Children) -> Result<(), Problem> {
    let new = parties::Model { version: old.version + 1, updated_at: ctx.now(), ..old.clone() };
    tx.update(old, &new);
    let words_now = words(&new, now);
    if words_now != words(old, before) {
        index(tx, &new, &words_now, false);
    }
    record(ctx, tx, "party.updated", &new, now).map(|_| ())
}

/// The plain fields after the PATCH.
fn patched(old: &parties::Model, body: &wire::UpdateParty) -> parties::Model {
    let mut new = old.clone();
    new.name = body.name.clone().over_required(new.name);
    new.kind = body.kind.clone().over_required(new.kind);
    if let Patch::Value(roles) = &body.roles {
        new.is_customer = roles.contains(&PartyRole::Customer);
        new.is_supplier = roles.contains(&PartyRole::Supplier);
    }
    new.country = body.country.clone().over(new.country);
    new.tax_id = body.tax_id.clone().over(new.tax_id);
    new.currency = body.currency.clone().over(new.currency);
    new.payment_term_id = body.payment_term_id.clone().over(new.payment_term_id);
    new.price_list_id = body.price_list_id.clone().over(new.price_list_id);
    new.segment = body.segment.clone().over(new.segment);
    new.email = body.email.clone().over(new.email);
    new.phone = body.phone.clone().over(new.phone);
    new.linked_company_id = body.linked_company_id.clone().over(new.linked_company_id);
    new.active = body.active.clone().over_required(new.active);
    new
}

/// Adds a person to a party, unless one with this mail address, or without one with this name, is there. The party changes only when somebody is added.
///
/// # Errors
/// As [`update`].
pub async fn add_contact(ctx: &Ctx, tx: &mut Tx<'_>, id: PartyId, person: &wire::ContactInput) -> Result<(wire::Party, Option<wire::PartyContact>), Problem> {
    let row = tx.must::<parties::Entity>(id).await?;
    let standing = children_of(tx, id).await?;
    let same = |email: Option<&str>, name: &str| if person.email.is_some() { same_mail(email, person.email.as_deref()) } else { name == person.name };
    if let Some(known) = standing.contacts.iter().find(|known| same(known.email.as_deref(), &known.name)) {
        return Ok((view(&row, &standing), Some(contact(known))));
    }
    let mut contacts: Vec<wire::ContactInput> = standing.contacts.iter().map(contact).map(input).collect();
    contacts.push(wire::ContactInput { id: None, ..person.clone() });
    let party = update(ctx, tx, id, &wire::UpdateParty { contacts: Patch::Value(contacts), ..wire::UpdateParty::default() }).await?;
    let added = party.contacts.last().cloned();
    Ok((party, added))
}

fn input(contact: wire::PartyContact) -> wire::ContactInput {
    wire::ContactInput { id: Some(contact.id), name: contact.name, email: contact.email, phone: contact.phone, position: contact.position }
}
