//! A contact as the API shows it.

use crate::refs;
use causeway_entity::master::contacts::Model;
use causeway_openapi::contact::Contact;

/// The contact with its ids in other systems.
pub(super) fn view(row: &Model, refs: Vec<(String, String)>) -> Contact {
    Contact {
        id: row.id,
        object: "contact".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        party_id: row.party_id,
        name: row.name.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        position: row.title.clone(),
        active: row.active,
        metadata: row.metadata.0.clone(),
        external_refs: refs::shown(refs),
    }
}
