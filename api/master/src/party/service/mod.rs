//! The verbs of a party.

mod children;
mod create;
mod credit;
mod merge;
pub mod rights;
mod twins;
mod update;

pub use create::{create, create_as, create_many, draft};
pub use merge::merge;
pub(crate) use update::people_changed;
pub use update::{add_contact, update};

use super::store::Children;
use super::view::view;
use super::{duplicate, tax_id};
use causeway_contract::{FieldError, Problem};
use causeway_entity::govern::companies;
use causeway_entity::master::{parties, payment_terms, price_lists};
use causeway_kernel::{Change, Ctx, Tx};
use causeway_openapi::party as wire;
use causeway_value::{CompanyId, PaymentTermId, PriceListId};

/// What a party refers to, as far as it is new: each must be there.
#[derive(Default)]
struct References {
    payment_term_id: Option<PaymentTermId>,
    price_list_id: Option<PriceListId>,
    linked_company_id: Option<CompanyId>,
}

async fn check_references(tx: &mut Tx<'_>, references: &References, errors: &mut Vec<FieldError>) -> Result<(), Problem> {
    tx.named::<payment_terms::Entity, _>(references.payment_term_id, "/payment_term_id", errors).await?;
    tx.named::<price_lists::Entity, _>(references.price_list_id, "/price_list_id", errors).await?;
    tx.named::<companies::Entity, _>(references.linked_company_id, "/linked_company_id", errors).await?;
    Ok(())
}

/// What `q=` finds a party by, and duplicates, too: hence the registrations and telephone numbers without what people write between their digits.
fn words(row: &parties::Model, children: &Children) -> Vec<Option<String>> {
    let mut words = vec![Some(row.name.clone()), row.tax_id.clone(), row.email.clone()];
    words.extend(row.tax_id.iter().flat_map(|number| [Some(tax_id::normalised(number)), Some(tax_id::bare(number))]));
    words.push(row.phone.as_deref().and_then(duplicate::rules::phone_key));
    words.extend(children.tax_ids.iter().flat_map(|row| [Some(row.normalised.clone()), Some(tax_id::bare(&row.normalised))]));
    for contact in &children.contacts {
        words.extend([Some(contact.name.clone()), contact.email.clone()]);
    }
    words
}

fn index(tx: &mut Tx<'_>, row: &parties::Model, words: &[Option<String>], fresh: bool) {
    let words: Vec<Option<&str>> = words.iter().map(Option::as_deref).collect();
    tx.index_words("party", row.id.uuid(), &words, fresh);
}

fn record(ctx: &Ctx, tx: &mut Tx<'_>, event: &'static str, row: &parties::Model, children: &Children) -> Result<wire::Party, Problem> {
    let view = view(row, children);
    tx.record(ctx, &Change { event, object: "party", id: row.id.uuid(), version: row.version, company_id: None, flow_id: None, body: &view })?;
    Ok(view)
}
