//! Doing something: fields, what would come of it, the word to type, one call per object, and the way back.

use crate::call::{Call, new_key};
use crate::columns::{called, plain};
use crate::form::Form;
use crate::line::Input;
use crate::model::{App, Choice, Cmd, Deed, Does, Failure, Popup, Reply, Settled, Tag, Undo};
use crate::resource::{self, Aim, Operation};
use crate::route::Place;
use crate::secret;
use crate::text::{clean, fold};
use crate::update::inverse::{inverse, settle_again, settled_by};
use causeway_contract::Code;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Changes that can be taken back are remembered, so many.
const UNDOS: usize = 500;
/// Objects whose result is asked for beforehand.
const FORESEEN: usize = 20;

/// What settles invoices with a credit note, which does not say what it settles, and what takes that back.
const SETTLES: &str = "AllocateCreditNote";
const UNSETTLES: &str = "UnallocateCreditNote";

/// Where the box of what runs is.
enum Boxed {
    /// On the screen.
    Shown,
    /// Behind what lies above the screen, at this place.
    Waits(usize),
    /// Closed; what runs goes on.
    Closed(u64),
}

impl App {
    pub(super) fn begin_here(&mut self, word: &'static str) {
        let Some(resource) = self.place().resource() else { return };
        if resource::named(resource).is_some_and(|resource| resource.operation(word).is_some()) {
            self.begin(resource, word);
        } else {
            self.note(format!("{resource} has no {word:?} in the API."));
        }
    }

    /// Begins to do something to what is marked or under the cursor.
    pub fn begin(&mut self, name: &'static str, word: &str) {
        self.dirty = true;
        let Some((name, operation)) = resource::operation_of(name, word) else { return };
        if let Some(why) = self.missing(operation) {
            self.note(format!("{name} {word} is off: {why}."));
            return;
        }
        let targets = match (operation.aim, self.place()) {
            (Aim::New | Aim::All, _) => Vec::new(),
            (_, Place::Object { id, resource }) if *resource == name => vec![id.clone()],
            (_, Place::List { resource, .. }) if *resource == name => self.list().map(crate::list::List::targets).unwrap_or_default(),
            _ => Vec::new(),
        };
        if operation.prints() && !targets.is_empty() {
            self.out.extend(targets.into_iter().map(|id| Cmd::Print(operation.row.id, id)));
            self.note("Asking for the paper …");
            return;
        }
        if targets.len() > 1 && (operation.gives_secret() || operation.reads() || operation.aim == Aim::Edit) {
            self.note(format!("{name} {word} takes one row at a time."));
            return;
        }
        if targets.is_empty() && matches!(operation.aim, Aim::One | Aim::Edit) {
            self.note(format!("{name} {word} needs a row."));
            return;
        }
        self.prepare(name, operation, targets);
    }

    fn prepare(&mut self, name: &'static str, operation: &Operation, targets: Vec<String>) {
        let before: BTreeMap<String, Value> = targets.iter().filter_map(|id| Some((id.clone(), self.known(id)?))).collect();
        if let [only] = targets.as_slice() {
            let state = before.get(only).and_then(|value| value.get("status")).and_then(Value::as_str);
            if let Some(why) = operation.off(state) {
                self.note(format!("{name} {} is off: {why}.", operation.word));
                return;
            }
        }
        let object = if operation.aim == Aim::Edit { targets.first().and_then(|id| before.get(id)) } else { None };
        let mut form = Form::of_operation(operation, object);
        // A line that a draft keeps is told by its text.
        for line in object.and_then(|object| object.get("lines")).and_then(Value::as_array).into_iter().flatten() {
            if let (Some(id), Some(text)) = (line.get("id").and_then(Value::as_str), line.get("description").and_then(Value::as_str)) {
                self.names.entry(id.to_owned()).or_insert_with(|| clean(text).into_owned());
            }
        }
        let carried = self.carried(name, operation);
        for (field, text) in &carried {
            form.suggest(field, text);
            // A document is called by its number beside its id.
            for id in text.split(", ") {
                if let Some(called) = self.called_here(id) {
                    self.names.entry(id.to_owned()).or_insert(called);
                }
            }
        }
        if let Some(company) = self.only_company().filter(|_| operation.aim != Aim::Edit && !["order_id", "billable_ids"].iter().any(|field| form.fills(field)))
        {
            form.suggest("company_id", &company);
        }
        if let Some((_, here)) = self.here().filter(|_| operation.aim == Aim::New) {
            // Whoever notes something while looking at an object means that.
            form.suggest("subject_id", here.get("id").and_then(Value::as_str).unwrap_or_default());
        }
        if [SETTLES, UNSETTLES].contains(&operation.row.id) {
            targets.iter().for_each(|note| self.ask_settled(note.clone(), None));
        }
        let generation = self.number();
        let list = self.list().filter(|list| list.resource.name == name);
        let unseen = list.map_or(0, |list| targets.iter().filter(|id| !list.sees(id)).count());
        let deed = Deed { unseen, before, ..Deed::new(name, operation.clone(), targets, form, generation) };
        let draft = if deed.form.fields.is_empty() { None } else { self.draft_of(&deed) };
        let deed = Deed { draft, ..deed };
        // What is filled in already is gone past.
        let deed = if carried.is_empty() {
            deed
        } else {
            let focus = deed.form.fields.iter().position(|field| field.input.value().is_empty()).unwrap_or(deed.form.fields.len());
            Deed { focus, ..deed }
        };
        // Without a question only what changes nothing, or can be taken back, and to what one sees.
        let harmless = operation.reads() || (operation.hint.inverse.is_some() && !operation.hint.hard && !operation.gives_secret());
        let at_once = harmless && deed.form.fields.is_empty() && !operation.can_dry_run() && deed.targets.len() <= 1 && unseen == 0;
        // Who begins to fill in a form is not told yet what would be wrong with an empty one.
        let empty = deed.targets.is_empty() && !deed.form.fields.is_empty();
        self.popup = Some(Popup::Deed(Box::new(deed)));
        if at_once {
            self.run();
        } else if !empty {
            self.foresee();
        }
    }

    /// Asks what would come of it because somebody wants to know; says why when it cannot be told.
    pub(super) fn foresee_now(&mut self) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        deed.wrong =
            if !deed.operation.foresees() { Some("the service does not tell beforehand what comes of this".to_owned()) } else { deed.form.body(false).err() };
        deed.form.mark(false);
        self.foresee();
    }

    /// Asks what would come of it, with the fields as they are.
    pub(super) fn foresee(&mut self) {
        let generation = self.number();
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        if !deed.operation.foresees() || deed.batch.is_some() || deed.within.is_some() {
            return;
        }
        let Ok(mut body) = deed.form.body(false) else { return };
        // What came of the last try is no answer to this question.
        if !deed.results.is_empty() {
            deed.results.clear();
            deed.wrong = None;
        }
        deed.generation = generation;
        deed.preview.clear();
        let row = deed.operation.row;
        let ids: Vec<_> = deed.targets.iter().take(FORESEEN).cloned().collect();
        if ids.is_empty() {
            let path = Form::path(&deed.operation.segments(), &mut body);
            let call = Call::of(&row, &path.iter().map(String::as_str).collect::<Vec<_>>()).body(body).dry();
            self.call(Tag::DryRun { id: String::new(), generation }, call);
            return;
        }
        for id in ids {
            let call = Call::of(&row, &[&id]).body(body.clone()).dry();
            self.call(Tag::DryRun { id, generation }, call);
        }
    }

    pub(super) fn foreseen(&mut self, id: &str, generation: u64, reply: Result<Reply, Failure>) {
        self.dirty = true;
        let outcome = match &reply {
            Ok(reply) => Ok(self.foretold(id, &reply.body)),
            Err(failure) => Err(failure.text()),
        };
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let outcome = outcome.map_err(|text| deed.form.counted(&text, reply.as_ref().err().map(Failure::fields).unwrap_or_default()));
        if deed.generation != generation {
            return;
        }
        if let Err(failure) = &reply {
            if failure.is(Code::ReauthenticationRequired) {
                deed.wrong = Some("What comes of it is told to who proved a moment ago who they are; the button asks for the password first.".to_owned());
                return;
            }
            deed.form.mark_refused(failure.fields());
        }
        deed.preview.insert(id.to_owned(), outcome);
    }

    /// What would come of it: what of the object is different, and what else there would be. Some verbs answer with several objects, such as the quote
    /// and the order that it becomes, or with another one than they are about.
    fn foretold(&self, id: &str, answer: &Value) -> Vec<String> {
        let found = objects(answer);
        let before = |object: &Value| {
            let own = object.get("id").and_then(Value::as_str)?;
            let Some(Popup::Deed(deed)) = &self.popup else { return None };
            deed.before.get(own).cloned().or_else(|| self.known(own))
        };
        let mut lines = Vec::new();
        for object in &found {
            match (object.get("id").and_then(Value::as_str) == Some(id), before(object)) {
                (true, before) => lines.splice(0..0, differences(before.as_ref(), object)).for_each(drop),
                (false, Some(known)) => {
                    let name = called(object).unwrap_or_default().to_owned();
                    lines.extend(differences(Some(&known), object).into_iter().map(|line| format!("{name} {line}")));
                }
                (false, None) => lines.extend(self.made(object)),
            }
        }
        if found.is_empty() { differences(None, answer) } else { lines }
    }

    /// An object that would be there: what it is, its number, state and amount, and what it settles.
    fn made(&self, object: &Value) -> Vec<String> {
        let text = |value: &Value, name: &str| value.get(name).filter(|field| field.is_string()).map(plain);
        let kind = kind_of(object);
        let number = called(object).map(|name| format!(" {}", clean(name))).unwrap_or_default();
        let state = text(object, "status").map(|state| format!(" ({state})")).unwrap_or_default();
        let currency = text(object, "currency").unwrap_or_default();
        let amount = ["total_amount", "amount"].iter().find_map(|name| text(object, name)).map(|amount| format!(", {amount} {currency}")).unwrap_or_default();
        let mut lines = vec![format!("makes {kind}{number}{state}{amount}")];
        for part in object.get("allocations").and_then(Value::as_array).into_iter().flatten() {
            let invoice = text(part, "invoice_id").unwrap_or_default();
            let name = self.called_here(&invoice).unwrap_or_else(|| self.name_of(&invoice).to_owned());
            let open = self.known(&invoice).as_ref().and_then(|known| text(known, "open_amount")).map(|open| format!(" of {open} open")).unwrap_or_default();
            lines.push(format!("settles {name}: {}{open}", text(part, "amount").unwrap_or_default()));
        }
        lines.extend(text(object, "unallocated_amount").map(|amount| format!("{amount} {currency} settles nothing yet")));
        lines.extend(text(object, "party_id").map(|party| format!("for {}", self.name_of(&party))));
        lines
    }

    /// What an object is called, where it is known.
    fn called_here(&self, id: &str) -> Option<String> {
        self.known(id).as_ref().and_then(called).map(|name| clean(name).into_owned())
    }

    /// Does it: one call per object.
    pub(super) fn run(&mut self) {
        if matches!(&self.popup, Some(Popup::Deed(deed)) if deed.within.is_some()) {
            self.put_row();
            return;
        }
        let batch = self.number();
        if !self.online() {
            let text = "Offline: nothing is sent. It can be done when the server is there again.";
            // In the box, too, where one looks.
            if let Some(Popup::Deed(deed)) = &mut self.popup {
                deed.wrong = Some(text.to_owned());
            }
            self.note(text);
            return;
        }
        let Some(Popup::Deed(deed)) = self.popup.as_mut().filter(|popup| !matches!(popup, Popup::Deed(deed) if deed.draft.is_some())) else { return };
        if deed.batch.is_some() || !deed.sure() {
            deed.wrong = (!deed.sure()).then(|| format!("type {} to enable it", deed.word().unwrap_or_default()));
            return;
        }
        let changes = deed.operation.aim == Aim::Edit;
        let mut body = match deed.form.body(changes) {
            Ok(body) => body,
            Err(wrong) => {
                // Each is marked, and the first is where one goes on.
                deed.focus = deed.form.mark(changes).unwrap_or(deed.focus);
                deed.wrong = Some(wrong);
                return;
            }
        };
        if deed.operation.aim == Aim::Edit && body == json!({}) {
            deed.wrong = Some("nothing is changed".to_owned());
            return;
        }
        deed.wrong = None;
        deed.form.unmark();
        (deed.overtaken, deed.lookup) = (false, None);
        deed.changed.clear();
        deed.batch = Some(batch);
        deed.results.clear();
        deed.top = 0;
        let row = deed.operation.row;
        let mut calls = Vec::new();
        let path = Form::path(&deed.operation.segments(), &mut body);
        if deed.targets.is_empty() {
            calls.push((String::new(), Call::of(&row, &path.iter().map(String::as_str).collect::<Vec<_>>())));
        }
        for id in &deed.targets {
            let mut call = Call::of(&row, &[id]);
            if deed.operation.aim == Aim::Edit {
                call.if_match = deed.before.get(id).and_then(|value| value.get("version")).and_then(Value::as_i64);
            }
            calls.push((id.clone(), call));
        }
        // What stands in the path is a part of what is asked for.
        deed.sent = path.into_iter().chain([body.to_string()]).collect::<Vec<_>>().join(" ");
        for (id, call) in &mut calls {
            call.body = call.body.take().map(|_| body.clone());
            if deed.operation.reads() {
                call.query = Form::query(&body);
                continue;
            }
            call.key = Some(self.keys.entry((row.id, id.clone(), deed.sent.clone())).or_insert_with(new_key).clone());
        }
        for (id, call) in calls {
            self.call(Tag::Write { id, batch }, call);
        }
    }

    /// Closes the box; what runs already goes on, and what comes of it is not lost.
    pub(super) fn close_deed(&mut self) {
        let Some(Popup::Deed(deed)) = self.popup.take() else { return };
        if let Some(at) = deed.within.as_ref().map(|within| within.at) {
            self.drop_draft(&deed.form_name(), deed.drafted);
            self.leave_row(at);
        } else if let Some(batch) = deed.batch {
            self.note(format!("{} {} goes on: what comes of it is said here.", deed.resource, deed.operation.word));
            self.running.insert(batch, deed);
        } else {
            self.drop_draft(&deed.form_name(), deed.drafted);
        }
    }

    /// Takes what runs under this number from where it is.
    fn take_running(&mut self, batch: u64) -> Option<(Box<Deed>, Boxed)> {
        let runs = |popup: &Popup| matches!(popup, Popup::Deed(deed) if deed.batch == Some(batch));
        let (found, at) = if self.popup.as_ref().is_some_and(runs) {
            (self.popup.take(), Boxed::Shown)
        } else if let Some(at) = self.queue.iter().position(runs) {
            (self.queue.remove(at), Boxed::Waits(at))
        } else {
            return self.running.remove(&batch).map(|deed| (deed, Boxed::Closed(batch)));
        };
        if let Some(Popup::Deed(deed)) = found { Some((deed, at)) } else { None }
    }

    /// Puts it back there.
    fn put_running(&mut self, deed: Box<Deed>, at: &Boxed) {
        match at {
            Boxed::Shown => self.popup = Some(Popup::Deed(deed)),
            Boxed::Waits(at) => self.queue.insert((*at).min(self.queue.len()), Popup::Deed(deed)),
            Boxed::Closed(batch) => _ = self.running.insert(*batch, deed),
        }
    }

    pub(super) fn written(&mut self, id: &str, batch: u64, reply: Result<Reply, Failure>) {
        self.dirty = true;
        let undo_number = self.number();
        let proof = reply.as_ref().is_err_and(|failure| failure.is(Code::ReauthenticationRequired));
        let Some((mut deed, at)) = self.take_running(batch) else {
            // The proof that the first answer asked for is being given.
            if !proof {
                self.note(format!("{id}: {}", reply.as_ref().map_or_else(Failure::text, |_| "done.".to_owned())));
            }
            return;
        };
        let (what, form, drafted) = (deed.operation.called(deed.resource), deed.form_name(), deed.drafted);
        if proof {
            deed.batch = None;
            match at {
                Boxed::Shown => self.prove_again(deed),
                Boxed::Waits(_) => self.put_running(deed, &at),
                Boxed::Closed(_) => self.note(format!("{what} was not done: it needs your password again. Begin it once more to be asked for it.")),
            }
            return;
        }
        let operation = deed.operation.row.id;
        let (name, reads, aim, secret) = (deed.resource, deed.operation.reads(), deed.operation.aim, deed.operation.gives_secret());
        // What is known to be done or refused may be asked for anew, as another change.
        if !reply.as_ref().is_err_and(Failure::leaves_open) {
            self.keys.remove(&(deed.operation.row.id, id.to_owned(), deed.sent.clone()));
        }
        let settles = (deed.operation.row.id == SETTLES).then(|| id.to_owned());
        let mut undo = None;
        let mut shown = None;
        let mut told = String::new();
        match reply {
            Ok(reply) => {
                if !reads {
                    told = self.tell_made(id, &reply.body);
                    self.note_planned(operation, &deed.sent, &reply.body);
                    let before = deed.before.get(id).filter(|_| aim == Aim::Edit);
                    let prices = before.map(|before| crate::row::priced_anew(before, &reply.body)).unwrap_or_default();
                    told.extend(prices.into_iter().map(|price| format!(" {price}.")));
                }
                deed.results.insert(id.to_owned(), Ok(()));
                undo = (!reads).then(|| Undo {
                    number: undo_number,
                    batch,
                    done: format!("{what} {}", clean(called(&reply.body).unwrap_or(id))),
                    call: if deed.operation.row.id == UNSETTLES { self.settle_again(id, &deed.sent) } else { inverse(&deed, id, &reply.body) },
                    asks: deed.operation.hint.hard,
                });
                // The next verb is not meant for what this one was done to.
                if let Some(list) = self.lists.get_mut(name).filter(|_| !reads) {
                    list.marks.remove(id);
                    list.count_unseen();
                }
                if let Some(settled) = self.settled.get_mut(id).filter(|_| deed.operation.row.id == SETTLES) {
                    settled.sent = serde_json::from_str(&deed.sent).unwrap_or_default();
                    settled.after = reply.body.clone();
                }
                shown = Some(reply.body);
            }
            Err(failure) => {
                deed.results.insert(id.to_owned(), Err(failure));
            }
        }
        let expected = deed.targets.len().max(1);
        let refused: Vec<_> = deed.results.values().filter_map(|result| result.as_ref().err()).cloned().collect();
        let open = refused.iter().filter(|failure| failure.leaves_open()).count();
        let done = deed.results.len().saturating_sub(refused.len());
        let over = deed.results.len() >= expected;
        if !over {
            self.put_running(deed, &at);
        } else if !refused.is_empty() && !matches!(at, Boxed::Closed(_)) {
            // The box stays, with what was refused and why; a second try is another batch.
            deed.batch = None;
            deed.wrong = refused.first().map(|failure| deed.form.counted(&failure.again(), failure.fields()));
            if let (Some(at), 1) = (refused.first().and_then(|failure| deed.form.mark_refused(failure.fields())), expected) {
                deed.focus = at;
            }
            // Of one object it can be shown what it is by now.
            let moved = |failure: &Failure| [Code::VersionConflict, Code::StateConflict, Code::DocumentPosted].into_iter().any(|code| failure.is(code));
            deed.overtaken = expected == 1 && !id.is_empty() && refused.iter().any(moved) && resource::named(name).is_some_and(|one| one.get.is_some());
            deed.targets = deed.results.iter().filter(|(_, result)| result.is_err()).map(|(id, _)| id.clone()).filter(|id| !id.is_empty()).collect();
            self.put_running(deed, &at);
        }
        if let Some(value) = shown {
            self.took_effect(name, &value, aim, secret, reads, &what);
            if !self.scope.key.is_empty() && id == self.scope.key {
                self.own_key_changed(operation, &value);
            }
        }
        let back = match (undo.as_ref().and_then(|undo| undo.call.as_ref()), done) {
            (None, _) => "",
            (Some(_), 1) => " u takes it back.",
            (Some(_), _) => " u takes them back.",
        };
        if let Some(note) = settles.filter(|_| undo.is_some()) {
            self.ask_settled(note, Some(undo_number));
        }
        self.undos.extend(undo);
        if self.undos.len() > UNDOS {
            self.undos.remove(0);
        }
        if over && refused.is_empty() {
            self.drop_draft(&form, drafted);
            if !reads {
                self.note(format!("{what}: {done} done.{told}{back}"));
            }
        } else if over {
            let unknown = if open > 0 { format!(", {open} may have been done") } else { String::new() };
            let mut text = format!("{what}: {done} done, {} refused{unknown}.", refused.len().saturating_sub(open));
            // Its box is not there to say why.
            if let (Boxed::Closed(_), Some(failure)) = (&at, refused.first()) {
                let again = if open > 0 { " Begun anew with the same fields it is done once." } else { "" };
                text.push_str(&format!(" {}{again}", failure.text()));
            }
            self.note(text);
        }
    }

    /// Says what was made besides what it was done to, and remembers it to be opened.
    fn tell_made(&mut self, id: &str, answer: &Value) -> String {
        let made = objects(answer).into_iter().find_map(|object| {
            let id = object.get("id").and_then(Value::as_str).filter(|own| *own != id)?;
            resource::of_id(id).filter(|resource| resource.get.is_some()).map(|_| (id.to_owned(), object))
        });
        let Some((made, object)) = made.filter(|(made, _)| id.is_empty() || self.known(made).is_none()) else { return String::new() };
        self.made = Some(made);
        let name = called(object).map(|name| format!(" {}", clean(name))).unwrap_or_default();
        format!(" Made {}{name}: o opens it.", kind_of(object))
    }

    /// A delivery that names no lines plans all that is left of its order; one that is taken back gives it free again.
    fn note_planned(&mut self, operation: &str, sent: &str, delivery: &Value) {
        let Some(order) = delivery.get("order_id").and_then(Value::as_str).filter(|_| delivery.get("object").is_some_and(|object| object == "delivery")) else {
            return;
        };
        let whole = operation == "CreateDelivery" && serde_json::from_str::<Value>(sent).is_ok_and(|body| body.get("lines").is_none_or(Value::is_null));
        if whole {
            self.planned.insert(order.to_owned());
        } else if ["CancelDelivery", "ReverseDelivery", "ReturnDelivery"].contains(&operation) {
            self.planned.remove(order);
        }
    }

    /// Opens what was made last.
    pub(super) fn open_made(&mut self) {
        let found = self.made.clone().and_then(|id| Some((resource::of_id(&id)?.name, id)));
        match found {
            Some((resource, id)) => self.go(Place::Object { resource, id }),
            None => self.note("Nothing was made yet."),
        }
    }

    /// The key that this console itself works with was given another secret, or is none any more.
    fn own_key_changed(&mut self, operation: &str, answer: &Value) {
        match operation {
            "RevokeApiKey" => self.credential_ended("The key of this console was revoked: sign in to go on."),
            "RotateApiKey" => {
                self.renewed = secret::secrets(answer).into_iter().next().map(|once| once.text);
                self.note("This was the key of this console: g goes on with the new secret.");
            }
            _ => {}
        }
    }

    /// Goes on with the new secret of the key that this console works with.
    pub(super) fn go_on_renewed(&mut self, key: String) {
        self.renewed = None;
        (self.scope.credential, self.scope.refused) = (true, false);
        self.queue.retain(|popup| !matches!(popup, Popup::Login(_)));
        self.streaming = false;
        self.give_up();
        self.out.push(Cmd::Credential(key));
        self.arrive_first();
        self.note("This console goes on with the new secret. What starts it next time needs it, too.");
    }

    /// Asks what a credit note settles.
    fn ask_settled(&mut self, note: String, change: Option<u64>) {
        if let Some(row) = resource::row("ListAllocations") {
            let call = Call::of(&row, &[]).with("credit_note_id", note.as_str()).with("limit", "200");
            self.call(Tag::Settled { note, change }, call);
        }
    }

    /// What a credit note settles is known: what a change made of it is taken back with that change.
    pub(super) fn take_settled(&mut self, note: &str, change: Option<u64>, reply: Result<Reply, Failure>) {
        let whole = reply.ok().filter(|reply| reply.body.get("next_cursor").is_none_or(Value::is_null));
        let Some(Value::Array(rows)) = whole.and_then(|mut reply| reply.body.get_mut("data").map(Value::take)) else { return };
        let Some(change) = change else {
            self.settled.insert(note.to_owned(), Settled { before: rows, ..Settled::default() });
            return;
        };
        let (Some(settled), Some(row)) = (self.settled.remove(note), resource::row("UnallocateCreditNote")) else { return };
        let was_there = |row: &&Value| settled.before.iter().any(|known| known.get("id") == row.get("id"));
        let new: Vec<&Value> = rows.iter().filter(|row| !was_there(row)).collect();
        let Some(made) = settled_by(&settled.sent, &settled.after, &new) else { return };
        if let Some(undo) = self.undos.iter_mut().find(|undo| undo.number == change) {
            undo.call = Some(Call::of(&row, &[note]).body(json!({ "allocation_ids": made })));
        }
    }

    /// The call that settles again what was taken back.
    fn settle_again(&mut self, note: &str, sent: &str) -> Option<Call> {
        let settled = self.settled.remove(note)?;
        settle_again(note, &serde_json::from_str(sent).ok()?, &settled.before)
    }

    /// Asks for the object as it stands, because it is another than the one that the box was opened with.
    pub(super) fn ask_stands(&mut self) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let (Some(id), Some(get)) = (deed.targets.first().cloned(), resource::named(deed.resource).and_then(|resource| resource.get)) else { return };
        deed.wrong = Some("loading …".to_owned());
        self.call(Tag::Stands(id.clone()), Call::of(&get, &[&id]));
    }

    /// The object as it stands: the box goes on with it. What one typed stays; what others changed is told and stands in the fields that nobody touched.
    pub(super) fn stands(&mut self, id: &str, reply: Result<Reply, Failure>) {
        self.dirty = true;
        let object = match reply {
            Ok(reply) => reply.body,
            Err(failure) => {
                if let Some(Popup::Deed(deed)) = &mut self.popup {
                    deed.wrong = Some(failure.text());
                }
                return;
            }
        };
        if let Some(list) = resource::of_id(id).and_then(|resource| self.lists.get_mut(resource.name)) {
            list.hear(&object);
        }
        if let Some(asked) = self.objects.get_mut(id) {
            *asked = crate::model::Asked::Have(object.clone(), self.now);
        }
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        if !deed.overtaken || deed.targets.first().is_none_or(|target| target != id) {
            return;
        }
        let of_form = |line: &String| deed.form.fields.iter().any(|field| line.starts_with(&format!("{} ", field.path)));
        let edits = deed.operation.aim == Aim::Edit;
        let others: Vec<String> = differences(deed.before.get(id), &object).into_iter().filter(|line| !edits || !of_form(line)).collect();
        deed.changed = if edits { deed.form.renew(&object) } else { Vec::new() };
        deed.changed.extend(others);
        if deed.changed.is_empty() {
            deed.changed.push("nothing that is shown here".to_owned());
        }
        let state = object.get("status").and_then(Value::as_str).map(str::to_owned);
        deed.wrong = deed.operation.off(state.as_deref());
        deed.before.insert(id.to_owned(), object);
        deed.overtaken = false;
        deed.results.clear();
        if deed.wrong.is_none() {
            self.foresee();
        }
    }

    /// Shows what a change made: the row, the object, a secret once.
    fn took_effect(&mut self, name: &'static str, value: &Value, aim: Aim, once: bool, reads: bool, what: &str) {
        if once {
            let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
            if text("/object") == "tenant_access" {
                self.show(Popup::Visit { tenant: text("/tenant"), key: text("/api_key/secret"), until: text("/expires_at") });
                return;
            }
            let mut secrets = secret::secrets(value);
            if secrets.is_empty() && value.get("id").is_none() {
                // All of what came is shown, because none of it comes again.
                secrets.push(secret::Once { name: "answer".to_owned(), text: serde_json::to_string_pretty(value).unwrap_or_default() });
            }
            if !secrets.is_empty() {
                self.show(Popup::Secret { title: format!("{what}: shown once"), secrets, copied: BTreeSet::new(), warned: false });
            }
        } else if reads {
            let columns = usize::from(self.size.0).saturating_sub(14).clamp(40, 112);
            let mut lines: Vec<String> = crate::sheet::describe(self, value, columns).iter().map(crate::sheet::Line::text).collect();
            // Rows are told as a table, and by `E` or on the command line as data.
            let text = if value.get("rows").is_some_and(Value::is_array) { String::new() } else { serde_json::to_string_pretty(value).unwrap_or_default() };
            lines.push(String::new());
            lines.extend(text.lines().map(|line| clean(line).into_owned()));
            let lines = lines.iter().flat_map(|line| fold(line, columns)).collect();
            self.show(Popup::Text { title: what.to_owned(), lines, top: 0 });
            return;
        }
        // Some verbs answer with several objects, such as the quote and its order.
        for object in objects(value) {
            let Some(id) = object.get("id").and_then(Value::as_str) else { continue };
            // The numbers follow what one did oneself without waiting for the event.
            self.mark_stale(id);
            if let Some(list) = resource::of_id(id).and_then(|resource| self.lists.get_mut(resource.name)) {
                let known = list.find(id).is_some();
                list.hear(&secret::without(object));
                if !known && aim == Aim::New && list.resource.name == name {
                    list.show_fresh();
                    if let Some(at) = (0..list.view.len()).find(|at| list.row(*at).is_some_and(|record| record.id == id)) {
                        list.go(at);
                    }
                }
            }
            if self.objects.contains_key(id) {
                self.objects.insert(id.to_owned(), crate::model::Asked::Have(secret::without(object), self.now));
            }
        }
    }

    /// Takes changes back. What was done with a word is not undone with one key: it is asked for, and the answer that changes nothing comes first.
    pub(super) fn ask_back(&mut self, numbers: Vec<u64>) {
        let weighs = |undo: &&Undo| undo.asks && numbers.contains(&undo.number);
        let asked: Vec<Choice> = self
            .undos
            .iter()
            .filter(weighs)
            .map(|undo| Choice {
                name: format!("take back: {}", undo.done),
                about: undo.call.as_ref().map(Call::line).unwrap_or_default(),
                key: String::new(),
                off: None,
                does: Does::TakeBack(numbers.clone()),
            })
            .take(1)
            .collect();
        if asked.is_empty() || self.scope.read_only || !self.online() {
            self.take_all_back(&numbers);
            return;
        }
        let leave = Choice { name: "leave it as it is".to_owned(), about: String::new(), key: String::new(), off: None, does: Does::Told };
        let choices = std::iter::once(leave).chain(asked).collect();
        self.popup = Some(Popup::Choose { title: "Take it back?", input: Input::default(), choices, cursor: 0 });
    }

    pub(super) fn take_all_back(&mut self, numbers: &[u64]) {
        self.taken_back = (0, Vec::new());
        for number in numbers {
            self.take_back(*number);
        }
    }

    fn take_back(&mut self, number: u64) {
        let Some(at) = self.undos.iter().position(|undo| undo.number == number) else { return };
        if self.scope.read_only || !self.online() {
            self.note("Nothing can be taken back now: read-only mode or offline.");
            return;
        }
        let Some(undo) = self.undos.get_mut(at) else { return };
        let Some(call) = undo.call.as_mut() else { return };
        call.key.get_or_insert_with(new_key);
        let call = call.clone();
        self.call(Tag::Undo(number), call);
    }

    pub(super) fn undone(&mut self, number: u64, reply: Result<Reply, Failure>) {
        let Some(at) = self.undos.iter().position(|undo| undo.number == number) else { return };
        match reply {
            Ok(reply) => {
                let undo = self.undos.remove(at);
                let name = reply.body.get("id").and_then(Value::as_str).and_then(resource::of_id).map_or("", |resource| resource.name);
                self.took_effect(name, &reply.body, Aim::One, false, false, "undo");
                let (batch, done) = &mut self.taken_back;
                if *batch != undo.batch {
                    (*batch, *done) = (undo.batch, Vec::new());
                }
                done.push(undo.done);
                let text = done.join(", ");
                self.note(format!("Taken back: {text}"));
            }
            Err(failure) if failure.is(Code::ReauthenticationRequired) => {
                self.note("It was not taken back: that needs your password again. Begin the verb itself to be asked for it.");
            }
            Err(failure) if failure.leaves_open() => self.note(format!("{}; it may have been taken back; u asks again and does it once.", failure.text())),
            Err(failure) => self.note(format!("It cannot be taken back: {}", failure.text())),
        }
    }
}

/// What an object is, for people; of invoices that is their kind.
fn kind_of(object: &Value) -> String {
    let text = |name: &str| object.get(name).filter(|field| field.is_string()).map(plain);
    let own = text("object");
    let kind = if own.as_deref() == Some("invoice") { text("kind").or(own) } else { own };
    kind.unwrap_or_else(|| "object".to_owned()).replace('_', " ")
}

/// The objects of an answer: itself, or those that it holds, one by one or in lists.
fn objects(answer: &Value) -> Vec<&Value> {
    if answer.get("id").is_some() {
        return vec![answer];
    }
    let held = answer.as_object().into_iter().flat_map(|fields| fields.values());
    // Rows of something else are no objects of their own.
    let own = |items: &&Value| items.get("object").is_some_and(Value::is_string);
    let each = held.flat_map(|value| value.as_array().map_or_else(|| vec![value], |items| items.iter().filter(own).collect()));
    each.filter(|value| value.get("id").is_some_and(Value::is_string)).collect()
}

/// What would be different, in lines: `status draft -> confirmed`.
pub(super) fn differences(before: Option<&Value>, after: &Value) -> Vec<String> {
    let Some(fields) = after.as_object() else { return Vec::new() };
    let quiet = ["updated_at", "version", "object", "id"];
    let mut lines = Vec::new();
    let status = fields.get_key_value("status");
    for (name, value) in status.into_iter().chain(fields.iter().filter(|(name, _)| *name != "status" && !quiet.contains(&name.as_str()))) {
        let old = before.and_then(|before| before.get(name)).unwrap_or(&Value::Null);
        if old == value {
            continue;
        }
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => lines.push(format!("{name}: {} change", items.len())),
            // What looks the same, such as nothing and an empty list, is no difference to anybody.
            _ if plain(old) == plain(value) => {}
            _ => lines.push(format!("{name} {} -> {}", plain(old), plain(value))),
        }
    }
    lines
}
