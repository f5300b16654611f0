//! Keys while something lies above the screen.

use crate::contract::Audience;
use crate::filter::Filter;
use crate::form::Takes;
use crate::keys::{ACTIONS, Act, Chord};
use crate::line::{Edit, Input};
use crate::model::{App, Choice, Cmd, Does, Popup, Timer};
use crate::resource::{self, Aim};
use crate::route::Place;
use crate::update::{fitting, history};
use crate::verbs::Next;
use crossterm::event::{KeyCode, KeyEvent};

/// How long nothing is typed into a form before it is kept, in milliseconds.
pub(super) const PAUSE: u64 = 500;
/// Rows of a list that are looked through within the time of a key.
const MANY: usize = 2_000;
/// The title of the list of commands.
pub(super) const COMMANDS: &str = "Command: name, words or key";
/// The title of the list of saved filters.
const SAVED: &str = "Saved filters: del removes one";

/// What keys do in forms and other boxes.
const BOXES: &[(&str, &str)] = &[
    ("tab shift-tab", "The next or previous field"),
    ("enter", "Takes what was found by name, else the next field; on the button: does it"),
    ("enter + del ctrl-up ctrl-down", "In a field that takes a list of objects: its rows, each with a form of its own; a new one; away with one; its place"),
    ("ctrl-s", "Past the fields, to the button"),
    ("space", "The next of a field's words"),
    ("pgdn pgup", "Through what is told of the objects"),
    ("ctrl-r", "Asks what would come of it, where the service can tell; after somebody else's change: loads the object as it stands"),
    ("ctrl-n ctrl-p", "In a field that takes an id: the next or previous of what was found by name; in an empty one: what there is"),
    ("ctrl-j", "In a field for a longer text: a line break; lines that are pasted stay lines there"),
    ("home end ctrl-a ctrl-e", "To the beginning or the end of the line"),
    ("alt-b alt-f ctrl-left ctrl-right", "A word to the left or right"),
    ("ctrl-u ctrl-k", "Takes the line away before or behind the cursor"),
    ("ctrl-w alt-backspace alt-d", "Takes away what stands before the cursor to a blank, the word before it, the word behind it"),
    ("ctrl-y", "Puts what was cut last at the cursor"),
    ("ctrl-_", "Takes the last change of the line back"),
    ("up down", "In a filter, before a pipe, and above the first command: what was typed there earlier"),
    ("ctrl-o", "Among commands: runs one and stays open; in a field: opens it in $EDITOR; in a text: opens it in $PAGER"),
    ("y", "Copies a secret or a text"),
    ("esc", "Closes, and asks first when something was typed; what runs already goes on"),
];

impl App {
    pub(super) fn popup_key(&mut self, key: KeyEvent) {
        let control = |c: char| Chord::read(&format!("ctrl-{c}")) == Some(Chord::of(key));
        let offers = self.offers_hits();
        if self.rows_key(key) {
            return;
        }
        match &mut self.popup {
            Some(Popup::Choose { title: COMMANDS, .. }) if control('o') => self.run_on(),
            Some(Popup::Choose { title: COMMANDS, cursor: 0, .. }) if key.code == KeyCode::Up => self.earlier(),
            Some(Popup::Choose { title: COMMANDS, .. }) if key.code == KeyCode::Down && self.walking.is_some() => self.later(),
            Some(Popup::Choose { title, .. }) => match key.code {
                KeyCode::Esc => self.popup = None,
                KeyCode::Enter => self.chosen(),
                KeyCode::Up | KeyCode::BackTab => self.choice(-1),
                KeyCode::Down | KeyCode::Tab => self.choice(1),
                KeyCode::PageUp => self.choice(-10),
                KeyCode::PageDown => self.choice(10),
                KeyCode::Delete if *title == SAVED => self.drop_saved(),
                _ => self.edit_line(key),
            },
            Some(Popup::Filter(input)) => match key.code {
                KeyCode::Esc => {
                    self.popup = None;
                    let now = self.now;
                    if let Some(list) = self.list_mut() {
                        list.filter = Filter::read(&list.text, list.resource, now);
                        list.rebuild();
                    }
                }
                KeyCode::Enter => {
                    let text = input.value().to_owned();
                    self.popup = None;
                    if let Place::List { resource, .. } = *self.place() {
                        self.remember(resource, &text);
                    }
                    self.filter_by(&text);
                }
                KeyCode::Up => self.earlier(),
                KeyCode::Down => self.later(),
                _ => self.edit_line(key),
            },
            Some(Popup::Pipe(_)) => match key.code {
                KeyCode::Esc => self.popup = None,
                KeyCode::Enter => self.pipe(),
                KeyCode::Up => self.earlier(),
                KeyCode::Down => self.later(),
                _ => self.edit_line(key),
            },
            Some(Popup::Deed(deed)) if deed.draft.is_some() => self.draft_key(key),
            Some(Popup::Deed(_)) if control('o') => self.edit_outside(),
            Some(Popup::Deed(deed)) if control('r') && deed.overtaken => self.ask_stands(),
            Some(Popup::Deed(_)) if control('r') => self.foresee_now(),
            Some(Popup::Deed(deed)) if control('j') && deed.form.fields.get(deed.focus).is_some_and(crate::form::Field::has_lines) => {
                if let Some(field) = deed.form.fields.get_mut(deed.focus) {
                    field.input.insert("\n");
                }
                self.typed();
            }
            Some(Popup::Deed(_)) if control('n') && !offers => self.look_through(),
            Some(Popup::Deed(_)) if control('n') => self.turn_hit(1),
            Some(Popup::Deed(_)) if control('p') => self.turn_hit(-1),
            Some(Popup::Deed(deed)) if control('s') => {
                // Past the fields that may stay empty, to the word or the button: enter is still to come.
                deed.focus = deed.form.fields.len();
                self.foresee();
            }
            Some(Popup::Deed(_)) => self.deed_key(key),
            Some(Popup::Secret { .. }) => self.secret_key(key),
            Some(Popup::Login(_)) => self.login_key(key),
            Some(Popup::Visit { .. }) => self.visit_key(key),
            Some(Popup::Text { lines, .. }) => match key.code {
                KeyCode::Esc | KeyCode::Enter | KeyCode::Char('q') => self.popup = None,
                KeyCode::Down | KeyCode::Char('j') => self.turn(1),
                KeyCode::Up | KeyCode::Char('k') => self.turn(-1),
                KeyCode::PageDown | KeyCode::Char(' ') => self.turn(15),
                KeyCode::PageUp => self.turn(-15),
                KeyCode::Home | KeyCode::Char('g') => self.turn(isize::MIN),
                KeyCode::End | KeyCode::Char('G') => self.turn(isize::MAX),
                KeyCode::Char('y') => {
                    let text = lines.join("\n");
                    self.put_on_clipboard(text);
                }
                KeyCode::Char('o') if control('o') => {
                    let text = lines.join("\n");
                    self.page_outside(text);
                }
                _ => {}
            },
            None => {}
        }
    }

    /// Nothing that one presses twice closes it: it is not shown again. Who did not copy all of it is asked.
    fn secret_key(&mut self, key: KeyEvent) {
        let Some(Popup::Secret { secrets, copied, warned, .. }) = &mut self.popup else { return };
        let left = (0..secrets.len()).find(|at| !copied.contains(at));
        if let (KeyCode::Char('g'), Some(key)) = (key.code, self.renewed.clone()) {
            self.go_on_renewed(key);
            return;
        }
        let wanted = match key.code {
            KeyCode::Char('y') => Some(left.unwrap_or(0)),
            KeyCode::Char(c) => c.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1)),
            _ => None,
        };
        if let Some((at, once)) = wanted.and_then(|at| Some((at, secrets.get(at)?.clone()))) {
            copied.insert(at);
            let next = (0..secrets.len()).find(|at| !copied.contains(at)).and_then(|at| secrets.get(at)).map(|next| next.name.clone());
            self.out.push(Cmd::Copy(once.text));
            self.note(
                next.map_or_else(|| "The secret is on the clipboard.".to_owned(), |next| format!("{} is on the clipboard; y copies {next} next.", once.name)),
            );
        } else if key.code == KeyCode::Esc {
            match left.and_then(|at| secrets.get(at)).filter(|_| !*warned).map(|once| once.name.clone()) {
                Some(name) => {
                    *warned = true;
                    self.note(format!("{name} was not copied yet: y. esc once more closes it."));
                }
                None => self.popup = None,
            }
        }
    }

    /// The line that is typed into.
    pub(super) fn popup_input(&mut self) -> Option<&mut Input> {
        match &mut self.popup {
            Some(Popup::Choose { input, .. } | Popup::Filter(input) | Popup::Pipe(input)) => Some(input),
            Some(Popup::Deed(deed)) => {
                let on_word = deed.operation.hint.hard && deed.focus == deed.form.fields.len();
                if on_word { Some(&mut deed.typed) } else { deed.form.fields.get_mut(deed.focus).map(|field| &mut field.input) }
            }
            Some(Popup::Login(login)) => login.form.fields.get_mut(login.focus).map(|field| &mut field.input),
            _ => None,
        }
    }

    pub(super) fn edit_line(&mut self, key: KeyEvent) {
        self.walking = None;
        let (Some(input), Some(edit)) = (self.popup_input(), Edit::of(key)) else { return };
        if input.edit(edit) {
            self.typed();
        }
    }

    /// After typing: the list narrows at once, the choices begin at the best.
    pub(super) fn typed(&mut self) {
        let now = self.now;
        match &mut self.popup {
            Some(Popup::Choose { cursor, .. }) => {
                *cursor = 0;
                self.seek();
            }
            Some(Popup::Deed(_)) => {
                self.retouched();
                self.look();
            }
            Some(Popup::Filter(input)) => {
                let text = input.value().to_owned();
                // Of many rows what is typed is shown before what it finds.
                let many = self.list().is_some_and(|list| list.records.len() > MANY);
                if !many {
                    self.sift(&text, now);
                } else if !self.sifting {
                    self.sifting = true;
                    self.out.push(Cmd::After(1, Timer::Sift));
                }
            }
            _ => {}
        }
    }

    /// Narrows the list to what is typed, when that is still so.
    pub(super) fn sift_typed(&mut self) {
        self.sifting = false;
        if let Some(Popup::Filter(input)) = &self.popup {
            let (text, now) = (input.value().to_owned(), self.now);
            self.sift(&text, now);
            self.dirty = true;
        }
    }

    /// Narrows the list by what can be tested here; the server is asked on enter.
    fn sift(&mut self, text: &str, now: i64) {
        if let Some(list) = self.list_mut() {
            list.filter.local = Filter::read(text, list.resource, now).local;
            list.rebuild();
        }
    }

    /// What was said about the field with the cursor, or foretold of the fields as they were, is no longer so.
    pub(super) fn retouched(&mut self) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let Some(field) = deed.form.fields.get_mut(deed.focus) else { return };
        field.wrong.clear();
        if !deed.drafted {
            // What is typed is kept when no more comes for a moment, and once for all that comes meanwhile.
            deed.drafted = true;
            self.out.push(Cmd::After(PAUSE, Timer::Draft));
        }
        deed.touched = true;
        if deed.results.len() <= 1 && !deed.overtaken {
            deed.wrong = None;
        }
        if deed.targets.is_empty() {
            // An answer that is under way is about other fields.
            deed.generation = 0;
            deed.preview.clear();
        }
    }

    /// Keys while something is looked for by its name; whether it was one.
    fn lookup_key(&mut self, key: KeyEvent) -> bool {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return false };
        let Some(lookup) = &mut deed.lookup else { return false };
        let found = !lookup.hits.is_empty();
        match key.code {
            KeyCode::Esc => deed.lookup = None,
            KeyCode::Down if found => self.turn_hit(1),
            KeyCode::Up if found => self.turn_hit(-1),
            // The name alone is no id: what comes of the search is waited for.
            KeyCode::Enter if !lookup.answered => {
                lookup.entered = true;
                self.look_up();
            }
            KeyCode::Enter => return self.take_hit(),
            _ => return false,
        }
        true
    }

    fn deed_key(&mut self, key: KeyEvent) {
        if self.lookup_key(key) || (key.code == KeyCode::Enter && self.open_rows()) {
            return;
        }
        if key.code == KeyCode::Tab {
            self.take_only_hit();
        }
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let places = deed.places();
        let button = places.saturating_sub(1);
        match key.code {
            // Twenty fields are not lost by one key.
            KeyCode::Esc if deed.touched && deed.batch.is_none() => {
                deed.touched = false;
                let open = deed.results.values().any(|result| result.as_ref().is_err_and(crate::model::Failure::leaves_open));
                let text = if open {
                    "it is not known whether it was done: enter asks again and does it once; esc once more gives up asking"
                } else {
                    "esc once more throws away what you typed"
                };
                deed.wrong = Some(text.to_owned());
            }
            KeyCode::Esc => self.close_deed(),
            KeyCode::PageDown => self.turn_page(true),
            KeyCode::PageUp => self.turn_page(false),
            KeyCode::Tab | KeyCode::Down => {
                deed.focus = deed.focus.saturating_add(1) % places;
                self.foresee_once();
            }
            KeyCode::BackTab | KeyCode::Up => {
                deed.focus = deed.focus.checked_sub(1).unwrap_or(button);
                self.foresee_once();
            }
            KeyCode::Enter if deed.focus == button => self.run(),
            KeyCode::Enter => self.next_field(),
            KeyCode::Char(' ') if deed.form.fields.get(deed.focus).is_some_and(|field| matches!(field.takes, Takes::Words(_) | Takes::YesNo)) => {
                if let Some(field) = deed.form.fields.get_mut(deed.focus) {
                    field.turn();
                }
                self.retouched();
            }
            _ => self.edit_line(key),
        }
    }

    /// To the next field; behind the last one it is told what would come of it.
    pub(super) fn next_field(&mut self) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        deed.focus = deed.focus.saturating_add(1);
        if deed.focus >= deed.form.fields.len() {
            self.foresee();
        }
    }

    /// Whoever comes to the button by walking there is told what would come of it, too, when that was not asked yet.
    fn foresee_once(&mut self) {
        let Some(Popup::Deed(deed)) = &self.popup else { return };
        if deed.targets.is_empty() && deed.focus >= deed.form.fields.len() && deed.preview.is_empty() {
            self.foresee();
        }
    }

    /// Opens a list to choose from.
    pub(super) fn choose(&mut self, act: Act) {
        let (title, choices) = match act {
            Act::Palette => (COMMANDS, self.palette()),
            Act::Help => ("Help: keys here, enter runs one", self.explained()),
            Act::Sort => ("Sort by", self.sorts()),
            Act::Saved => (SAVED, self.saved_filters()),
            Act::Profile => ("Profile", self.profiles()),
            Act::Company => ("Company", self.companies()),
            Act::UndoList => ("Take back", self.undo_list()),
            _ => ("What can be done", self.verbs()),
        };
        if choices.is_empty() {
            self.note(match act {
                Act::Saved => "No filter is kept yet: `: save filter` keeps that of a list.".to_owned(),
                Act::Profile => "There are no profiles: they stand in console.toml.".to_owned(),
                Act::UndoList => "There is nothing to take back.".to_owned(),
                _ => format!("{title}: there is nothing to choose from."),
            });
        } else {
            self.walking = None;
            self.popup = Some(Popup::Choose { title, input: Input::default(), choices, cursor: 0 });
        }
    }

    /// Runs the command under the cursor, and lets one choose on where that opened nothing else.
    fn run_on(&mut self) {
        let Some(Popup::Choose { input, cursor, .. }) = &self.popup else { return };
        let (input, cursor) = (input.clone(), *cursor);
        self.chosen();
        if self.popup.is_none() {
            let choices = self.palette();
            let last = fitting(&choices, input.value()).len().saturating_sub(1);
            self.popup = Some(Popup::Choose { title: COMMANDS, input, choices, cursor: cursor.min(last) });
        }
    }

    /// Everything: actions, places, verbs, saved filters.
    pub fn palette(&self) -> Vec<Choice> {
        let mut choices = self.own_verbs();
        let next: Vec<Choice> = self.next_choices(&choices).into_iter().filter(|choice| choice.off.is_none()).collect();
        let offered: Vec<Does> = next.iter().map(|choice| choice.does.clone()).collect();
        choices.extend(next);
        choices.extend(self.saved_filters());
        for (name, about, place) in self.screens() {
            let key = self.digit(&place);
            choices.push(Choice { name: name.to_owned(), about: about.to_owned(), key, off: None, does: Does::Go(place) });
        }
        for resource in resource::all().iter().filter(|resource| resource.platform == self.scope.platform) {
            choices.push(Choice {
                name: format!("go {}", resource.name),
                about: resource.list.summary.to_owned(),
                key: self.digit(&Place::list(resource.name)),
                off: None,
                does: Does::Go(Place::list(resource.name)),
            });
        }
        choices.extend(self.help());
        for resource in resource::all().iter().filter(|resource| resource.platform == self.scope.platform && Some(resource.name) != self.place().resource()) {
            choices.extend(
                resource
                    .operations
                    .iter()
                    .filter(|operation| matches!(operation.aim, Aim::New | Aim::All))
                    .map(|operation| self.verb(resource.name, operation))
                    .filter(|choice| !offered.contains(&choice.does)),
            );
        }
        let loose = resource::loose().iter().filter(|operation| (operation.row.audience == Audience::Platform) == self.scope.platform);
        choices.extend(loose.map(|operation| self.verb(resource::LOOSE, operation)));
        choices
    }

    /// The places that are no list of their own.
    fn screens(&self) -> Vec<(&'static str, &'static str, Place)> {
        let mut screens = vec![
            ("go dash", "What needs a look, the pipeline, what is under way and what is owed", Place::Dash),
            ("go health", "Whether the service, the ledger and the audit chain are well", Place::Health),
            ("go calls", "The calls that the console made", Place::Calls),
            ("go notes", "What was said in the last line", Place::Notes),
        ];
        if !self.scope.platform {
            screens.push(("go approvals", "Quotes that wait for somebody who may approve", Place::approvals()));
            screens.push(("go exceptions", "What went wrong or stands still, queue by queue", Place::Exceptions));
        }
        screens
    }

    /// The number of a place's tab.
    fn digit(&self, wanted: &Place) -> String {
        let at = self.tabs().iter().position(|(_, place)| place == wanted);
        at.map(|at| at.saturating_add(1).to_string()).unwrap_or_default()
    }

    /// The keys of the verbs here, then every action, then what keys do in boxes.
    fn explained(&self) -> Vec<Choice> {
        let mut choices: Vec<Choice> = self.verbs().into_iter().filter(|choice| !choice.key.is_empty()).collect();
        choices.extend(self.help());
        let told = |(key, about): &(&str, &str)| Choice {
            name: "in a box".to_owned(),
            about: (*about).to_owned(),
            key: (*key).to_owned(),
            off: None,
            does: Does::Told,
        };
        choices.extend(BOXES.iter().map(told));
        choices
    }

    /// Every action of the table, and why some are off here.
    pub fn help(&self) -> Vec<Choice> {
        let (here, elsewhere): (Vec<_>, Vec<_>) = ACTIONS.iter().partition(|action| self.makes_sense(action.at));
        let choice = |action: &&crate::keys::Action, off: Option<String>| Choice {
            name: action.name.to_owned(),
            about: action.about.to_owned(),
            key: self.keymap.keys(action).join(" "),
            off,
            does: Does::Act(action.act),
        };
        let elsewhere = elsewhere.iter().map(|action| choice(action, Some("not on this screen".to_owned())));
        here.iter().map(|action| choice(action, None)).chain(elsewhere).collect()
    }

    /// The verbs of the resource one is at, and what can be made of its objects.
    pub(super) fn verbs(&self) -> Vec<Choice> {
        let mut choices = self.own_verbs();
        let next = self.next_choices(&choices);
        choices.extend(next);
        choices
    }

    /// How the deal goes on from what is under the cursor, beside the verbs that it has of its own.
    fn next_choices(&self, own: &[Choice]) -> Vec<Choice> {
        if self.next_steps().next().is_none() {
            return Vec::new();
        }
        let (first, documents) = (self.next_first(), self.documents());
        // The key of a verb that the state allows comes first.
        let taken = own.iter().any(|own| own.key == "c" && own.off.is_none());
        let choice = |next: &'static Next| {
            let (name, operation) = resource::operation_of(next.makes.0, next.makes.1)?;
            let mut choice = self.verb(name, operation);
            choice.about = format!("{} it: fills in what it takes over. {}", next.word, choice.about);
            choice.off = choice.off.or_else(|| self.next_off(next, &documents));
            choice.key = if first == Some(next) && !taken { "c".to_owned() } else { String::new() };
            Some(choice)
        };
        self.next_steps().filter_map(choice).collect()
    }

    /// The verbs of the resource one is at.
    fn own_verbs(&self) -> Vec<Choice> {
        let Some(resource) = self.place().resource().and_then(resource::named) else { return Vec::new() };
        resource.operations.iter().map(|operation| self.verb(resource.name, operation)).collect()
    }

    fn verb(&self, name: &'static str, operation: &resource::Operation) -> Choice {
        let about = format!("{} {} {}", operation.row.summary, operation.row.method.word(), operation.row.path);
        let state = if matches!(operation.aim, Aim::One | Aim::Edit) { self.state_here() } else { None };
        let off = self.missing(operation).or_else(|| operation.off(state.as_deref()));
        let key = match operation.aim {
            _ if self.place().resource() != Some(name) => String::new(),
            Aim::New => "+".to_owned(),
            Aim::Edit => "e".to_owned(),
            _ => operation.hint.key.map(String::from).unwrap_or_default(),
        };
        Choice { name: operation.called(name), about, key, off, does: Does::Verb(name, operation.word) }
    }

    fn sorts(&self) -> Vec<Choice> {
        let Some(list) = self.list() else { return Vec::new() };
        let server = list.resource.sorts();
        let loaded = list.resource.columns.iter().map(|column| column.field).filter(|field| !server.contains(field));
        let both = |field: &'static str, about: &str| {
            [(false, "upwards"), (true, "downwards")].map(|(down, word)| Choice {
                name: format!("{field} {word}"),
                about: about.to_owned(),
                key: String::new(),
                off: None,
                does: Does::Sort(field.to_owned(), down),
            })
        };
        server.iter().flat_map(|field| both(field, "all rows, by the server")).chain(loaded.flat_map(|field| both(field, "only the loaded rows"))).collect()
    }

    fn saved_filters(&self) -> Vec<Choice> {
        let known = self.saved.iter().filter_map(|saved| Some((saved, Place::read(&saved.place).ok()?)));
        known
            .map(|(saved, place)| (saved, Does::Saved(place, saved.sort.clone())))
            .map(|(saved, does)| Choice { name: saved.name.clone(), about: "Saved filter".to_owned(), key: String::new(), off: None, does })
            .collect()
    }

    fn profiles(&self) -> Vec<Choice> {
        let choice = |name: &String| Choice {
            name: name.clone(),
            about: String::new(),
            key: String::new(),
            off: (*name == self.scope.profile).then(|| "you are here".to_owned()),
            does: Does::Profile(name.clone()),
        };
        self.scope.profiles.iter().map(choice).collect()
    }

    fn companies(&self) -> Vec<Choice> {
        let all = Choice { name: "all companies".to_owned(), about: String::new(), key: String::new(), off: None, does: Does::Company(None) };
        let known = self.names.iter().filter(|(id, _)| id.starts_with("com_"));
        let known = known.map(|(id, name)| Choice {
            name: name.clone(),
            about: id.clone(),
            key: String::new(),
            off: None,
            does: Does::Company(Some((id.clone(), name.clone()))),
        });
        std::iter::once(all).chain(known).collect()
    }

    fn undo_list(&self) -> Vec<Choice> {
        self.undos
            .iter()
            .rev()
            .map(|undo| Choice {
                name: undo.done.clone(),
                about: undo.call.as_ref().map(crate::call::Call::line).unwrap_or_default(),
                key: String::new(),
                off: undo.call.is_none().then(|| "nothing takes it back".to_owned()),
                does: Does::Undo(undo.number),
            })
            .collect()
    }

    /// Moves within what lies above the screen, by lines.
    pub(super) fn turn(&mut self, by: isize) {
        let last = match &self.popup {
            Some(Popup::Deed(deed)) => crate::view::deed_scroll(self, deed).0,
            // The last page stays whole.
            Some(Popup::Text { lines, .. }) => lines.len().saturating_sub(crate::view::text_rows(self)),
            _ => 0,
        };
        match &mut self.popup {
            Some(Popup::Text { top, .. }) => *top = top.saturating_add_signed(by).min(last),
            Some(Popup::Deed(deed)) => deed.top = deed.top.min(last).saturating_add_signed(by).min(last),
            _ => self.choice(by),
        }
    }

    /// Moves within what is told of the objects of a box, by as many lines as are seen.
    fn turn_page(&mut self, down: bool) {
        let Some(Popup::Deed(deed)) = &self.popup else { return };
        let page = isize::try_from(crate::view::deed_scroll(self, deed).1).unwrap_or(1);
        self.turn(if down { page } else { page.saturating_neg() });
    }

    fn choice(&mut self, by: isize) {
        if let Some(Popup::Choose { input, choices, cursor, .. }) = &mut self.popup {
            let last = fitting(choices, input.value()).len().saturating_sub(1);
            *cursor = cursor.saturating_add_signed(by).min(last);
        }
    }

    pub(super) fn chosen(&mut self) {
        let Some(Popup::Choose { title, input, choices, cursor }) = &self.popup else { return };
        let (commands, typed) = (*title == COMMANDS, input.value().to_owned());
        let Some(choice) = fitting(choices, input.value()).get(*cursor).map(|choice| (*choice).clone()) else {
            // What fits no choice may still be a verb with its object, or a place: `orders confirm ord_…`, `orders/ord_…`.
            let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
            if let [name, word, id] = words.as_slice()
                && let Some(resource) = resource::named(name).filter(|resource| resource.get.is_some())
                && let Some(operation) = resource.operation(word)
            {
                self.popup = None;
                self.remember(history::COMMANDS, &typed);
                self.go(Place::Object { resource: resource.name, id: id.clone() });
                self.begin(resource.name, operation.word);
            } else {
                let linked = crate::route::tenant_of(&typed).unwrap_or_default().to_owned();
                match Place::read(&typed) {
                    Ok(place) => {
                        self.popup = None;
                        self.remember(history::COMMANDS, &typed);
                        if self.is_of_here(&linked) {
                            self.go(place);
                        }
                    }
                    Err(_) if self.seek_now() => {}
                    // What has the look of a place says what is wrong with it.
                    Err(why) if words.len() > 1 || typed.contains(['/', '?']) => self.note(why),
                    Err(_) => self.note("Nothing fits. Fewer or other words may; esc, then ? tells the keys."),
                }
            }
            return;
        };
        if let Some(why) = choice.off {
            self.note(format!("{} is off: {why}.", choice.name));
            return;
        }
        self.popup = None;
        if commands {
            // By its name it is found again, whatever else the letters may stand for elsewhere.
            self.remember(history::COMMANDS, &choice.name);
        }
        match choice.does {
            Does::Act(act) => self.act(act),
            Does::Go(place) => self.go(place),
            Does::Saved(place, sort) => {
                let list = place.resource().and_then(resource::named).map(|resource| self.list_of(resource));
                if let Some(list) = list.filter(|list| list.sort != sort) {
                    // Sorted otherwise it is another question.
                    (list.sort, list.stage) = (sort, crate::list::Stage::New);
                }
                self.go(place);
            }
            Does::Told => {}
            Does::Row(at) => self.edit_row(at),
            Does::Verb(resource, word) => self.begin(resource, word),
            Does::Sort(field, down) => {
                if let Some(list) = self.list_mut() {
                    list.sort = if down { Some((field.clone(), false)) } else { None };
                }
                self.sort_by(&field);
            }
            Does::Company(company) => self.limit_to(company),
            Does::Undo(number) => self.ask_back(vec![number]),
            Does::TakeBack(numbers) => self.take_all_back(&numbers),
            Does::Profile(name) => {
                if let Some(why) = self.under_way() {
                    self.note(format!("{why}: wait for it first."));
                    return;
                }
                self.out.push(Cmd::Save);
                self.out.push(Cmd::Profile(name, self.scope.session.clone()));
            }
        }
    }

    /// Limits lists and numbers to a company.
    pub(super) fn limit_to(&mut self, company: Option<(String, String)>) {
        self.scope.company = company;
        self.lists.values_mut().for_each(|list| list.fetched = 0);
        (self.aging, self.pipeline) = (None, None);
        // The tabs show numbers everywhere: none of another company, not even for a moment.
        self.counts.clear();
        if let Place::List { resource, .. } = *self.place() {
            self.ask_list(resource);
        } else {
            self.arrive();
        }
        if !matches!(self.place(), Place::Dash | Place::Exceptions) {
            self.ask_queues();
        }
        self.out.push(Cmd::Save);
    }

    /// Shows this now, or when what lies above the screen is closed.
    pub(super) fn show(&mut self, popup: Popup) {
        if self.popup.is_none() && self.queue.is_empty() {
            self.popup = Some(popup);
        } else {
            self.queue.push_back(popup);
        }
    }
}
