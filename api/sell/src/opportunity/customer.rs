//! Whether a customer and its contact could be billed: what a stage may ask for (CRM-11), and what must be there before finance takes over (CRM-17).

use causeway_contract::{Code, FieldError};
use causeway_entity::master::parties;
use causeway_master::party::store::Children;
use causeway_master::party::tax_id::{self, Finding};
use causeway_value::{AddressKind, ContactId, PartyKind};

/// Something that a customer or contact lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What is missing, as a word.
    pub code: &'static str,
    /// The field of the opportunity that names who lacks it.
    pub pointer: &'static str,
    /// What is missing and where to add it.
    pub detail: &'static str,
}

impl Gap {
    /// As the error of a body.
    #[must_use]
    pub fn error(self) -> FieldError {
        FieldError::pointer(Code::Required, self.pointer, self.detail)
    }
}

/// Everything that is missing.
#[must_use]
pub fn gaps(party: Option<&parties::Model>, children: Option<&Children>, contact_id: Option<ContactId>) -> Vec<Gap> {
    let Some(party) = party else {
        return vec![Gap { code: "customer", pointer: "/party_id", detail: "is required: the customer; set it, then try again" }];
    };
    let addresses = children.map(|children| children.addresses.as_slice()).unwrap_or_default();
    let contacts = children.map(|children| children.contacts.as_slice()).unwrap_or_default();
    let contact = contact_id.and_then(|id| contacts.iter().find(|contact| contact.id == id));
    let checked = children.is_some_and(|children| !children.tax_ids.is_empty());
    let finding = party.tax_id.as_deref().map(|number| tax_id::check(party.country.as_deref(), number));
    let wrong = matches!(finding, Some(Finding::Malformed | Finding::WrongChecksum));
    let missing = [
        (!party.active, Gap { code: "customer_inactive", pointer: "/party_id", detail: "names a party that is not active any more" }),
        (party.country.is_none(), Gap { code: "customer_country", pointer: "/party_id", detail: "names a party without a country; taxes depend on it" }),
        (
            party.kind == PartyKind::Organization && party.tax_id.is_none() && !checked,
            Gap { code: "customer_tax_id", pointer: "/party_id", detail: "names an organization without a tax id" },
        ),
        (
            wrong,
            Gap {
                code: "customer_tax_id_wrong",
                pointer: "/party_id",
                detail: "names a party whose tax id has not the form of its country, or a wrong check digit; its `tax_id_status` tells which",
            },
        ),
        (
            !addresses.iter().any(|address| address.kind == AddressKind::Billing),
            Gap { code: "customer_billing_address", pointer: "/party_id", detail: "names a party without a billing address" },
        ),
        (
            contact.is_none() && party.kind == PartyKind::Organization,
            Gap { code: "contact", pointer: "/contact_id", detail: "is required: the person at the customer" },
        ),
        (
            contact.is_some_and(|contact| contact.email.is_none()),
            Gap { code: "contact_email", pointer: "/contact_id", detail: "names a contact without a mail address" },
        ),
    ];
    missing.into_iter().filter(|(lacks, _)| *lacks).map(|(_, gap)| gap).collect()
}
