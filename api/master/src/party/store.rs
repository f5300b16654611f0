//! What stands with parties, and how they are found.

use super::duplicate::rules::mail_key;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::{addresses, contacts, parties, party_merges, party_tax_ids};
use causeway_kernel::db::Cell;
use causeway_kernel::{Find, Tx};
use causeway_value::{Currency, PartyId};
use std::collections::{BTreeMap, BTreeSet};

/// What stands with a party.
#[derive(Clone, Debug, Default)]
pub struct Children {
    /// Its addresses, in order.
    pub addresses: Vec<addresses::Model>,
    /// People at it, in order.
    pub contacts: Vec<contacts::Model>,
    /// People who have left.
    pub former: Vec<contacts::Model>,
    /// Its checked tax registrations, in order.
    pub tax_ids: Vec<party_tax_ids::Model>,
    /// Its ids in other systems.
    pub refs: Vec<(String, String)>,
    /// The party that it was merged into.
    pub merged_into: Option<PartyId>,
}

impl Children {
    /// The place of somebody who comes to the people of the party.
    pub(crate) fn next_place(&self) -> i64 {
        self.contacts.iter().chain(&self.former).map(|row| row.position + 1).max().unwrap_or_default()
    }
}

/// What stands with these parties, in five queries however many they are. Every id has an entry.
///
/// # Errors
/// When the database fails.
pub async fn children(tx: &mut Tx<'_>, ids: &[PartyId]) -> Result<BTreeMap<PartyId, Children>, Problem> {
    let mut found: BTreeMap<PartyId, Children> = ids.iter().map(|id| (*id, Children::default())).collect();
    if ids.is_empty() {
        return Ok(found);
    }
    let by_party = Find::<addresses::Entity>::new().among(addresses::Column::PartyId, ids.iter().copied());
    for address in by_party.order_by(addresses::Column::Position).all(tx).await? {
        found.entry(address.party_id).or_default().addresses.push(address);
    }
    let by_party = Find::<contacts::Entity>::new().among(contacts::Column::PartyId, ids.iter().copied());
    for contact in by_party.order_by(contacts::Column::Position).all(tx).await? {
        let children = found.entry(contact.party_id).or_default();
        if contact.active { &mut children.contacts } else { &mut children.former }.push(contact);
    }
    let by_party = Find::<party_tax_ids::Entity>::new().among(party_tax_ids::Column::PartyId, ids.iter().copied());
    for registration in by_party.order_by(party_tax_ids::Column::Position).all(tx).await? {
        found.entry(registration.party_id).or_default().tax_ids.push(registration);
    }
    for merge in Find::<party_merges::Entity>::new().among(party_merges::Column::MergedId, ids.iter().copied()).all(tx).await? {
        found.entry(merge.merged_id).or_default().merged_into = Some(merge.into_party_id);
    }
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    for (id, refs) in tx.external_refs(&uuids).await? {
        found.entry(PartyId::from_uuid(id)).or_default().refs = refs;
    }
    Ok(found)
}

/// What stands with one party.
///
/// # Errors
/// When the database fails.
pub async fn children_of(tx: &mut Tx<'_>, id: PartyId) -> Result<Children, Problem> {
    Ok(children(tx, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The party that a field of a new document names, or its error: there must be one, and it must be active.
///
/// # Errors
/// When the database fails.
pub async fn named(tx: &mut Tx<'_>, id: Option<PartyId>, pointer: &str, errors: &mut Vec<FieldError>) -> Result<Option<parties::Model>, Problem> {
    let found = existing(tx, id, pointer, errors).await?;
    if found.as_ref().is_some_and(|party| !party.active) {
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, "names a party that is not active any more"));
    }
    Ok(found)
}

/// The party that a field of a document names which follows from others, such as a payment: it need not be active, but one that was merged is another now.
///
/// # Errors
/// When the database fails.
pub async fn existing(tx: &mut Tx<'_>, id: Option<PartyId>, pointer: &str, errors: &mut Vec<FieldError>) -> Result<Option<parties::Model>, Problem> {
    let Some(party) = tx.named::<parties::Entity, _>(id, pointer, errors).await? else { return Ok(None) };
    if party.active {
        return Ok(Some(party));
    }
    if let Some(into) = merged_into(tx, party.id).await? {
        let detail = format!("names a party that was merged into {into}: name that one");
        errors.push(FieldError::pointer(Code::InvalidValue, pointer, detail));
        return Ok(None);
    }
    Ok(Some(party))
}

/// The party that took the place of a merged one.
///
/// # Errors
/// When the database fails.
pub async fn merged_into(tx: &mut Tx<'_>, id: PartyId) -> Result<Option<PartyId>, Problem> {
    let merge = Find::<party_merges::Entity>::new().eq(party_merges::Column::MergedId, id).one(tx).await?;
    Ok(merge.map(|merge| merge.into_party_id))
}

/// Parties of the names of one file's part that are looked at.
const ALIKE: u64 = 5_000;
/// Parties that share a mail address or a name which are looked at: what more have tells nobody apart.
const SHARED: u64 = 20;

/// The active parties with this mail address, however it is capitalised, of their own or of one of their contacts; oldest first.
///
/// # Errors
/// When the database fails.
pub async fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Vec<parties::Model>, Problem> {
    let key = mail_key(email);
    let sql = "lower(email) = ? OR id IN (SELECT c.party_id FROM contacts c WHERE c.tenant_id = $1 AND lower(c.email) = ? AND c.active)";
    let find = Find::<parties::Entity>::new().eq(parties::Column::Active, true).when(sql, vec![key.as_str().into(), key.as_str().into()]);
    find.order_by(parties::Column::Id).limit(SHARED).all(tx).await
}

/// The active parties of this name, however it is capitalised; oldest first.
///
/// # Errors
/// When the database fails.
pub async fn by_name(tx: &mut Tx<'_>, name: &str) -> Result<Vec<parties::Model>, Problem> {
    let find = Find::<parties::Entity>::new().eq(parties::Column::Active, true).when("lower(name) = ?", vec![name.trim().to_ascii_lowercase().into()]);
    find.order_by(parties::Column::Id).limit(SHARED).all(tx).await
}

/// Marks that stand between the words of a name, or are left out there: they tell no names apart.
const BETWEEN: [char; 6] = ['.', ',', '-', '_', '\'', '"'];

/// What all ways of writing one name have in common: its words in small letters (MDM-07). `Newco, Ltd.` and `NEWCO LTD` are one name, `Store 1-1` and
/// `Store 11` are two.
#[must_use]
pub fn name_key(name: &str) -> String {
    let spaced = name.replace(BETWEEN, " ").to_lowercase();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The key of a name as the database makes it, which knows ASCII only.
fn stored_key(name: &str) -> String {
    let spaced = name.replace(BETWEEN, " ");
    let once = spaced.replace("  ", " ").replace("  ", " ").replace("  ", " ");
    once.trim_matches(' ').to_ascii_lowercase()
}

/// The active parties of these names, however those are written; oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_names(tx: &mut Tx<'_>, names: &BTreeSet<String>) -> Result<Vec<parties::Model>, Problem> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: BTreeSet<String> = names.iter().map(|name| name_key(name)).collect();
    // Whatever lies beyond ASCII is stored as it was written: as here, or all in small or in large letters.
    let keys: BTreeSet<String> = names.iter().flat_map(|name| [name.clone(), name.to_lowercase(), name.to_uppercase()]).map(|name| stored_key(&name)).collect();
    let marks = vec!["?"; keys.len()].join(", ");
    let sql = format!("{} IN ({marks})", causeway_migration::PARTY_NAME_KEY);
    let find = Find::<parties::Entity>::new().eq(parties::Column::Active, true).when(&sql, keys.into_iter().map(Into::into).collect());
    let found = find.order_by(parties::Column::Id).limit(ALIKE).all(tx).await?;
    Ok(found.into_iter().filter(|party| wanted.contains(&name_key(&party.name))).collect())
}

/// The currency that all companies of the tenant have, whichever of them the caller may see.
///
/// # Errors
/// When the database fails.
pub async fn common_currency(tx: &mut Tx<'_>) -> Result<Option<Currency>, Problem> {
    let sql = "SELECT DISTINCT currency FROM companies WHERE tenant_id = $1 LIMIT 2";
    let rows = tx.query(sql, vec![tx.tenant().into()], &[("currency", Cell::Text)]).await?;
    let [row] = rows.as_slice() else { return Ok(None) };
    Ok(row.try_get::<String>("", "currency").ok().and_then(|code| code.parse().ok()))
}
