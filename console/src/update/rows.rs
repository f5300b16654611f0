//! Lists of objects, row by row: what would be JSON on one line is a list of rows, each with a form of its own. The form that they belong to waits behind.

use super::popup::PAUSE;
use crate::form::Form;
use crate::line::Input;
use crate::model::{App, Choice, Cmd, Deed, Does, Popup, Timer, Within, row_forms};
use crate::resource::{Aim, Operation};
use crate::text::clean;
use crate::verbs::hint;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use serde_json::Value;

/// The title of the rows of a field.
pub(super) const ROWS: &str = "Rows: enter edits, + adds, del removes, ctrl-up ctrl-down move, esc goes back";

/// Puts what was filled in into a row; what was emptied is not said any more.
fn change(row: &mut Value, filled: Value) {
    match (row, filled) {
        (Value::Object(row), Value::Object(filled)) => {
            for (name, value) in filled {
                match (row.get_mut(&name), value) {
                    (_, Value::Null) => drop(row.remove(&name)),
                    (Some(known @ Value::Object(_)), value @ Value::Object(_)) => change(known, value),
                    (_, value) => drop(row.insert(name, value)),
                }
            }
        }
        (row, filled) => *row = filled,
    }
}

impl App {
    /// Opens the rows of the field with the cursor, where it takes a list of objects and what stands there is one; whether that is so.
    pub(super) fn open_rows(&mut self) -> bool {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return false };
        let Some(rows) = deed.form.fields.get(deed.focus).filter(|_| deed.batch.is_none()).and_then(crate::form::Field::list) else { return false };
        deed.lookup = None;
        if let Some(form) = self.popup.take() {
            self.queue.push_front(form);
        }
        if rows.is_empty() {
            self.edit_row(None);
        } else {
            let wrong = self.wrong_rows().first().map_or(0, |(at, ..)| *at);
            self.show_rows(wrong.min(rows.len().saturating_sub(1)));
        }
        true
    }

    /// The form that the rows belong to.
    fn behind(&mut self) -> Option<&mut Deed> {
        self.queue.iter_mut().find_map(|popup| if let Popup::Deed(deed) = popup { Some(&mut **deed) } else { None })
    }

    /// The rows as they are.
    fn rows(&mut self) -> Vec<Value> {
        let list = self.behind().and_then(|deed| deed.form.fields.get(deed.focus)?.list());
        list.unwrap_or_default()
    }

    /// What the server found wrong in them.
    fn wrong_rows(&mut self) -> Vec<(usize, String, String)> {
        self.behind().and_then(|deed| Some(deed.form.fields.get(deed.focus)?.wrong_rows.clone())).unwrap_or_default()
    }

    /// Shows the rows with the cursor on one of them; the form when there is none.
    fn show_rows(&mut self, cursor: usize) {
        let rows = self.rows();
        if rows.is_empty() {
            return;
        }
        let wrong = self.wrong_rows();
        let marked = |at: usize| {
            let of_row = wrong.iter().filter(|(row, ..)| *row == at);
            let told: Vec<String> = of_row.map(|(_, within, why)| clean(format!("{within} {why}").trim()).into_owned()).collect();
            if told.is_empty() { String::new() } else { format!("! {}: ", told.join("; ")) }
        };
        let row = |(at, row): (usize, &Value)| Choice {
            name: format!("{} {}{}", at.saturating_add(1), marked(at), self.told_row(row)),
            about: String::new(),
            key: String::new(),
            off: None,
            does: Does::Row(Some(at)),
        };
        let add = Choice { name: "add a row".to_owned(), about: String::new(), key: "+".to_owned(), off: None, does: Does::Row(None) };
        let choices: Vec<Choice> = rows.iter().enumerate().map(row).chain([add]).collect();
        self.popup = Some(Popup::Choose { title: ROWS, input: Input::default(), choices, cursor });
    }

    /// A row in one line: what is told first, names in the place of ids.
    fn told_row(&self, row: &Value) -> String {
        let Some(fields) = row.as_object() else { return row.to_string() };
        let mut told: Vec<_> = fields.iter().filter(|(_, value)| !value.is_null()).collect();
        told.sort_by_key(|(name, _)| crate::form::told_at(name));
        let text = |(name, value): (&String, &Value)| {
            let text = crate::columns::plain(value);
            let name = name.strip_suffix("_id").unwrap_or(name).replace('_', " ");
            format!("{} {}", clean(&name), clean(self.name_of(&text)))
        };
        told.into_iter().map(text).collect::<Vec<_>>().join(", ")
    }

    /// Keys among the rows; whether it was one.
    pub(super) fn rows_key(&mut self, key: KeyEvent) -> bool {
        let Some(Popup::Choose { title: ROWS, choices, cursor, input }) = &self.popup else { return false };
        let chosen = super::fitting(choices, input.value()).get(*cursor).and_then(|choice| if let Does::Row(at) = choice.does { at } else { None });
        let alt = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match (key.code, chosen) {
            (KeyCode::Char('+'), _) => self.edit_row(None),
            // Line mode says it with a letter.
            (KeyCode::Delete | KeyCode::Char('d'), Some(at)) if key.code == KeyCode::Delete || key.modifiers.contains(KeyModifiers::CONTROL) => {
                let mut rows = self.rows();
                if at < rows.len() {
                    rows.remove(at);
                }
                self.put_rows(rows, at.saturating_sub(1));
            }
            (KeyCode::Up | KeyCode::Down, Some(at)) if alt => {
                let mut rows = self.rows();
                let to = if key.code == KeyCode::Up { at.checked_sub(1) } else { at.checked_add(1) }.filter(|to| *to < rows.len());
                if let Some(to) = to {
                    rows.swap(at, to);
                    self.put_rows(rows, to);
                }
            }
            _ => return false,
        }
        true
    }

    /// Opens the form of a row, or of a new one.
    pub(super) fn edit_row(&mut self, at: Option<usize>) {
        let generation = self.number();
        let row = at.and_then(|at| self.rows().into_iter().nth(at));
        let wrong = self.wrong_rows().into_iter().filter(|(row, ..)| Some(*row) == at);
        let wrong: Vec<_> = wrong.map(|(_, within, why)| (within, why)).collect();
        let Some(deed) = self.behind() else { return };
        let Some((path, shape)) = deed.form.fields.get(deed.focus).and_then(|field| Some((field.path.clone(), field.rows.clone()?))) else { return };
        let mut form = Form::of_row(&shape, row.as_ref());
        let operation = Operation { aim: Aim::New, hint: hint(""), ..deed.operation.clone() };
        let within = Some(Within { form: deed.form_name(), path, at });
        let deed = Deed { within, focus: form.mark_refused(&wrong).unwrap_or(0), ..Deed::new(deed.resource, operation, Vec::new(), form, generation) };
        let draft = self.draft_of(&deed);
        let deed = Deed { draft, ..deed };
        self.popup = Some(Popup::Deed(Box::new(deed)));
    }

    /// Puts a row that was filled in among the others.
    pub(super) fn put_row(&mut self) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        let Some(within) = deed.within.clone() else { return };
        let is_known = within.at.is_some();
        let filled = match deed.form.body(is_known) {
            Ok(filled) => filled,
            Err(wrong) => {
                deed.focus = deed.form.mark(is_known).unwrap_or(deed.focus);
                deed.wrong = Some(wrong);
                return;
            }
        };
        // A name in the place of an id would be refused later, and elsewhere.
        if let Some(at) = deed.form.mark_no_ids() {
            deed.focus = at;
            deed.wrong = deed.form.fields.get(at).map(|field| field.wrong.clone());
            return;
        }
        let (form, drafted) = (deed.form_name(), deed.drafted);
        self.drop_draft(&form, drafted);
        let mut rows = self.rows();
        let at = within.at.unwrap_or(rows.len());
        // What was not touched stays as it is said: an empty list may mean something else than none.
        let mut row = rows.get(at).cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        change(&mut row, filled);
        match rows.get_mut(at) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
        // What is wrong with the others stays marked.
        let wrong: Vec<_> = self.wrong_rows().into_iter().filter(|(row, ..)| *row != at).collect();
        self.put_rows(rows, at);
        self.behind_marked(wrong);
        self.show_rows(at);
    }

    /// Marks what is still wrong in the rows.
    fn behind_marked(&mut self, wrong: Vec<(usize, String, String)>) {
        let Some(deed) = self.behind() else { return };
        let focus = deed.focus;
        if let Some(field) = deed.form.fields.get_mut(focus) {
            let told = wrong.iter().map(|(at, within, why)| format!("{} row {} {within} {why}", field.path, at.saturating_add(1)));
            field.wrong = told.collect::<Vec<_>>().join("; ");
            field.wrong_rows = wrong;
        }
    }

    /// Leaves the form of a row as if it had not been opened.
    pub(super) fn leave_row(&mut self, at: Option<usize>) {
        self.popup = None;
        self.show_rows(at.unwrap_or(0));
    }

    fn put_rows(&mut self, rows: Vec<Value>, cursor: usize) {
        self.popup = None;
        let Some(deed) = self.behind() else { return };
        let forms = deed.form.fields.get(deed.focus).map(|field| row_forms(&deed.form_name(), &field.path)).unwrap_or_default();
        let drafted = std::mem::replace(&mut deed.drafted, true);
        (deed.touched, deed.generation) = (true, 0);
        deed.preview.clear();
        if let Some(field) = deed.form.fields.get_mut(deed.focus) {
            field.input = Input::new(if rows.is_empty() { String::new() } else { Value::Array(rows).to_string() });
            field.wrong.clear();
            field.wrong_rows.clear();
        }
        // What was refused was refused of other rows.
        deed.wrong = None;
        if !drafted {
            self.out.push(Cmd::After(PAUSE, Timer::Draft));
        }
        // What was begun of a row is there now, or may stand at another place.
        self.drop_drafts(|name| name.starts_with(&forms));
        self.show_rows(cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::change;
    use serde_json::json;

    #[test]
    fn what_was_not_touched_stays_as_it_was_said() {
        let mut row = json!({"product_id": "prd_1", "quantity": "2", "tax_ids": [], "note": "x", "price": {"amount": "1", "unit": "piece"}});
        change(&mut row, json!({"quantity": "3", "note": null, "price": {"amount": "2"}}));
        assert_eq!(row, json!({"product_id": "prd_1", "quantity": "3", "tax_ids": [], "price": {"amount": "2", "unit": "piece"}}));
    }
}
