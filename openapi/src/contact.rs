//! Contacts: people at parties, as objects of their own (CRM-13).

use crate::object::{ExternalRef, MetadataPatch};
use causeway_contract::{Filter, FilterKind, ListSpec, Patch, Sort};
use causeway_value::{ContactId, Instant, PartyId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

pub use op::ENDPOINTS;

/// A person at a party.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// Id.
    pub id: ContactId,
    /// Always `contact`.
    pub object: String,
    /// When it was created.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts the changes of the object itself; the ETag begins with it, as in `"v17-…"`.
    pub version: i64,
    /// Where the person is. A merge of parties takes people along.
    pub party_id: PartyId,
    /// The name.
    pub name: String,
    /// The mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
    /// What the person does there.
    pub position: Option<String>,
    /// Whether the person is still there. One who is not stands no longer among the party's `contacts`, and new documents may not name them.
    pub active: bool,
    /// Own data of the caller: up to 50 texts by name.
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    pub external_refs: Vec<ExternalRef>,
}

/// A new contact. The party has a new version with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateContact {
    /// Where the person is; it stays so. Who goes elsewhere is a new contact there.
    pub party_id: PartyId,
    /// The name.
    #[schema(max_length = 200)]
    pub name: String,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = "email", max_length = 254)]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// What the person does there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    pub position: Option<String>,
    /// Whether to refuse somebody whose mail address, or without one whose name, is among the party's `contacts` already: false when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuse_duplicates: Option<bool>,
    /// Own data of the caller: up to 50 texts by name.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its ids in other systems.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub external_refs: Vec<ExternalRef>,
}

/// Changes a contact. The party has a new version where it shows the person otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateContact {
    /// The name.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = String, max_length = 200)]
    pub name: Patch<String>,
    /// The mail address.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, format = "email", max_length = 254)]
    pub email: Patch<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub phone: Patch<String>,
    /// What the person does there.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<String>, max_length = 200)]
    pub position: Patch<String>,
    /// Whether the person is still there. One who comes back stands last among the party's `contacts`.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = bool)]
    pub active: Patch<bool>,
    /// Own data of the caller: a text sets an entry, null removes it, others stay.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<BTreeMap<String, Option<String>>>)]
    pub metadata: MetadataPatch,
    /// All its ids in other systems from now on.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Vec<ExternalRef>, max_items = 50)]
    pub external_refs: Patch<Vec<ExternalRef>>,
}

/// What the list of contacts offers.
pub const CONTACTS: ListSpec = ListSpec {
    table: "contacts",
    filters: &[
        Filter { name: "party_id", kind: FilterKind::Id("pty"), index: "contacts_party_id" },
        Filter { name: "email", kind: FilterKind::Mail { small: false }, index: "contacts_email_lower" },
        Filter { name: "active", kind: FilterKind::YesNo, index: "contacts_active" },
        Filter { name: "updated_at", kind: FilterKind::Instant, index: "contacts_updated_at" },
    ],
    sorts: &[Sort { name: "name", index: "contacts_name" }, Sort { name: "updated_at", index: "contacts_updated_at" }],
    search: true,
    external_refs: true,
};

/// The operations. Their names may be those of their bodies, which is why they stand apart.
pub mod op {
    use super::{CONTACTS, Contact};
    use crate::contact as body;
    use causeway_contract::{Created, Json, Nothing, Page, endpoints};
    use causeway_value::ContactId;

    endpoints! {
        /// Lists people at parties.
        Get "/v1/contacts" ListContacts () Nothing => Page<Contact>, parties:read, list CONTACTS;
        /// Creates a contact: a person at a party.
        Post "/v1/contacts" CreateContact () body::CreateContact => Created<Contact>, parties:write;
        /// Reads a contact.
        Get "/v1/contacts/{id}" GetContact (ContactId) Nothing => Json<Contact>, parties:read;
        /// Changes a contact.
        Patch "/v1/contacts/{id}" UpdateContact (ContactId) body::UpdateContact => Json<Contact>, parties:write;
    }
}
