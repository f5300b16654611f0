//! A document that somebody calls by its number among the commands: it is asked for while one types, and offered when it is there.

use super::popup::COMMANDS;
use crate::call::Call;
use crate::columns::{called, plain};
use crate::headless::looks_like_number;
use crate::model::{App, Choice, Cmd, Does, Failure, Popup, Reply, Sought, Tag, Timer};
use crate::resource;
use crate::route::Place;
use crate::text::clean;
use serde_json::Value;

/// How long nothing is typed before it is asked for, in milliseconds.
const PAUSE: u64 = 150;

impl App {
    /// What is typed among the commands, when it may be a number.
    fn number_typed(&self) -> Option<String> {
        let Some(Popup::Choose { title: COMMANDS, input, .. }) = &self.popup else { return None };
        Some(input.value().trim().to_owned()).filter(|text| looks_like_number(text))
    }

    /// Something was typed: when it may be a number, it is asked for when no more comes for a moment.
    pub(super) fn seek(&mut self) {
        let Some(text) = self.number_typed() else {
            self.sought = None;
            return;
        };
        let waits = self.sought.as_ref().is_some_and(|sought| sought.generation == 0);
        self.sought = Some(Sought { text, ..Sought::default() });
        if !waits {
            self.out.push(Cmd::After(PAUSE, Timer::Number));
        }
    }

    /// Asks which document has the number, when that was not done yet.
    pub(super) fn ask_number(&mut self) {
        let generation = self.number();
        let typed = self.number_typed();
        let Some(sought) = self.sought.as_mut().filter(|sought| sought.generation == 0 && Some(&sought.text) == typed.as_ref()) else { return };
        sought.generation = generation;
        // Series are written in capital letters.
        let number = if sought.text.contains(char::is_uppercase) { sought.text.clone() } else { sought.text.to_uppercase() };
        let lists: Vec<_> = resource::numbered(self.scope.platform).filter(|resource| self.scope.may(resource.list.permission)).collect();
        if let Some(sought) = &mut self.sought {
            sought.open = lists.len();
        }
        for resource in lists {
            let call = Call::of(&resource.list, &[]).with("limit", "5").with("number", number.as_str());
            self.call(Tag::Number { resource: resource.name, generation }, call);
        }
    }

    /// Enter on a number that nothing was offered for yet: goes there as soon as it is found; whether it is one.
    pub(super) fn seek_now(&mut self) -> bool {
        let Some(text) = self.number_typed() else { return false };
        let sought = self.sought.get_or_insert_default();
        if sought.text != text {
            *sought = Sought { text: text.clone(), ..Sought::default() };
        }
        if sought.generation != 0 && sought.open == 0 {
            self.note(format!("No document has the number {text}, and it is no place."));
            return true;
        }
        sought.goes = true;
        self.note(format!("Looking for {text} …"));
        self.ask_number();
        true
    }

    /// Who has the number is offered, or gone to by whoever waits for that.
    pub(super) fn take_number(&mut self, name: &'static str, generation: u64, reply: Result<Reply, Failure>) {
        let typed = self.number_typed();
        let Some(sought) = self.sought.as_mut().filter(|sought| sought.generation == generation && Some(&sought.text) == typed.as_ref()) else { return };
        sought.open = sought.open.saturating_sub(1);
        let (goes, over, text) = (sought.goes, sought.open == 0, sought.text.clone());
        self.dirty = true;
        let rows = reply.ok().and_then(|mut reply| reply.body.get_mut("data").map(Value::take));
        let found: Vec<Choice> = rows.as_ref().and_then(Value::as_array).into_iter().flatten().filter_map(|row| self.offer(name, row)).collect();
        if let Some(Does::Go(place)) = found.first().map(|choice| choice.does.clone()).filter(|_| goes) {
            (self.popup, self.sought) = (None, None);
            self.remember(super::history::COMMANDS, &text);
            self.go(place);
            return;
        }
        if let Some(Popup::Choose { choices, .. }) = &mut self.popup {
            choices.retain(|choice| !found.iter().any(|new| new.does == choice.does));
            choices.splice(0..0, found);
        }
        if over && goes {
            self.note(format!("No document has the number {text}, and it is no place."));
        }
    }

    fn offer(&self, name: &'static str, row: &Value) -> Option<Choice> {
        let id = row.get("id")?.as_str()?.to_owned();
        let told = ["status", "party_id", "total_amount", "amount", "currency"].iter().filter_map(|field| row.get(*field)).filter(|value| !value.is_null());
        let about = told.map(|value| self.name_of(&plain(value)).to_owned()).collect::<Vec<_>>().join("  ");
        Some(Choice {
            name: clean(called(row)?).into_owned(),
            about: format!("open  {name}  {}", clean(&about)),
            key: String::new(),
            off: None,
            does: Does::Go(Place::Object { resource: name, id }),
        })
    }
}
