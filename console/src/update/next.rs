//! How a deal goes on: another document is made of the one under the cursor, with what it takes over filled in.

use crate::columns::plain;
use crate::model::App;
use crate::resource::Operation;
use crate::verbs::{NEXT, Next};
use serde_json::Value;

/// Marked rows that are looked at to say how they go on, with every frame.
const LOOKED_AT: usize = 100;

impl App {
    /// What can be made of what one is at, whatever its state.
    pub fn next_steps(&self) -> impl Iterator<Item = &'static Next> + use<> {
        let here = self.place().resource();
        NEXT.iter().filter(move |next| Some(next.from) == here)
    }

    /// What one is at, as far as it decides how the deal goes on: the marked rows, or the one under the cursor, or the object that is shown.
    pub(super) fn documents(&self) -> Vec<Value> {
        match self.list() {
            // What is marked goes on together, or not at all.
            Some(list) => list.targets().iter().take(LOOKED_AT).map(|id| list.find(id).map(crate::list::Record::value).unwrap_or_default()).collect(),
            None => self.here().map(|(_, value)| value).into_iter().collect(),
        }
    }

    /// The next step that `c` begins where the document has none of its own.
    pub fn next_first(&self) -> Option<&'static Next> {
        let mut first = self.next_steps().filter(|next| next.first).peekable();
        // Most screens have none, and are not looked at.
        first.peek()?;
        let documents = self.documents();
        first.find(|next| !documents.is_empty() && self.next_off(next, &documents).is_none())
    }

    /// Why it cannot be made of these documents; `None` when it can.
    pub(super) fn next_off(&self, next: &Next, documents: &[Value]) -> Option<String> {
        let planned = |value: &Value| value.get("id").and_then(Value::as_str).is_some_and(|id| self.planned.contains(id));
        let whole = next.makes.0 == "deliveries" && documents.iter().any(planned);
        next_off(next, documents).or_else(|| whole.then(|| "all that is left of it is planned".to_owned()))
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

/// Why their states do not let it be made of these documents.
fn next_off(next: &Next, documents: &[Value]) -> Option<String> {
    let wrong = |value: &Value, field: &str, right: &[&str]| {
        let says = value.get(field).and_then(Value::as_str).unwrap_or_default();
        (!right.contains(&says)).then(|| format!("only when {}; this is {says}", right.join(" or ")))
    };
    let off = |value: &Value| wrong(value, "status", next.states).or_else(|| next.also.and_then(|(field, right)| wrong(value, field, right)));
    documents.iter().find_map(off)
}
