//! Creating a party.

use super::{References, check_references, children, credit, index, record, rights, words};
use crate::party::duplicate;
use crate::party::store::{self, Children};
use crate::party::view;
use crate::{check, contact, refs};
use causeway_contract::{Bulk, BulkResult, Problem};
use causeway_entity::master::parties;
use causeway_kernel::bulk::{Kind, create_each};
use causeway_kernel::{Ctx, Find, Tx};
use causeway_openapi::party as wire;
use causeway_value::{Json, PartyId, PartyRole};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Creates a party with its addresses and contacts.
///
/// # Errors
/// `not_found` for what it refers to; `required` for the currency of a credit limit; `invalid_value` for a tax registration that breaks its country's rule;
/// `external_ref_exists`; `already_exists` for a likely duplicate when the body asks for that; `permission_denied` for a limit, prices or terms that the caller
/// may not give.
pub async fn create(ctx: &Ctx, tx: &mut Tx<'_>, body: &wire::CreateParty) -> Result<wire::Party, Problem> {
    create_as(ctx, tx, PartyId::new(), body).await
}

/// Creates a party under an id that something may name already, such as a row of the same import.
///
/// # Errors
/// As [`create`].
pub async fn create_as(ctx: &Ctx, tx: &mut Tx<'_>, id: PartyId, body: &wire::CreateParty) -> Result<wire::Party, Problem> {
    let mut errors = Vec::new();
    check::not_blank(&body.name, "/name", &mut errors);
    let references = References { payment_term_id: body.payment_term_id, price_list_id: body.price_list_id, linked_company_id: body.linked_company_id };
    check_references(tx, &references, &mut errors).await?;
    let credit = match &body.credit_limit {
        Some(text) => credit::given(tx, text, body.currency, &mut errors).await?,
        None => credit::Credit::default(),
    };
    let row = parties::Model { credit_limit: credit.limit, credit_currency: credit.currency, ..draft(ctx, id, body) };
    rights::may_create(ctx, &row)?;
    // Written first: addresses and contacts refer to it.
    tx.insert(row.clone());
    let mut standing = Children {
        addresses: children::replace_addresses(tx, row.id, &[], &body.addresses, &mut errors),
        tax_ids: children::replace_tax_ids(tx, row.id, &[], &body.tax_ids, &mut errors),
        refs: refs::pairs(&body.external_refs),
        ..Children::default()
    };
    let people = children::replace_contacts(ctx, tx, row.id, &mut standing, &body.contacts, &mut errors);
    check::finish(errors)?;
    if body.refuse_duplicates == Some(true) {
        duplicate::refuse(tx, &row, &standing).await?;
    }
    tx.set_external_refs("party", row.id.uuid(), &standing.refs, true);
    index(tx, &row, &words(&row, &standing), true);
    let party = record(ctx, tx, "party.created", &row, &standing)?;
    contact::record_all(ctx, tx, &people).await?;
    Ok(party)
}

/// The party that a body asks for, without its credit limit.
#[must_use]
pub fn draft(ctx: &Ctx, id: PartyId, body: &wire::CreateParty) -> parties::Model {
    let now = ctx.now();
    parties::Model {
        tenant_id: ctx.tenant,
        id,
        name: body.name.clone(),
        kind: body.kind,
        is_customer: body.roles.contains(&PartyRole::Customer),
        is_supplier: body.roles.contains(&PartyRole::Supplier),
        country: body.country.clone(),
        tax_id: body.tax_id.clone(),
        currency: body.currency,
        payment_term_id: body.payment_term_id,
        price_list_id: body.price_list_id,
        credit_limit: None,
        credit_currency: None,
        segment: body.segment.clone(),
        email: body.email.clone(),
        phone: body.phone.clone(),
        linked_company_id: body.linked_company_id,
        active: true,
        metadata: Json(body.metadata.clone()),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Creates many.
///
/// # Errors
/// As `create_each`.
pub async fn create_many(ctx: &Ctx, tx: &mut Tx<'_>, bulk: &Bulk<wire::CreateParty>) -> Result<BulkResult<wire::Party>, Problem> {
    let kind = Kind { object: "party", refs: |body: &wire::CreateParty| refs::named(&body.external_refs), read };
    create_each(ctx, tx, bulk, kind, async |tx, _, body| create(ctx, tx, body).await).await
}

/// The parties of these ids.
async fn read(tx: &mut Tx<'_>, ids: &[Uuid]) -> Result<BTreeMap<Uuid, wire::Party>, Problem> {
    let rows = Find::<parties::Entity>::new().among(parties::Column::Id, ids.iter().copied()).all(tx).await?;
    let mut children = store::children(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    Ok(rows.iter().map(|row| (row.id.uuid(), view(row, &children.remove(&row.id).unwrap_or_default()))).collect())
}
