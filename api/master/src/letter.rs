//! What printed documents share: who sends them, to whom, and what their taxes and terms are called.
//!
//! A document that is final shows sender, recipient, taxes and terms as they were then: all are read from their snapshots, so it prints the same for ever.

use causeway_contract::{Code, File, Problem};
use causeway_entity::TaxAmount;
use causeway_entity::kernel::{events, snapshots};
use causeway_kernel::{Find, Tx};
use causeway_print::{Bank, Language, Paper, Tax};
use causeway_value::{AddressId, AddressKind, CompanyId, ContactId, DocumentLanguage, EventId, Letterhead, PartyId, PaymentTermId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Who sends a document, and to whom.
#[derive(Clone, Debug, Default)]
pub struct Addressed {
    /// The company.
    pub sender: causeway_print::Letterhead,
    /// The language of its documents.
    pub language: Language,
    /// The party's name and address for bills, line by line.
    pub recipient: Vec<String>,
    /// The party's registration number for taxes.
    pub tax_id: Option<String>,
    /// The party's name and address for goods, when it has one.
    pub ship_to: Vec<String>,
}

/// A company as its snapshots show it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sender {
    name: String,
    country: String,
    tax_id: Option<String>,
    letterhead: Letterhead,
}

/// A party as its snapshots show it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Recipient {
    name: String,
    tax_id: Option<String>,
    addresses: Vec<Address>,
    contacts: Vec<Person>,
}

#[derive(Debug, Deserialize)]
struct Person {
    #[serde(default)]
    id: Option<ContactId>,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Address {
    #[serde(default)]
    id: Option<AddressId>,
    kind: AddressKind,
    line1: String,
    #[serde(default)]
    line2: Option<String>,
    city: String,
    #[serde(default)]
    postal_code: Option<String>,
    country: String,
}

/// The event that made a document final, such as `invoice.posted`; none for one that is not. What it says is what stood when this came.
///
/// # Errors
/// When the database fails.
pub async fn made_final(tx: &mut Tx<'_>, document: Uuid, event: &'static str) -> Result<Option<EventId>, Problem> {
    let found = Find::<events::Entity>::new().eq(events::Column::SubjectId, document).eq(events::Column::EventType, event);
    Ok(found.order_by_desc(events::Column::Id).one(tx).await?.map(|row| row.id))
}

/// Sender and recipient as they are, or as they were when an event came.
///
/// # Errors
/// When the database fails.
pub async fn addressed(tx: &mut Tx<'_>, company: CompanyId, party: PartyId, then: Option<EventId>) -> Result<Addressed, Problem> {
    addressed_to(tx, company, party, then, At::default()).await
}

/// Whom at a party a document is for, and where its goods go.
#[derive(Clone, Copy, Debug, Default)]
pub struct At {
    /// One of its contacts.
    pub contact: Option<ContactId>,
    /// One of its addresses; none means the one for goods.
    pub ship_to: Option<AddressId>,
}

/// As [`addressed`], for this contact and with goods for this address of the party, while the party has them.
///
/// # Errors
/// When the database fails.
pub async fn addressed_to(tx: &mut Tx<'_>, company: CompanyId, party: PartyId, then: Option<EventId>, place: At) -> Result<Addressed, Problem> {
    let mut stood = stood(tx, &[company.uuid(), party.uuid()], then).await?;
    let sender: Sender = shown(&mut stood, company.uuid());
    let recipient: Recipient = shown(&mut stood, party.uuid());
    let address = |kind: AddressKind| recipient.addresses.iter().find(|address| address.kind == kind);
    let lines = |address: Option<&Address>| address.map_or_else(Vec::new, |address| address_lines(&recipient.name, address, &sender.country));
    let main = address(AddressKind::Billing).or_else(|| recipient.addresses.first());
    let named = recipient.addresses.iter().find(|address| place.ship_to.is_some() && address.id == place.ship_to);
    let person = recipient.contacts.iter().find(|contact| place.contact.is_some() && contact.id == place.contact).map(|contact| contact.name.clone());
    let shipping = named.or_else(|| address(AddressKind::Shipping).filter(|_| address(AddressKind::Billing).is_some()));
    Ok(Addressed {
        language: match sender.letterhead.language {
            DocumentLanguage::English => Language::English,
            DocumentLanguage::German => Language::German,
        },
        recipient: with_person(main.map_or_else(|| vec![recipient.name.clone()], |address| lines(Some(address))), person),
        ship_to: lines(shipping),
        tax_id: recipient.tax_id.clone(),
        sender: letterhead(sender),
    })
}

/// The party that a document named when it was final. A merge moves documents to the party that remains, and their paper stays as it was sent (MDM-09).
///
/// # Errors
/// When the database fails.
pub async fn party_then(tx: &mut Tx<'_>, document: Uuid, party: PartyId, then: Option<EventId>) -> Result<PartyId, Problem> {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Named {
        party_id: Option<PartyId>,
    }
    if then.is_none() {
        return Ok(party);
    }
    let named: Named = shown(&mut stood(tx, &[document], then).await?, document);
    Ok(named.party_id.unwrap_or(party))
}

/// The newest snapshots of objects, or those that stood when an event came; the first one of what is younger than that, as with history that is entered later.
async fn stood(tx: &mut Tx<'_>, ids: &[Uuid], then: Option<EventId>) -> Result<BTreeMap<Uuid, String>, Problem> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let newest = "SELECT MAX(version) FROM snapshots newest WHERE newest.tenant_id = snapshots.tenant_id AND newest.object_id = snapshots.object_id";
    let find = Find::<snapshots::Entity>::new().among(snapshots::Column::ObjectId, ids);
    let find = match then {
        None => find.when(&format!("version = ({newest})"), Vec::new()),
        Some(then) => {
            let known = "SELECT MAX(subject_version) FROM events WHERE events.tenant_id = snapshots.tenant_id AND subject_id = object_id AND events.id <= ?";
            find.when(&format!("version = COALESCE(({known}), 1)"), vec![then.into()])
        }
    };
    Ok(find.all(tx).await?.into_iter().filter_map(|row| Some((row.object_id, row.body?))).collect())
}

/// What a snapshot shows; nothing of one whose body was erased.
fn shown<T: Default + DeserializeOwned>(stood: &mut BTreeMap<Uuid, String>, id: Uuid) -> T {
    stood.remove(&id).and_then(|body| serde_json::from_str(&body).ok()).unwrap_or_default()
}

/// The person stands below the name of the party.
fn with_person(mut lines: Vec<String>, person: Option<String>) -> Vec<String> {
    lines.splice(1..1, person);
    lines
}

fn address_lines(name: &str, address: &Address, home: &str) -> Vec<String> {
    let abroad = if address.country == home { String::new() } else { format!("{}-", address.country) };
    let city = match &address.postal_code {
        Some(code) => format!("{abroad}{code} {}", address.city),
        None => format!("{abroad}{}", address.city),
    };
    [Some(name.to_owned()), Some(address.line1.clone()), address.line2.clone(), Some(city)].into_iter().flatten().collect()
}

fn letterhead(sender: Sender) -> causeway_print::Letterhead {
    let Letterhead { address, email, phone, website, register, bank_name, iban, bic, .. } = sender.letterhead;
    causeway_print::Letterhead {
        name: sender.name,
        address,
        contact: [phone, email, website].into_iter().flatten().collect(),
        tax_id: sender.tax_id,
        register,
        bank: iban.map(|iban| Bank { name: bank_name, iban, bic }),
    }
}

/// What a tax or a payment term is called.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Called {
    name: String,
    note: Option<String>,
}

/// The taxes of a document, each once, with their names and what they say, as they are or were when an event came.
///
/// # Errors
/// When the database fails.
pub async fn named_taxes(tx: &mut Tx<'_>, amounts: &[TaxAmount], then: Option<EventId>) -> Result<Vec<Tax>, Problem> {
    if amounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = amounts.iter().map(|part| part.tax_id.uuid()).collect();
    let mut stood = stood(tx, &ids, then).await?;
    let named = |part: &TaxAmount| {
        let Called { name, note } = shown(&mut stood, part.tax_id.uuid());
        Tax { name, note, base: part.base, amount: part.amount }
    };
    Ok(amounts.iter().map(named).collect())
}

/// The name of a document's payment term, as it is or was when an event came.
///
/// # Errors
/// When the database fails.
pub async fn term_name(tx: &mut Tx<'_>, id: Option<PaymentTermId>, then: Option<EventId>) -> Result<Option<String>, Problem> {
    let Some(id) = id else { return Ok(None) };
    let term: Called = shown(&mut stood(tx, &[id.uuid()], then).await?, id.uuid());
    Ok(Some(term.name).filter(|name| !name.is_empty()))
}

/// The file of a paper.
///
/// # Errors
/// `internal_error` when it cannot be written: a bug.
pub fn print(paper: &Paper) -> Result<File, Problem> {
    let bytes = causeway_print::pdf(paper).map_err(|error| {
        tracing::error!(%error, "a document cannot be printed");
        Problem::new(Code::InternalError, "Something went wrong on our side. The request id finds it in the log.")
    })?;
    Ok(File { name: causeway_print::file_name(paper), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_stands_below_the_name_of_the_party() {
        let lines = || vec!["Borealis SAS".to_owned(), "1 rue de la Paix".to_owned()];
        assert_eq!(with_person(lines(), Some("Amy".to_owned())), ["Borealis SAS", "Amy", "1 rue de la Paix"]);
        assert_eq!(with_person(lines(), None), lines());
    }

    #[test]
    fn an_address_abroad_says_its_country() {
        let address = Address {
            id: None,
            kind: AddressKind::Billing,
            line1: "1 rue de la Paix".to_owned(),
            line2: None,
            city: "Lyon".to_owned(),
            postal_code: Some("69001".to_owned()),
            country: "FR".to_owned(),
        };
        assert_eq!(address_lines("Borealis SAS", &address, "DE"), ["Borealis SAS", "1 rue de la Paix", "FR-69001 Lyon"]);
        assert_eq!(address_lines("Borealis SAS", &address, "FR")[2], "69001 Lyon");
    }
}
