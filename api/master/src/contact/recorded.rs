//! What is written of contacts, whichever verb does it: their words, and their records.

use super::view::view;
use causeway_contract::Problem;
use causeway_entity::master::contacts::Model;
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::contact::Contact;
use causeway_value::Instant;
use uuid::Uuid;

pub(super) const OBJECT: &str = "contact";

type Refs = Vec<(String, String)>;

/// A contact that was written and has no record of it yet.
pub(crate) struct Recorded {
    /// As it was; none of a new one.
    pub(crate) old: Option<Model>,
    /// As it is.
    pub(crate) new: Model,
}

/// The next version of a contact that is changed now.
pub(crate) fn moved(row: Model, now: Instant) -> Model {
    Model { version: row.version + 1, updated_at: now, ..row }
}

/// Finds it by its new words, when they are others.
pub(super) fn index(tx: &mut Tx<'_>, old: Option<&Model>, new: &Model) {
    let words = |row: &Model| [Some(row.name.clone()), row.email.clone()];
    let now = words(new);
    if old.map(words).as_ref() != Some(&now) {
        tx.index_words(OBJECT, new.id.uuid(), &now.each_ref().map(Option::as_deref), old.is_none());
    }
}

/// Records a contact with its ids in other systems, those of before and those of now. One of before contacts were objects of their own has no record of its first version.
pub(crate) fn record(ctx: &Ctx, tx: &mut Tx<'_>, Recorded { old, new }: &Recorded, (before, now): (Refs, Refs)) -> Result<Contact, Problem> {
    if let Some(old) = old.as_ref().filter(|old| old.version == 1) {
        tx.stands(old.id.uuid(), old.version, &view(old, before))?;
    }
    let body = view(new, now);
    let event = if old.is_some() { "contact.updated" } else { "contact.created" };
    tx.record(ctx, &Change { event, object: OBJECT, id: new.id.uuid(), version: new.version, company_id: None, flow_id: None, body: &body })?;
    Ok(body)
}

/// Records contacts whose ids in other systems stay.
///
/// # Errors
/// When the database fails.
pub(crate) async fn record_all(ctx: &Ctx, tx: &mut Tx<'_>, contacts: &[Recorded]) -> Result<(), Problem> {
    let known: Vec<Uuid> = contacts.iter().filter_map(|one| Some(one.old.as_ref()?.id.uuid())).collect();
    let mut refs = tx.external_refs(&known).await?;
    for one in contacts {
        let refs = refs.remove(&one.new.id.uuid()).unwrap_or_default();
        index(tx, one.old.as_ref(), &one.new);
        record(ctx, tx, one, (refs.clone(), refs))?;
    }
    Ok(())
}
