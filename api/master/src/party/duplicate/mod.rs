//! Parties that may be one (MDM-07, MDM-14): found through the words that `q=` uses, so that a hundred thousand others cost nothing, and then scored.
//!
//! What it is: finding and explaining. What it is not: no decision. A person merges, or the caller asks to be refused.

pub mod rules;

use super::store::{self, Children};
use super::tax_id;
use causeway_contract::{Code, FieldError, Problem};
use causeway_entity::master::parties;
use causeway_kernel::db::Cell;
use causeway_kernel::search::prefix_end;
use causeway_kernel::{Find, Tx};
use causeway_openapi::party as wire;
use causeway_value::PartyId;
use rules::{LIKELY, Profile, Reason, SHOWN, likely, name_words, score};
use sea_orm::sea_query::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Parties that one word brings, at most: what a word brings more often tells nobody apart.
const PER_WORD: usize = 100;
/// Words of a name that are looked for.
const WORDS: usize = 6;
/// Parties that one word brings, at most, when it is looked at by the way.
const FEW: usize = 8;
/// Parties that are compared, at most.
const COMPARED: u64 = 300;
/// Parties that are shown.
const ANSWERED: usize = 20;
/// Letters at the start of a word that a typing error usually leaves alone.
const PREFIX: usize = 4;

/// The parties that may be the same as this one.
///
/// # Errors
/// `not_found`, or when the database fails.
pub async fn of_party(tx: &mut Tx<'_>, id: PartyId) -> Result<wire::Duplicates, Problem> {
    let row = tx.must::<parties::Entity>(id).await?;
    let children = store::children_of(tx, id).await?;
    let found = find(tx, &profile(&row, &children), Some(id)).await?;
    Ok(answer(found))
}

/// The parties that may be the same as one that is about to be entered.
///
/// # Errors
/// `required` when the body says nothing to go by, or when the database fails.
pub async fn of_draft(tx: &mut Tx<'_>, body: &wire::CheckDuplicates) -> Result<wire::Duplicates, Problem> {
    let draft = drafted(body);
    if draft.name.is_empty() && draft.tax_ids.is_empty() && draft.emails.is_empty() && draft.phones.is_empty() && draft.places.is_empty() {
        return Err(Problem::field(Code::Required, "/name", "is required when there is no tax_id, email, phone or address (line1 and postal_code) to go by"));
    }
    let found = find(tx, &draft, None).await?;
    Ok(answer(found))
}

fn drafted(body: &wire::CheckDuplicates) -> Profile {
    let mut draft = Profile { name: body.name.as_deref().map(name_words).unwrap_or_default(), country: body.country.clone(), ..Profile::default() };
    body.tax_id.iter().for_each(|number| draft.add_tax_id(number));
    body.email.iter().for_each(|email| draft.add_email(email));
    body.phone.iter().for_each(|phone| draft.add_phone(phone));
    body.line1.iter().for_each(|line1| draft.add_place(line1, body.postal_code.as_deref()));
    draft
}

/// Which active party somebody who comes in is.
#[derive(Clone, Debug)]
pub enum Known {
    /// This one, without a doubt.
    As(Box<parties::Model>),
    /// Nobody can tell: none, or one of these, best first.
    Perhaps(Vec<wire::Duplicate>),
}

/// Which party somebody who comes in is (CRM-04, MDM-07): the only one with the mail address; else, of those with exactly this name, the only one for which
/// enough speaks or that is in the same country. A name alone is no proof: another country, another legal form, or two of them, leave it to a person, and so
/// does who is only similar.
///
/// # Errors
/// When the database fails.
pub async fn of_stranger(tx: &mut Tx<'_>, body: &wire::CheckDuplicates) -> Result<Known, Problem> {
    if let Some(email) = &body.email {
        let mut found = store::by_email(tx, email).await?;
        if found.len() > 1 {
            found.retain(|row| same_name(body.name.as_deref(), &row.name));
        }
        if let (Some(row), None) = (found.pop(), found.pop()) {
            return Ok(Known::As(Box::new(row)));
        }
    }
    let wanted = drafted(body);
    let rows = match &body.name {
        Some(name) => store::by_name(tx, name).await?,
        None => Vec::new(),
    };
    let children = store::children(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    let named = best_first(&wanted, rows, &children);
    let exactly = |row: &parties::Model| same_name(body.name.as_deref(), &row.name) && body.country.is_some() && row.country == body.country;
    let mut certain = named.iter().filter(|one| one.points >= LIKELY || exactly(&one.row));
    if let (Some(one), None) = (certain.next(), certain.next()) {
        return Ok(Known::As(Box::new(one.row.clone())));
    }
    let ids = near(tx, &wanted).await?;
    let mut found = compared(tx, &wanted, ids).await?;
    found.retain(|one| one.row.active && named.iter().all(|other| other.row.id != one.row.id));
    found.extend(named);
    found.sort_by_key(|one| (Reverse(one.points), one.row.id));
    Ok(Known::Perhaps(found.into_iter().map(Scored::shown).take(ANSWERED).collect()))
}

fn same_name(one: Option<&str>, other: &str) -> bool {
    one.is_some_and(|one| one.trim().eq_ignore_ascii_case(other.trim()))
}

/// Stops the creation of a party that is likely there already.
///
/// # Errors
/// `already_exists` naming the likely ones, or when the database fails.
pub(super) async fn refuse(tx: &mut Tx<'_>, row: &parties::Model, children: &Children) -> Result<(), Problem> {
    let found = find(tx, &profile(row, children), Some(row.id)).await?;
    let likely: Vec<String> = found.iter().filter(|one| one.likely).map(|one| one.party_id.to_string()).collect();
    let Some(first) = found.iter().find(|one| one.likely) else { return Ok(()) };
    let detail = format!("The party is likely {} ({}), which exists. Use that one, or leave `refuse_duplicates` out.", first.name, first.party_id);
    let mut problem = Problem::new(Code::AlreadyExists, detail);
    problem.errors.push(FieldError::pointer(Code::AlreadyExists, "/name", format!("is likely {}", first.party_id)));
    Err(problem.with("duplicates", likely))
}

fn answer(data: Vec<wire::Duplicate>) -> wire::Duplicates {
    wire::Duplicates { object: "duplicates".to_owned(), data }
}

fn profile(row: &parties::Model, children: &Children) -> Profile {
    let mut profile = Profile { name: name_words(&row.name), country: row.country.clone(), ..Profile::default() };
    row.tax_id.iter().for_each(|number| profile.add_tax_id(number));
    children.tax_ids.iter().for_each(|registration| profile.add_tax_id(&registration.number));
    row.email.iter().chain(children.contacts.iter().filter_map(|contact| contact.email.as_ref())).for_each(|email| profile.add_email(email));
    row.phone.iter().chain(children.contacts.iter().filter_map(|contact| contact.phone.as_ref())).for_each(|phone| profile.add_phone(phone));
    children.addresses.iter().for_each(|address| profile.add_place(&address.line1, address.postal_code.as_deref()));
    profile
}

/// The parties that are worth showing, best first.
async fn find(tx: &mut Tx<'_>, wanted: &Profile, own: Option<PartyId>) -> Result<Vec<wire::Duplicate>, Problem> {
    Ok(scored(tx, wanted, own).await?.into_iter().map(Scored::shown).take(ANSWERED).collect())
}

/// A party that something speaks for.
struct Scored {
    row: parties::Model,
    points: i32,
    reasons: Vec<Reason>,
}

impl Scored {
    fn shown(self) -> wire::Duplicate {
        let reason = |reason: Reason| wire::DuplicateReason { field: reason.field.to_owned(), points: reason.points, detail: reason.detail };
        wire::Duplicate {
            party_id: self.row.id,
            name: self.row.name,
            country: self.row.country,
            active: self.row.active,
            score: self.points,
            likely: likely(self.points, &self.reasons),
            reasons: self.reasons.into_iter().map(reason).collect(),
        }
    }
}

/// The parties that share enough with the wanted one, best first.
async fn scored(tx: &mut Tx<'_>, wanted: &Profile, own: Option<PartyId>) -> Result<Vec<Scored>, Problem> {
    let ids = candidates(tx, &PARTIES, wanted).await?.into_iter().map(PartyId::from_uuid).filter(|id| Some(*id) != own).collect();
    compared(tx, wanted, ids).await
}

/// The parties that share a word of the name that few have, its beginning, or a number: what is looked at by the way, when a lead is qualified, costs next to nothing. Who wants
/// all that is similar asks for it.
async fn near(tx: &mut Tx<'_>, wanted: &Profile) -> Result<Vec<PartyId>, Problem> {
    let numbers = wanted.tax_ids.iter().map(|number| tax_id::bare(number).to_lowercase()).chain(wanted.phones.iter().cloned());
    let words = || wanted.name.iter().take(WORDS).cloned();
    // A word that is written nearly so begins alike.
    let begun = words().map(|word| word.chars().take(PREFIX).collect::<String>()).filter(|begin| begin.chars().count() == PREFIX);
    let ranges = words().chain(numbers).map(|word| (word.clone(), word)).chain(begun.map(|begin| (begin.clone(), prefix_end(&begin))));
    let mut values: Vec<Value> = vec![tx.tenant().into()];
    let mut parts = Vec::new();
    for ((from, to), part) in ranges.zip(0_i64..) {
        values.extend([Value::from(from), Value::from(to)]);
        let (from, to) = (values.len() - 1, values.len());
        let own = format!("SELECT object_id AS id FROM search_words WHERE tenant_id = $1 AND object_type = 'party' AND word >= ${from} AND word <= ${to}");
        parts.push(format!("SELECT part{part}.id AS id, CAST({part} AS BIGINT) AS part FROM ({own} LIMIT {}) part{part}", FEW + 1));
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&parts.join(" UNION ALL "), values, &[("id", Cell::Uuid), ("part", Cell::Whole)]).await?;
    let mut by_word: BTreeMap<i64, Vec<PartyId>> = BTreeMap::new();
    for row in &rows {
        if let (Ok(id), Ok(part)) = (row.try_get("", "id"), row.try_get("", "part")) {
            by_word.entry(part).or_default().push(PartyId::from_uuid(id));
        }
    }
    let mut few: Vec<PartyId> = by_word.into_values().filter(|found| found.len() <= FEW).flatten().collect();
    few.sort_unstable();
    few.dedup();
    Ok(few)
}

/// Those of these parties that share enough with the wanted one, best first.
async fn compared(tx: &mut Tx<'_>, wanted: &Profile, ids: Vec<PartyId>) -> Result<Vec<Scored>, Problem> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Find::<parties::Entity>::new().among(parties::Column::Id, ids.iter().copied()).all(tx).await?;
    let children = store::children(tx, &ids).await?;
    Ok(best_first(wanted, rows, &children))
}

/// Those of the rows that share enough with the wanted party, best first.
fn best_first(wanted: &Profile, rows: Vec<parties::Model>, children: &BTreeMap<PartyId, Children>) -> Vec<Scored> {
    let mut found = Vec::new();
    for row in rows {
        let Some(children) = children.get(&row.id).filter(|children| children.merged_into.is_none()) else { continue };
        let (points, reasons) = score(wanted, &profile(&row, children));
        if points >= SHOWN {
            found.push(Scored { row, points, reasons });
        }
    }
    found.sort_by_key(|one| (Reverse(one.points), one.row.id));
    found
}

/// Among whom is searched.
#[derive(Clone, Copy, Debug)]
pub struct Among {
    /// The name of the object whose words are searched.
    pub object: &'static str,
    /// Queries of ids, each up to the mail address.
    pub by_email: &'static [&'static str],
    /// Queries of ids, each up to the postal code.
    pub by_postal_code: &'static [&'static str],
}

const PARTIES: Among = Among {
    object: "party",
    by_email: &[
        "SELECT id FROM parties WHERE tenant_id = $1 AND lower(email) =",
        "SELECT party_id AS id FROM contacts WHERE tenant_id = $1 AND active AND lower(email) =",
    ],
    by_postal_code: &["SELECT party_id AS id FROM addresses WHERE tenant_id = $1 AND postal_code ="],
};

/// The objects that share something with the wanted one, in one query of index ranges, each of which ends early.
///
/// # Errors
/// When the database fails.
pub async fn candidates(tx: &mut Tx<'_>, among: &Among, wanted: &Profile) -> Result<Vec<Uuid>, Problem> {
    let mut search = Search { among: *among, values: vec![tx.tenant().into()], parts: Vec::new() };
    let names: Vec<&String> = wanted.name.iter().take(WORDS).collect();
    search.all_words(&names);
    for word in &names {
        search.word(word);
        search.prefix(&word.chars().take(PREFIX).collect::<String>());
    }
    for key in wanted.tax_ids.iter().map(|number| tax_id::bare(number).to_lowercase()).chain(wanted.phones.iter().cloned()) {
        search.word(&key);
    }
    for email in wanted.emails.iter().take(WORDS) {
        search.email(email);
    }
    for code in wanted.postal_codes.iter().take(WORDS) {
        search.postal_code(code);
    }
    if search.parts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!("SELECT DISTINCT found.id AS id FROM ({}) found LIMIT {COMPARED}", search.parts.join(" UNION ALL "));
    let rows = tx.query(&sql, search.values, &[("id", Cell::Uuid)]).await?;
    Ok(rows.iter().filter_map(|row| row.try_get("", "id").ok()).collect())
}

/// Ranges of indexes, as parts of one query.
struct Search {
    among: Among,
    values: Vec<Value>,
    parts: Vec<String>,
}

impl Search {
    fn place(&mut self, text: &str) -> usize {
        self.values.push(text.into());
        self.values.len()
    }

    fn part(&mut self, sql: &str) {
        let number = self.parts.len();
        self.parts.push(format!("SELECT part{number}.id FROM ({sql} LIMIT {PER_WORD}) part{number}"));
    }

    fn word(&mut self, word: &str) {
        let equal = self.equal(word);
        self.part(&equal);
    }

    fn equal(&mut self, word: &str) -> String {
        let place = self.place(word);
        format!("SELECT object_id AS id FROM search_words WHERE tenant_id = $1 AND object_type = '{}' AND word = ${place}", self.among.object)
    }

    /// Who has all the words of a name, though each alone is too common.
    fn all_words(&mut self, words: &[&String]) {
        if words.len() < 2 {
            return;
        }
        let mut each = Vec::with_capacity(words.len());
        for word in words {
            each.push(self.equal(word));
        }
        self.part(&format!("SELECT every.id FROM ({}) every", each.join(" INTERSECT ")));
    }

    /// Who has a word that begins so.
    fn prefix(&mut self, prefix: &str) {
        let (from, to) = (self.place(prefix), self.place(&prefix_end(prefix)));
        let object = self.among.object;
        self.part(&format!("SELECT object_id AS id FROM search_words WHERE tenant_id = $1 AND object_type = '{object}' AND word >= ${from} AND word < ${to}"));
    }

    fn email(&mut self, email: &str) {
        self.each(self.among.by_email, email);
    }

    fn postal_code(&mut self, code: &str) {
        self.each(self.among.by_postal_code, code);
    }

    fn each(&mut self, queries: &[&str], text: &str) {
        if queries.is_empty() {
            return;
        }
        let place = self.place(text);
        for query in queries {
            self.part(&format!("{query} ${place}"));
        }
    }
}
