//! Looking for an object by its name where a field wants its id: what is typed is searched for, and the one that is chosen puts its id there.
//!
//! An id may be typed all the same: what looks like one is not searched for.

use crate::call::Call;
use crate::columns::{at, called};
use crate::model::{App, Cmd, Failure, Hit, Lookup, Popup, Reply, Tag, Timer};
use crate::resource::{self, Resource};
use crate::text::{clean, fuzzy};
use serde_json::Value;

/// How long nothing is typed before it is searched for, in milliseconds.
const PAUSE: u64 = 150;
/// What is shown of what was found.
const SHOWN: usize = 8;
/// Rows of a list that cannot be searched, looked through here.
const LOOKED_THROUGH: &str = "200";
/// What tells an object from another of its name.
const TELLING: [&str; 8] = ["number", "code", "email", "status", "party_id", "company_id", "currency", "country"];

impl App {
    /// The resource whose objects the field with the cursor names, where they can be listed.
    fn named_here(&self) -> Option<(&'static Resource, usize, String)> {
        let Some(Popup::Deed(deed)) = &self.popup else { return None };
        let field = deed.form.fields.get(deed.focus)?;
        let (prefix, words) = field.wanted()?;
        let resource = resource::of_prefix(prefix).filter(|resource| resource.platform == self.scope.platform)?;
        Some((resource, deed.focus, words.to_owned()))
    }

    /// Offers the words that a field takes, where the contract says which: nobody is asked for them.
    fn offer_words(&mut self, empty: bool) -> bool {
        let generation = self.number();
        let Some(Popup::Deed(deed)) = &mut self.popup else { return false };
        let Some(field) = deed.form.fields.get(deed.focus) else { return false };
        let Some(words) = field.looks_for() else { return false };
        let taken: Vec<&str> = field.input.value().split(',').map(str::trim).collect();
        let whole = field.known.iter().any(|known| known == words);
        let free = field.known.iter().filter(|known| !taken.contains(&known.as_str()));
        let fits = free.filter(|known| words.is_empty() || whole || known.contains(words) || fuzzy(words, known).is_some());
        let mut hits: Vec<Hit> = fits.map(|known| Hit { id: known.clone(), name: known.clone(), about: resource::allows(known).to_owned() }).collect();
        // What has the letters as they were typed comes first; everything of an area is chosen only by who goes there.
        hits.sort_by_key(|hit| (!hit.id.starts_with(words), !hit.id.contains(words), hit.id.ends_with('*')));
        let words = words.to_owned();
        // Whoever typed all of a word, or nothing yet, goes on with enter.
        if (words.is_empty() || whole) && !empty {
            deed.lookup = None;
            return true;
        }
        let name = if field.takes_permissions() { "permissions" } else { "words" };
        let wrong = hits.is_empty().then(|| format!("no {name} of these letters"));
        deed.lookup = Some(Lookup { generation, answered: true, wrong, ..Lookup::of(deed.focus, name, words, hits) });
        true
    }

    /// Something was typed: it is searched for when no more comes for a moment.
    pub(super) fn look(&mut self) {
        if self.offer_words(false) {
            return;
        }
        let found = self.named_here();
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let Some((resource, field, words)) = found else {
            deed.lookup = None;
            return;
        };
        let id = resource.prefix.is_some_and(|prefix| words.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_')));
        if words.is_empty() || id {
            deed.lookup = None;
            return;
        }
        let waits = deed.lookup.as_ref().is_some_and(|lookup| lookup.generation == 0);
        // What was found before stays in sight until the answer comes.
        let hits = deed.lookup.take().map(|lookup| lookup.hits).unwrap_or_default();
        deed.lookup = Some(Lookup::of(field, resource.name, words, hits));
        if !waits {
            self.out.push(Cmd::After(PAUSE, Timer::Look));
        }
    }

    /// Asks for what is looked for, when that was not done yet.
    pub(super) fn look_up(&mut self) {
        let generation = self.number();
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let company = deed.form.fields.iter().find(|field| field.path == "company_id").map(|field| field.input.value().trim().to_owned());
        let Some(lookup) = deed.lookup.as_mut().filter(|lookup| lookup.generation == 0) else { return };
        lookup.generation = generation;
        let (words, Some(resource)) = (lookup.words.clone(), resource::named(lookup.resource)) else { return };
        let searches = resource.filters_by("q", false) && !words.is_empty();
        let mut call = Call::of(&resource.list, &[]).with("limit", if searches { "8" } else { LOOKED_THROUGH });
        if searches {
            call = call.with("q", words);
        }
        // What is not in use any more is not put in new documents; its id can be typed.
        if resource.answers_yes_or_no("active") {
            call = call.with("active", "true");
        }
        if let Some(company) = company.filter(|company| company.starts_with("com_") && resource.filters_by("company_id", false)) {
            call = call.with("company_id", company);
        }
        let call = self.of_company(call, resource);
        self.call(Tag::Lookup { generation }, call);
    }

    /// Shows what there is without a word being typed.
    pub(super) fn look_through(&mut self) {
        if self.offer_words(true) {
            return;
        }
        let Some((resource, field, words)) = self.named_here() else { return };
        if let Some(Popup::Deed(deed)) = &mut self.popup {
            deed.lookup = Some(Lookup::of(field, resource.name, words, Vec::new()));
        }
        self.look_up();
    }

    pub(super) fn looked_up(&mut self, generation: u64, reply: Result<Reply, Failure>) {
        let names = &self.names;
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let Some(lookup) = deed.lookup.as_mut().filter(|lookup| lookup.generation == generation) else { return };
        self.dirty = true;
        lookup.answered = true;
        lookup.cursor = 0;
        lookup.hits.clear();
        match reply {
            Ok(reply) => {
                let rows = reply.body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let hits = rows.iter().filter_map(|row| hit(row, |id| names.get(id).cloned()));
                let searched = resource::named(lookup.resource).is_some_and(|resource| resource.filters_by("q", false));
                lookup.hits = if searched || lookup.words.is_empty() { hits.take(SHOWN).collect() } else { best(hits, &lookup.words) };
                let further = !searched && reply.body.get("next_cursor").is_some_and(Value::is_string);
                // What was not looked through is not nothing.
                lookup.wrong = (lookup.hits.is_empty() && further).then(|| format!("none of the newest {LOOKED_THROUGH} {} fits", lookup.resource));
            }
            Err(failure) => lookup.wrong = Some(failure.text()),
        }
    }

    /// Puts the id of what is under the cursor into the field; whether there was one.
    pub(super) fn take_hit(&mut self) -> bool {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return false };
        let Some(lookup) = &deed.lookup else { return false };
        let Some(hit) = lookup.hits.get(lookup.cursor).filter(|_| lookup.answered).cloned() else { return false };
        let Some(field) = deed.form.fields.get_mut(lookup.field) else { return false };
        field.take(&hit.id);
        let named = field.known.is_empty();
        deed.lookup = None;
        if named {
            self.names.insert(hit.id, hit.name);
        }
        self.retouched();
        true
    }

    /// The next or previous of what was found.
    pub(super) fn turn_hit(&mut self, by: isize) {
        if let Some(Popup::Deed(deed)) = &mut self.popup
            && let Some(lookup) = &mut deed.lookup
        {
            lookup.cursor = lookup.cursor.saturating_add_signed(by).min(lookup.hits.len().saturating_sub(1));
        }
    }

    /// Whether something that was found can be chosen.
    pub(super) fn offers_hits(&self) -> bool {
        matches!(&self.popup, Some(Popup::Deed(deed)) if deed.lookup.as_ref().is_some_and(|lookup| !lookup.hits.is_empty()))
    }

    /// Whoever goes to another field looks for nothing in the one before.
    pub(super) fn leave_lookup(&mut self) {
        if let Some(Popup::Deed(deed)) = &mut self.popup
            && deed.lookup.as_ref().is_some_and(|lookup| lookup.field != deed.focus || deed.batch.is_some())
        {
            deed.lookup = None;
        }
    }
}

/// A row as something to choose.
fn hit(row: &Value, name: impl Fn(&str) -> Option<String>) -> Option<Hit> {
    let id = row.get("id")?.as_str()?;
    // Whoever looks for a name reads it first; documents have a number only.
    let name_of = || row.get("name").and_then(Value::as_str).or_else(|| called(row));
    let named = name_of().map_or_else(|| id.to_owned(), |name| clean(name).into_owned());
    let telling = TELLING.iter().filter_map(|field| at(row, field).as_str().filter(|text| !text.is_empty() && *text != named));
    let off = (row.get("active") == Some(&Value::Bool(false))).then(|| "not active".to_owned());
    let about: Vec<String> = telling.map(|text| name(text).unwrap_or_else(|| clean(text).into_owned())).chain(off).collect();
    Some(Hit { id: id.to_owned(), name: named, about: about.join("  ") })
}

/// The hits whose name, number or code fits the words, the best first.
fn best(hits: impl Iterator<Item = Hit>, words: &str) -> Vec<Hit> {
    let mut scored: Vec<_> = hits.filter_map(|hit| Some((fuzzy(words, &hit.name).max(fuzzy(words, &hit.about))?, hit))).collect();
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.into_iter().map(|(_, hit)| hit).take(SHOWN).collect()
}

/// What ids are called, where the names of all of them are known: for a field that takes several.
pub fn names_of(app: &App, text: &str) -> Option<String> {
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    let names: Option<Vec<_>> = ids.map(|id| app.names.get(id).map(|name| clean(name).into_owned())).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(", "))
}
