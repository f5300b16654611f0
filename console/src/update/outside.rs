//! Handing what is shown to another program: rows to a command that somebody typed, a text to the pager, a field to the editor.

use crate::model::{App, Cmd, Popup};
use crate::outside::Outside;
use crate::route::Place;
use crate::sheet;
use crate::text::{cut, fit, width};
use crate::update::history;
use serde_json::Value;

/// The widest that a column of a list is written for the pager.
const WIDEST: usize = 60;

impl App {
    /// The rows that a command would take: those that are marked, else the one under the cursor, or the object that is shown. With how many are marked and
    /// not loaded.
    pub fn piped(&self) -> (Vec<Value>, usize) {
        let Some(list) = self.list() else { return (self.here().map(|(_, value)| value).into_iter().collect(), 0) };
        if list.marks.is_empty() {
            return (list.selected().map(crate::list::Record::value).into_iter().collect(), 0);
        }
        let rows: Vec<Value> = list.records.iter().filter(|record| list.marks.contains(&record.id)).map(crate::list::Record::value).collect();
        let missing = list.marks.len().saturating_sub(rows.len());
        (rows, missing)
    }

    /// How many rows that is.
    pub fn pipes(&self) -> usize {
        self.list().map_or_else(|| usize::from(self.here().is_some()), |list| list.marks.len().max(usize::from(list.selected().is_some())))
    }

    /// Asks for the command that takes the rows.
    pub(super) fn ask_pipe(&mut self) {
        self.walking = None;
        match self.piped() {
            (rows, 0) if rows.is_empty() => self.note("There is no row here to pipe."),
            (_, 0) => self.popup = Some(Popup::Pipe(crate::line::Input::default())),
            (_, missing) => self.note(format!("{missing} of the marked rows are not loaded: esc clears the marks, or go down until they are.")),
        }
    }

    /// Gives the rows to the command that was typed.
    pub(super) fn pipe(&mut self) {
        let Some(Popup::Pipe(input)) = &self.popup else { return };
        let command = input.value().trim().to_owned();
        if command.is_empty() {
            return;
        }
        self.popup = None;
        self.remember(history::PIPES, &command);
        let rows: String = self.piped().0.iter().map(|row| format!("{row}\n")).collect();
        self.out.push(Cmd::Save);
        self.out.push(Cmd::Outside(Outside::Pipe { command, input: rows }));
    }

    /// Opens what is shown in the pager.
    pub(super) fn page_shown(&mut self) {
        let text = self.shown_text();
        self.page_outside(text);
    }

    pub(super) fn page_outside(&mut self, text: String) {
        self.out.push(Cmd::Outside(Outside::Page(text)));
    }

    /// Opens the field with the cursor in the editor.
    pub(super) fn edit_outside(&mut self) {
        let Some(Popup::Deed(deed)) = &self.popup else { return };
        let Some(field) = deed.form.fields.get(deed.focus).filter(|_| deed.batch.is_none()) else { return };
        if super::draft::secret(field) {
            self.note("What is secret is typed here: an editor would write it to a file.");
            return;
        }
        // JSON is read and written in lines.
        let pretty = || serde_json::from_str::<Value>(field.input.value()).ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
        let text = Some(field).filter(|field| field.takes == crate::form::Takes::Json).and_then(|_| pretty());
        let edit = Outside::Edit { path: field.path.clone(), text: text.unwrap_or_else(|| field.input.value().to_owned()) };
        self.out.push(Cmd::Outside(edit));
    }

    /// The editor is closed: what it left stands in the field, where that is still there.
    pub(super) fn edited(&mut self, path: &str, text: Result<String, String>) {
        self.dirty = true;
        let text = match text {
            Ok(text) => text,
            Err(why) => return self.note(why),
        };
        let shown = matches!(self.popup, Some(Popup::Deed(_)));
        // A sign-in may have come up meanwhile: the form waits behind it.
        let forms = self.popup.iter_mut().chain(&mut self.queue).filter_map(|popup| match popup {
            Popup::Deed(deed) => Some(deed),
            Popup::Login(login) => login.then.as_mut(),
            _ => None,
        });
        let field = forms.filter_map(|deed| deed.form.fields.get_mut(deed.focus)).find(|field| field.path == path);
        let Some(field) = field else { return self.note(format!("The form is closed: what you wrote into {path} is not kept.")) };
        let before = field.input.value().to_owned();
        // JSON stays as it was typed when it says the same.
        let same = |a: &str, b: &str| serde_json::from_str::<Value>(a).ok().is_some_and(|a| serde_json::from_str::<Value>(b).ok() == Some(a));
        if field.takes == crate::form::Takes::Json {
            match serde_json::from_str::<Value>(&text) {
                Ok(_) if same(&text, &before) => return,
                Ok(value) => field.input = crate::line::Input::new(value.to_string()),
                Err(_) => field.replace(&text),
            }
        } else {
            field.replace(&text);
        }
        if field.input.value() != before && shown {
            self.retouched();
        }
    }

    /// What is shown, as a text: a list with all its loaded rows and columns, everything else line by line.
    pub fn shown_text(&self) -> String {
        let Some(list) = self.list() else {
            let mut text = String::new();
            for panel in sheet::panels(self, usize::from(self.size.0).saturating_sub(4)) {
                text.push_str(&format!("{}\n", panel.title));
                for line in panel.lines {
                    text.push_str(&format!("  {}\n", line.text().trim_end()));
                }
                text.push('\n');
            }
            return text;
        };
        let shown = |record: &crate::list::Record| -> Vec<String> {
            let cells = list.resource.columns.iter().zip(record.cells());
            cells.map(|(column, cell)| if column.kind == crate::columns::Kind::Ref { self.name_of(cell).to_owned() } else { cell.to_owned() }).collect()
        };
        let rows: Vec<Vec<String>> = (0..list.view.len()).filter_map(|at| list.row(at)).map(shown).collect();
        let heads: Vec<String> = list.resource.columns.iter().map(|column| column.head.to_owned()).collect();
        let mut wide: Vec<usize> = heads.iter().map(|head| width(head)).collect();
        for row in &rows {
            for (wide, cell) in wide.iter_mut().zip(row) {
                *wide = width(cell).min(WIDEST).max(*wide);
            }
        }
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&wide).map(|(cell, wide)| fit(&cut(cell, WIDEST), *wide, false)).collect::<Vec<_>>();
            format!("{}\n", cells.join("  ").trim_end())
        };
        let place = match self.place() {
            Place::List { .. } => crate::view::breadcrumb(self),
            place => place.write(),
        };
        let mut text = format!("{place}\n\n{}", line(&heads));
        rows.iter().for_each(|row| text.push_str(&line(row)));
        text
    }
}
