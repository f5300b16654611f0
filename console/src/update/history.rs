//! What was typed earlier: commands, filters list by list, and commands that took rows.

use crate::line::Input;
use crate::model::{App, Popup};
use crate::route::Place;

/// Under which name commands are kept.
pub const COMMANDS: &str = ":";
/// Under which name the commands are kept that took rows.
pub const PIPES: &str = "|";
/// What is kept of each kind.
const KEPT: usize = 50;

impl App {
    /// Keeps what was typed; what is typed again becomes the newest.
    pub(super) fn remember(&mut self, kind: &str, text: &str) {
        self.walking = None;
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let typed = self.history.entry(kind.to_owned()).or_default();
        typed.retain(|older| older != text);
        typed.push(text.to_owned());
        if typed.len() > KEPT {
            typed.remove(0);
        }
    }

    /// What is typed into now, by the name under which it is kept.
    fn kind(&self) -> Option<&'static str> {
        match (&self.popup, self.place()) {
            (Some(Popup::Choose { .. }), _) => Some(COMMANDS),
            (Some(Popup::Pipe(_)), _) => Some(PIPES),
            (Some(Popup::Filter(_)), Place::List { resource, .. }) => Some(resource),
            _ => None,
        }
    }

    /// What was typed before, the newest first; what one was typing oneself is no step.
    fn typed_before(&self, own: &str) -> Vec<String> {
        let typed = self.kind().and_then(|kind| self.history.get(kind));
        typed.into_iter().flatten().rev().filter(|text| *text != own).cloned().collect()
    }

    /// What was typed before what stands there.
    pub(super) fn earlier(&mut self) {
        let Some(now) = self.popup_input().map(|input| input.value().to_owned()) else { return };
        let (back, own) = self.walking.take().unwrap_or((0, now));
        let older = self.typed_before(&own).into_iter().nth(back);
        self.walking = Some((back.saturating_add(usize::from(older.is_some())), own));
        if let Some(text) = older {
            self.put_line(text);
        }
    }

    /// What was typed after it, and at last what one was typing oneself.
    pub(super) fn later(&mut self) {
        let Some((back, own)) = self.walking.take() else { return };
        let newer = back.checked_sub(2).and_then(|at| self.typed_before(&own).into_iter().nth(at));
        self.walking = newer.is_some().then(|| (back.saturating_sub(1), own.clone()));
        self.put_line(newer.unwrap_or(own));
    }

    fn put_line(&mut self, text: String) {
        if let Some(input) = self.popup_input() {
            *input = Input::new(text);
            self.typed();
        }
    }
}
