//! A party as the API shows it.

use super::store::Children;
use super::tax_id;
use causeway_entity::master::{addresses, contacts, parties, party_tax_ids};
use causeway_openapi::party as wire;
use causeway_value::PartyRole;

/// The party with what stands with it.
#[must_use]
pub fn view(row: &parties::Model, children: &Children) -> wire::Party {
    let roles = [(row.is_customer, PartyRole::Customer), (row.is_supplier, PartyRole::Supplier)];
    wire::Party {
        id: row.id,
        object: "party".to_owned(),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        name: row.name.clone(),
        kind: row.kind,
        roles: roles.into_iter().filter_map(|(has, role)| has.then_some(role)).collect(),
        country: row.country.clone(),
        tax_id: row.tax_id.clone(),
        tax_id_status: row.tax_id.as_deref().map(|number| tax_id::check(row.country.as_deref(), number).word().to_owned()),
        tax_ids: children.tax_ids.iter().map(registration).collect(),
        currency: row.currency,
        payment_term_id: row.payment_term_id,
        price_list_id: row.price_list_id,
        credit_limit: row.credit_limit.zip(row.credit_currency).map(|(limit, currency)| limit.text(currency)),
        credit_currency: row.credit_currency,
        segment: row.segment.clone(),
        email: row.email.clone(),
        phone: row.phone.clone(),
        linked_company_id: row.linked_company_id,
        active: row.active,
        merged_into_id: children.merged_into,
        addresses: children.addresses.iter().map(address).collect(),
        contacts: children.contacts.iter().map(contact).collect(),
        metadata: row.metadata.0.clone(),
        external_refs: crate::refs::shown(children.refs.clone()),
    }
}

/// A registration as the API shows it.
pub(super) fn registration(row: &party_tax_ids::Model) -> wire::TaxRegistration {
    wire::TaxRegistration { country: row.country.clone(), number: row.number.clone() }
}

fn address(row: &addresses::Model) -> wire::Address {
    wire::Address {
        id: row.id,
        kind: row.kind,
        line1: row.line1.clone(),
        line2: row.line2.clone(),
        city: row.city.clone(),
        region: row.region.clone(),
        postal_code: row.postal_code.clone(),
        country: row.country.clone(),
    }
}

/// A contact as the API shows it.
pub(super) fn contact(row: &contacts::Model) -> wire::PartyContact {
    wire::PartyContact { id: row.id, name: row.name.clone(), email: row.email.clone(), phone: row.phone.clone(), position: row.title.clone() }
}
