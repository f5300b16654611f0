//! What happens when something happens: the model changes, and effects come out. Nothing here waits, draws or reads a clock.

mod act;
mod answer;
mod ask;
mod count;
mod deed;
mod draft;
mod history;
mod inverse;
mod kept;
mod login;
mod lookup;
mod mouse;
mod next;
mod number;
mod outside;
mod popup;
mod rows;
#[cfg(test)]
mod tests;
mod words;

pub use act::CHECKS;
pub use answer::{MINUTES, NAMES, SUSPENDED, named, permissions};
pub use count::{aging_call, gauge_call, pipeline_call};
pub use draft::newest;
pub use history::PIPES;
pub use lookup::{Part, names_of, part_of};
pub use words::{fitting, same_word};

use crate::keys::{Chord, Where};
use crate::model::{App, Cmd, Msg, Popup, Timer};
use crate::resource;
use crate::route::Place;
use crossterm::event::KeyEvent;

/// How often news are asked for, in milliseconds.
const POLL: u64 = 2_000;
/// How long the cursor stays on a row before the preview follows, in milliseconds: whoever moves on is not kept waiting for what they do not read.
const REST: u64 = 120;

impl App {
    /// Takes a message at a time (milliseconds since 1970) and says what is to be done.
    pub fn update(&mut self, now: i64, msg: Msg) -> Vec<Cmd> {
        self.now = now;
        match msg {
            Msg::Start => self.start(),
            Msg::Key(key) => self.key(key),
            Msg::Mouse(_) | Msg::Paste(_) if crate::view::too_small(self.size) => {}
            Msg::Mouse(mouse) => self.mouse(mouse),
            Msg::Paste(text) => self.paste(&text),
            Msg::Resize(columns, rows) => {
                self.size = (columns, rows);
                self.dirty = true;
                // Even to the same size: away and back in one wake, and the terminal has changed what it showed.
                self.out.push(Cmd::Redraw);
            }
            Msg::Reply { tag, reply, ms } => self.answer(tag, *reply, ms),
            Msg::Timer(Timer::Poll) => self.poll(),
            Msg::Timer(Timer::Retry) => self.retry(),
            Msg::Timer(Timer::Rest) => self.rest(),
            Msg::Timer(Timer::Look) => self.look_up(),
            Msg::Timer(Timer::Number) => self.ask_number(),
            Msg::Timer(Timer::Sift) => self.sift_typed(),
            Msg::Timer(Timer::Late) => self.dirty |= self.unanswered().is_some(),
            Msg::Note(text) => self.note(text),
            Msg::Heard(event) => self.hear(&event),
            Msg::Edited { path, text } => self.edited(&path, text),
            Msg::Timer(Timer::Draft) => self.keep_draft(),
            Msg::Recalled(session) => self.recall(*session),
            Msg::Unheard => {
                self.streaming = false;
                self.ping();
            }
        }
        self.settle();
        std::mem::take(&mut self.out)
    }

    fn start(&mut self) {
        self.give_up();
        // Clocks that were asked for belong to the runner before.
        (self.polling, self.retrying, self.resting, self.sifting) = (false, false, None, false);
        (self.alive, self.streaming) = (self.now, false);
        // What was seen before a visit may be another by now.
        self.lists.values_mut().for_each(|list| list.fetched = 0);
        if self.scope.credential {
            self.arrive_first();
        } else {
            self.open_login(None);
        }
    }

    fn key(&mut self, key: KeyEvent) {
        self.dirty = true;
        self.noted = false;
        let chord = Chord::of(key);
        if Chord::read("ctrl-c") == Some(chord) {
            self.act(crate::keys::Act::Quit);
        } else if Chord::read("ctrl-z") == Some(chord) {
            self.out.push(Cmd::Suspend);
        } else if crate::view::too_small(self.size) {
            // What cannot be read is not acted on.
            if self.popup.is_none() && chord == Chord::plain('q') {
                self.act(crate::keys::Act::Quit);
            }
        } else if self.popup.is_some() && Chord::read("ctrl-l") == Some(chord) {
            self.out.push(Cmd::Redraw);
        } else if self.popup.is_some() {
            self.popup_key(key);
        } else {
            self.screen_key(chord);
        }
    }

    fn screen_key(&mut self, chord: Chord) {
        let digit = ('1'..='9').position(|digit| chord == Chord::plain(digit));
        if let Some((_, place)) = digit.and_then(|at| self.tabs().into_iter().nth(at)) {
            self.go(place);
            return;
        }
        let found = self.keymap.find(chord, |at| self.makes_sense(at));
        if let Some(action) = found {
            self.act(action.act);
            return;
        }
        let verb = self.verb_of(chord);
        // Where the document itself is done, the deal goes on with another one.
        let next = (chord == Chord::plain('c') && verb.is_none_or(|(name, word)| self.verb_off(name, word))).then(|| self.next_first()).flatten();
        if let Some(next) = next {
            self.begin(next.makes.0, next.makes.1);
        } else if let Some((resource, word)) = verb {
            self.begin(resource, word);
        } else if let Some(action) = self.keymap.find(chord, |_| true) {
            self.note(format!("{} is off here: it is for {}.", action.name, action.at.told()));
        } else if let Some(name) = chord.letter() {
            self.note(format!("{name} does nothing here. ? tells the keys, : finds commands."));
        }
    }

    /// Whether a verb cannot be done to what is under the cursor as it is.
    fn verb_off(&self, name: &str, word: &str) -> bool {
        let state = self.state_here();
        resource::operation_of(name, word).is_some_and(|(_, operation)| operation.off(state.as_deref()).is_some())
    }

    /// Whether an action makes sense where one is.
    pub fn makes_sense(&self, at: Where) -> bool {
        match at {
            Where::Any => true,
            Where::List => matches!(self.place(), Place::List { .. }),
            Where::Rows => matches!(self.place(), Place::List { .. } | Place::Object { .. }),
            Where::Calls => *self.place() == Place::Calls,
            Where::Chain => {
                matches!(self.place(), Place::Health | Place::Exceptions)
                    || self.place().resource().is_some_and(|name| matches!(name, "audit-entries" | "journal-entries"))
            }
        }
    }

    /// The verb that a key stands for, in the state of what is under the cursor.
    fn verb_of(&self, chord: Chord) -> Option<(&'static str, &'static str)> {
        let resource = resource::named(self.place().resource()?)?;
        let state = self.state_here();
        let with_key = || resource.operations.iter().filter(|operation| operation.hint.key.is_some_and(|key| Chord::plain(key) == chord));
        let fitting = with_key().find(|operation| operation.off(state.as_deref()).is_none()).or_else(|| with_key().next())?;
        Some((resource.name, fitting.word))
    }

    /// The state of what is under the cursor.
    pub fn state_here(&self) -> Option<String> {
        match self.place() {
            Place::List { .. } => self.list()?.selected()?.state().map(str::to_owned),
            Place::Object { .. } => self.here()?.1.get("status")?.as_str().map(str::to_owned),
            _ => None,
        }
    }

    fn paste(&mut self, text: &str) {
        self.dirty = true;
        self.walking = None;
        let field = match &mut self.popup {
            Some(Popup::Deed(deed)) if deed.draft.is_some() => return,
            Some(Popup::Deed(deed)) => deed.form.fields.get_mut(deed.focus),
            _ => None,
        };
        if let Some(field) = field {
            if field.paste(text) {
                self.note("What was pasted has line breaks or tabs that this field does not take: they became blanks.");
            }
        } else if let Some(input) = self.popup_input() {
            let line: String =
                text.trim_end_matches(['\r', '\n']).chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }).filter(|c| !c.is_control()).collect();
            input.insert(&line);
        }
        self.typed();
        // Who pastes has typed all of it.
        self.look_up();
    }

    /// After every message: cursors within their lists, further pages under way, a time for polling.
    fn settle(&mut self) {
        if self.popup.is_none()
            && let Some(next) = self.queue.pop_front()
        {
            self.popup = Some(next);
            self.dirty = true;
        }
        self.leave_lookup();
        if let Place::List { resource, .. } = *self.place()
            && let Some(list) = self.lists.get_mut(resource)
        {
            self.dirty |= list.learn(&self.names);
        }
        let height = self.list_height();
        if let Some(list) = self.list_mut() {
            list.scroll(height);
            if list.wants_more() {
                self.ask_more();
            }
            self.follow_cursor();
        } else {
            let rows = self.sheet_height();
            let row = crate::view::line_row(self, self.way.last().map_or(0, |spot| spot.cursor));
            if let Some(spot) = self.way.last_mut() {
                // One row above and below stays in sight: the edges of the panel.
                spot.top = spot.top.min(row.saturating_sub(1)).max(row.saturating_add(2).saturating_sub(rows.max(3)));
            }
        }
        if !self.polling && self.scope.credential && self.online() {
            self.polling = true;
            self.out.push(Cmd::After(POLL, Timer::Poll));
        }
    }

    /// The preview shows the first row at once; a row that the cursor moves to, when the cursor rests on it.
    fn follow_cursor(&mut self) {
        let previews = crate::view::previews(self);
        let Some(list) = self.list_mut() else { return };
        let selected = list.selected().map(|record| record.id.clone());
        if list.rested == selected {
            return;
        }
        if !previews || list.rested.as_deref().and_then(|id| list.find(id)).is_none() {
            list.rested = selected;
        } else if self.resting.is_none() {
            self.resting = selected;
            self.out.push(Cmd::After(REST, Timer::Rest));
        }
    }

    /// The time to rest is over: the preview follows if the cursor stayed where it was.
    fn rest(&mut self) {
        let waited = self.resting.take();
        let Some(list) = self.list_mut() else { return };
        if waited.is_some() && list.selected().map(|record| &record.id) == waited.as_ref() {
            list.rested = waited;
            self.dirty = true;
        }
    }

    /// Rows of a list on the screen.
    pub fn list_height(&self) -> usize {
        usize::from(crate::view::list_area(self).height).saturating_sub(3)
    }

    /// Lines of a sheet on the screen.
    pub fn sheet_height(&self) -> usize {
        usize::from(self.size.1).saturating_sub(4)
    }

    /// Whether a filter, form or palette takes the keys.
    pub const fn typing(&self) -> bool {
        matches!(self.popup, Some(Popup::Filter(_) | Popup::Pipe(_) | Popup::Choose { .. } | Popup::Deed(_) | Popup::Login(_)))
    }
}
