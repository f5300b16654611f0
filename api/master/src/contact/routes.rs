//! The operations of contacts.

use super::service;
use super::view::view;
use crate::refs;
use causeway_contract::{Page, Problem};
use causeway_entity::master::contacts::Entity;
use causeway_kernel::{Answer, Call, Ctx, Routes, Tx, list};
use causeway_openapi::contact::{CONTACTS, Contact, op};

/// Serves them.
pub fn register(routes: &mut Routes) {
    routes.on::<op::ListContacts, _>(list_contacts);
    routes.on::<op::CreateContact, _>(create);
    routes.on::<op::GetContact, _>(get);
    routes.on::<op::UpdateContact, _>(update);
}

async fn list_contacts(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::ListContacts>) -> Result<Answer<Page<Contact>>, Problem> {
    let rows = list::list::<Entity>(ctx, tx, &CONTACTS, "contact", &call.query).await?;
    let mut refs = tx.external_refs(&rows.rows.iter().map(|row| row.id.uuid()).collect::<Vec<_>>()).await?;
    let data = rows.rows.iter().map(|row| view(row, refs.remove(&row.id.uuid()).unwrap_or_default())).collect();
    Ok(Answer::of(rows.page(data)))
}

async fn create(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::CreateContact>) -> Result<Answer<Contact>, Problem> {
    let contact = service::create(ctx, tx, &call.body).await?;
    let version = contact.version;
    Ok(Answer::object(contact, version))
}

async fn get(_: &Ctx, tx: &mut Tx<'_>, call: &Call<op::GetContact>) -> Result<Answer<Contact>, Problem> {
    let row = tx.must::<Entity>(call.path).await?;
    let refs = refs::pairs_of(tx, row.id.uuid()).await?;
    Ok(Answer::object(view(&row, refs), row.version))
}

async fn update(ctx: &Ctx, tx: &mut Tx<'_>, call: &Call<op::UpdateContact>) -> Result<Answer<Contact>, Problem> {
    let contact = service::update(ctx, tx, call.path, &call.body).await?;
    let version = contact.version;
    Ok(Answer::object(contact, version))
}
