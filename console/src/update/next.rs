//! How a deal goes on: another document is made of the one under the cursor, with what it takes over filled in.

use crate::columns::plain;
use crate::model::App;
use crate::resource::Operation;
use crate::verbs::{NEXT, Next};
use serde_json::Value;

impl App {
    /// What can be made of what one is at, whatever its state.
    pub fn next_steps(&self) -> impl Iterator<Item = &'static Next> + use<> {
        let here = self.place().resource();
        NEXT.iter().filter(move |next| Some(next.from) == here)
    }

    /// Why it cannot be made of it now; `None` when it can.
    pub fn next_off(&self, next: &Next) -> Option<String> {
        let state = self.state_here()?;
        (!next.states.contains(&state.as_str())).then(|| format!("only when {}; this is {state}", next.states.join(" or ")))
    }

    /// The next step that `c` begins where the document has none of its own.
    pub fn next_first(&self) -> Option<&'static Next> {
        let states: Vec<String> = match self.list() {
            // What is marked goes on together, or not at all.
            Some(list) => list.targets().iter().map(|id| list.find(id).and_then(|record| record.state()).unwrap_or_default().to_owned()).collect(),
            None => self.state_here().into_iter().collect(),
        };
        let fits = |next: &&'static Next| !states.is_empty() && states.iter().all(|state| next.states.contains(&state.as_str()));
        self.next_steps().find(|next| next.first && fits(next))
    }

    /// What a form takes over from what one is at, where it goes on from there: the same field of several marked rows, one after the other.
    pub(super) fn carried(&self, name: &str, operation: &Operation) -> Vec<(&'static str, String)> {
        let Some(next) = self.next_steps().find(|next| next.makes == (name, operation.word)) else { return Vec::new() };
        let rows: Vec<Value> = match self.list() {
            Some(list) => list.targets().iter().filter_map(|id| self.known(id)).collect(),
            None => self.here().map(|(_, value)| value).into_iter().collect(),
        };
        let text = |value: &Value, field: &str| value.get(field).filter(|field| field.is_string()).map(plain);
        let several = |field: &str| field.ends_with("_ids");
        let taken = |(field, from): &(&'static str, &'static str)| {
            let texts: Vec<String> = rows.iter().filter_map(|row| text(row, from)).collect();
            // Of several documents one is not chosen for whoever fills in the form.
            let told = if several(field) || texts.len() == 1 { texts.join(", ") } else { String::new() };
            (*field, told)
        };
        next.takes.iter().map(taken).filter(|(_, text)| !text.is_empty()).collect()
    }
}
