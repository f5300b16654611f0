//! Contacts: people at parties, as objects of their own (CRM-13).
//!
//! A party goes on showing its people, so what it shows of somebody (name, mail address, telephone number, position) stands in two records. Whoever changes that
//! here makes a new version of the party, too, and whoever changes it with the party one of the contact: both records say what both objects show, and a system
//! that owns the people of a party owns them here. What the contact alone holds (metadata, ids in other systems) leaves its party as it is.
//! Nobody is removed, because documents name people: who has left is not active, and no longer stands with the party.
//! A merge takes people along without a new version, as it does documents.

mod recorded;
pub mod routes;
mod service;
mod view;

use causeway_contract::{Code, FieldError};
use causeway_entity::master::contacts::Model;

/// The error of a document that is to name somebody who is not there any more.
#[must_use]
pub fn has_left(contact: &Model) -> Option<FieldError> {
    let detail = "names a contact that is not active any more; name one of the party's `contacts`";
    (!contact.active).then(|| FieldError::pointer(Code::InvalidValue, "/contact_id", detail))
}

pub(crate) use recorded::{Recorded, moved, record, record_all};
