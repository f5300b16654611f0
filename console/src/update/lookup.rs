//! Looking for an object by its name where a field wants its id: what is typed is searched for, and the one that is chosen puts its id there.
//!
//! An id may be typed all the same: what looks like one is not searched for.

use crate::call::Call;
use crate::columns::{at, called};
use crate::model::{App, Cmd, Deed, Failure, Hit, Lookup, Popup, Reply, Tag, Timer};
use crate::resource::{self, Resource};
use crate::text::{clean, fuzzy};
use serde_json::Value;

/// How long nothing is typed before it is searched for, in milliseconds.
const PAUSE: u64 = 150;
/// Parts that are shown at once.
const MOST_PARTS: usize = 12;
/// What is shown of what was found.
const SHOWN: usize = 8;
/// Rows of a list that cannot be searched, looked through here.
const LOOKED_THROUGH: &str = "200";
/// What tells an object from another of its name.
const TELLING: [&str; 12] =
    ["number", "code", "email", "status", "party_id", "company_id", "order_id", "order_line_id", "source_type", "amount", "currency", "country"];

/// Objects that have no list of their own: they are parts of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The prefix of their ids.
    prefix: &'static str,
    /// Where they stand in the object that has them.
    within: &'static str,
    /// The lists of such objects.
    of: &'static [&'static str],
    /// The field that names the object, in the form or in what it is about.
    by: &'static str,
}

/// What is a part of something else.
const PARTS: [Part; 6] = [
    Part { prefix: "con", within: "contacts", of: &["parties"], by: "party_id" },
    Part { prefix: "adr", within: "addresses", of: &["parties"], by: "party_id" },
    Part { prefix: "oln", within: "lines", of: &["orders"], by: "order_id" },
    Part { prefix: "hld", within: "holds", of: &["orders"], by: "order_id" },
    Part { prefix: "iln", within: "lines", of: &["invoices"], by: "invoice_id" },
    Part { prefix: "alc", within: "allocations", of: &["payments", "invoices"], by: "payment_id" },
];

/// What a part is called by, the best first.
const PART_NAMES: [&str; 6] = ["name", "line1", "description", "reason", "amount", "settled_amount"];
/// What else is told of a part.
const PART_TELLING: [&str; 14] =
    ["position", "email", "phone", "kind", "line2", "postal_code", "city", "country", "quantity", "unit", "net_amount", "date", "invoice_id", "payment_id"];

/// The parts that have ids with this prefix.
pub fn part_of(prefix: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.prefix == prefix)
}

/// Among what an object is looked for.
#[derive(Clone, Copy)]
enum Among {
    Rows(&'static Resource),
    Parts(&'static Part),
}

impl Among {
    /// What they are called.
    const fn name(self) -> &'static str {
        match self {
            Self::Rows(resource) => resource.name,
            Self::Parts(part) => part.within,
        }
    }

    /// The prefix of their ids.
    const fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Rows(resource) => resource.prefix,
            Self::Parts(part) => Some(part.prefix),
        }
    }
}

impl App {
    /// What the field with the cursor names, where that can be listed.
    fn named_here(&self) -> Option<(Among, usize, String)> {
        let Some(Popup::Deed(deed)) = &self.popup else { return None };
        let field = deed.form.fields.get(deed.focus)?;
        let (prefix, words) = field.wanted()?;
        // People have a list of their own, too, but here only those of the customer will do.
        let parts = part_of(prefix).filter(|_| !self.scope.platform).map(Among::Parts);
        let among = parts.or_else(|| resource::of_prefix(prefix).filter(|resource| resource.platform == self.scope.platform).map(Among::Rows))?;
        Some((among, deed.focus, words.to_owned()))
    }

    /// The object whose parts a form means: what it is about, what it names, or what that belongs to.
    fn owner_of(&self, deed: &Deed, part: &Part) -> Option<(&'static Resource, String)> {
        let owns = |id: &str| resource::of_id(id).filter(|resource| part.of.contains(&resource.name)).map(|resource| (resource, id.to_owned()));
        // A row belongs to what the form behind it names.
        let behind = self.queue.iter().filter_map(|popup| if let Popup::Deed(deed) = popup { Some(&**deed) } else { None });
        let forms: Vec<&Deed> = std::iter::once(deed).chain(behind.filter(|_| deed.within.is_some())).collect();
        let typed = |name: &str| {
            let mut fields = forms.iter().flat_map(|deed| &deed.form.fields);
            fields.find(|field| field.path == name).map(|field| field.input.value().trim().to_owned())
        };
        let target = forms.iter().find_map(|deed| deed.targets.first());
        let about = |name: &str| at(forms.iter().find_map(|deed| deed.before.get(target?))?, name).as_str().map(str::to_owned);
        // The document that is taken over says whose it is.
        let taken = || {
            let id = ["order_id", "quote_id", "opportunity_id"].iter().find_map(|name| typed(name).filter(|id| !id.is_empty()).or_else(|| about(name)))?;
            at(&self.known(&id)?, part.by).as_str().map(str::to_owned)
        };
        let named = || typed(part.by).filter(|id| !id.is_empty()).or_else(|| about(part.by)).or_else(taken);
        target.and_then(|id| owns(id)).or_else(|| owns(&named()?))
    }

    /// The question that finds the parts, or why there is none.
    fn ask_parts(&self, deed: &Deed, part: &Part, words: &str) -> Result<Call, String> {
        if let Some((resource, id)) = self.owner_of(deed, part) {
            let get = resource.get.ok_or_else(|| format!("{} cannot be read one by one", resource.name))?;
            return Ok(Call::of(&get, &[&id]));
        }
        // A line is found by the number of its order.
        match part.of.first().and_then(|name| resource::named(name)).filter(|resource| part.within == "lines" && resource.filters_by("q", false)) {
            Some(resource) if words.is_empty() => Ok(Call::of(&resource.list, &[]).with("limit", "8")),
            Some(resource) => Ok(Call::of(&resource.list, &[]).with("limit", "8").with("q", words)),
            None => Err(format!("{} belong to one of the {}: fill in {} first", part.within, part.of.join(" or "), part.by)),
        }
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
        let Some((among, field, words)) = found else {
            deed.lookup = None;
            return;
        };
        let id = among.prefix().is_some_and(|prefix| words.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('_'))) || resource::of_id(&words).is_some();
        if words.is_empty() || id {
            deed.lookup = None;
            return;
        }
        let waits = deed.lookup.as_ref().is_some_and(|lookup| lookup.generation == 0);
        // What was found before stays in sight until the answer comes.
        let hits = deed.lookup.take().map(|lookup| lookup.hits).unwrap_or_default();
        deed.lookup = Some(lookup(among, field, words, hits));
        if !waits {
            self.out.push(Cmd::After(PAUSE, Timer::Look));
        }
    }

    /// Asks for what is looked for, when that was not done yet.
    pub(super) fn look_up(&mut self) {
        let generation = self.number();
        if self.look_up_part(generation) {
            return;
        }
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

    /// Asks for the parts of the object that the form means, where those are looked for and that was not done yet; whether that is so.
    fn look_up_part(&mut self, generation: u64) -> bool {
        let Some(Popup::Deed(deed)) = &self.popup else { return false };
        let Some((part, words)) = deed.lookup.as_ref().filter(|lookup| lookup.generation == 0).and_then(|lookup| Some((lookup.part?, &lookup.words))) else {
            return false;
        };
        let asked = self.ask_parts(deed, part, words);
        let Some(Popup::Deed(deed)) = &mut self.popup else { return false };
        let Some(lookup) = &mut deed.lookup else { return false };
        lookup.generation = generation;
        match asked {
            Ok(call) => self.call(Tag::Lookup { generation }, call),
            Err(why) => {
                lookup.hits.clear();
                (lookup.answered, lookup.wrong) = (true, Some(why));
            }
        }
        true
    }

    /// Shows what there is without a word being typed.
    pub(super) fn look_through(&mut self) {
        if self.offer_words(true) {
            return;
        }
        let Some((among, field, words)) = self.named_here() else { return };
        if let Some(Popup::Deed(deed)) = &mut self.popup {
            deed.lookup = Some(lookup(among, field, words, Vec::new()));
        }
        self.look_up();
    }

    pub(super) fn looked_up(&mut self, generation: u64, reply: Result<Reply, Failure>) {
        let (names, numbers) = (&self.names, &self.numbers);
        let name = |id: &str| names.get(id).or_else(|| numbers.get(id)).cloned();
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let Some(lookup) = deed.lookup.as_mut().filter(|lookup| lookup.generation == generation) else { return };
        self.dirty = true;
        lookup.answered = true;
        lookup.cursor = 0;
        lookup.hits.clear();
        match reply {
            Ok(reply) if lookup.part.is_some() => {
                let Some(part) = lookup.part else { return };
                let hits = parts(&reply.body, part, name);
                // Lines of what was found by its number have not that number for a name.
                let searched = reply.body.get("data").is_some();
                lookup.hits =
                    if searched || lookup.words.is_empty() { hits.into_iter().take(MOST_PARTS).collect() } else { best(hits.into_iter(), &lookup.words) };
                lookup.wrong = (lookup.hits.is_empty() && lookup.words.is_empty()).then(|| format!("there are no {}", part.within));
            }
            Ok(reply) => {
                let rows = reply.body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
                let hits = rows.iter().filter_map(|row| hit(row, name));
                let searched = resource::named(lookup.resource).is_some_and(|resource| resource.filters_by("q", false));
                lookup.hits = if searched || lookup.words.is_empty() { hits.take(SHOWN).collect() } else { best(hits, &lookup.words) };
                let further = !searched && reply.body.get("next_cursor").is_some_and(Value::is_string);
                // What was not looked through is not nothing.
                lookup.wrong = (lookup.hits.is_empty() && further).then(|| format!("none of the newest {LOOKED_THROUGH} {} fits", lookup.resource));
            }
            Err(failure) => lookup.wrong = Some(failure.text()),
        }
        let only = lookup.entered && lookup.hits.len() == 1 && deed.form.fields.get(lookup.field).is_some_and(|field| field.known.is_empty());
        if only && self.take_hit() {
            self.next_field();
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

    /// Whoever goes on from a field in which one thing only was found means that: the code of a product is as good as its id.
    pub(super) fn take_only_hit(&mut self) {
        let Some(Popup::Deed(deed)) = &self.popup else { return };
        let named = deed.form.fields.get(deed.focus).is_some_and(|field| field.known.is_empty());
        if deed.lookup.as_ref().is_some_and(|lookup| named && lookup.field == deed.focus && lookup.hits.len() == 1) {
            self.take_hit();
        }
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

/// What is looked for in a field.
fn lookup(among: Among, field: usize, words: String, hits: Vec<Hit>) -> Lookup {
    let part = if let Among::Parts(part) = among { Some(part) } else { None };
    Lookup { part, ..Lookup::of(field, among.name(), words, hits) }
}

/// The parts of an object, or of the objects of a page, as something to choose.
fn parts(answer: &Value, part: &Part, name: impl Fn(&str) -> Option<String>) -> Vec<Hit> {
    let owners = answer.get("data").and_then(Value::as_array).map_or_else(|| vec![answer], |rows| rows.iter().collect());
    let several = answer.get("data").is_some();
    let mut hits = Vec::new();
    for owner in owners {
        let number = called(owner).filter(|_| several).map(|number| clean(number).into_owned());
        let items = owner.get(part.within).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for (at, item) in items.iter().enumerate() {
            let text = |field: &&str| item.get(*field).and_then(Value::as_str).filter(|text| !text.is_empty());
            let Some(id) = item.get("id").and_then(Value::as_str) else { continue };
            let called = PART_NAMES.iter().find_map(text).map_or_else(|| id.to_owned(), |text| clean(text).into_owned());
            let line = (part.within == "lines").then(|| format!("line {}", at.saturating_add(1)));
            let told = PART_TELLING.iter().filter_map(text).filter(|text| *text != called);
            let told = told.map(|text| name(text).unwrap_or_else(|| clean(text).into_owned()));
            let about: Vec<String> = number.iter().cloned().chain(line).chain(told).collect();
            hits.push(Hit { id: id.to_owned(), name: called, about: about.join("  ") });
        }
    }
    hits
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
    let names: Option<Vec<_>> = ids.map(|id| app.names.get(id).or_else(|| app.numbers.get(id)).map(|name| clean(name).into_owned())).collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(", "))
}
