//! What is typed into a form outlives the console: it is kept while one types, and offered when the same form is opened again. Never what is secret.

use crate::form::{Field, Takes};
use crate::model::{App, Cmd, Deed, Popup};
use crate::store::Draft;
use crossterm::event::{KeyCode, KeyEvent};
use std::collections::BTreeMap;

/// Drafts that are kept of one tenant.
const KEPT: usize = 20;
/// Rows that one form may be about to be kept.
const ROWS: usize = 20;

impl App {
    /// Every draft: those that were kept, with what stands in forms now.
    pub fn all_drafts(&self) -> Vec<Draft> {
        let mut drafts = self.drafts.clone();
        for popup in self.popup.iter().chain(&self.queue) {
            let deed = match popup {
                Popup::Deed(deed) => deed,
                Popup::Login(login) => match &login.then {
                    Some(deed) => deed,
                    None => continue,
                },
                _ => continue,
            };
            if !deed.touched && !deed.drafted {
                continue;
            }
            drafts.retain(|draft| draft.form != deed.form_name());
            drafts.extend(draft(deed, self.now));
        }
        newest(drafts)
    }

    /// Nothing was typed for a moment: what stands there is kept.
    pub(super) fn keep_draft(&mut self) {
        self.drafts = self.all_drafts();
        for popup in self.popup.iter_mut().chain(&mut self.queue) {
            match popup {
                Popup::Deed(deed) => deed.drafted = false,
                Popup::Login(login) => login.then.iter_mut().for_each(|deed| deed.drafted = false),
                _ => {}
            }
        }
        self.out.push(Cmd::Save);
    }

    /// The draft of a form, once it is known whose console it is.
    pub(super) fn draft_of(&self, deed: &Deed) -> Option<Draft> {
        let owner = self.scope.owner();
        let mine = !owner.is_empty() && owner == self.recalled;
        self.drafts.iter().find(|draft| mine && draft.form == deed.form_name()).cloned()
    }

    /// What was typed into a form was done, or is thrown away. What is about to be kept may be in the file already: whatever is saved takes it along.
    pub(super) fn drop_draft(&mut self, form: &str, about_to_be_kept: bool) {
        // With a form go those of its rows.
        let rows = format!("{form} > ");
        if !self.drop_drafts(|name| name == form || name.starts_with(&rows)) && about_to_be_kept {
            self.dropped.insert(form.to_owned());
            self.out.push(Cmd::Save);
        }
    }

    /// Drops the drafts of these forms; whether there was one.
    pub(super) fn drop_drafts(&mut self, which: impl Fn(&str) -> bool) -> bool {
        let (gone, kept): (Vec<Draft>, Vec<Draft>) = std::mem::take(&mut self.drafts).into_iter().partition(|draft| which(&draft.form));
        self.drafts = kept;
        let dropped = !gone.is_empty();
        if dropped {
            self.dropped.extend(gone.into_iter().map(|draft| draft.form));
            self.out.push(Cmd::Save);
        }
        dropped
    }

    /// Keys while a draft is offered: nothing else is done until it is said what becomes of it.
    pub(super) fn draft_key(&mut self, key: KeyEvent) {
        let Some(Popup::Deed(deed)) = &mut self.popup else { return };
        match key.code {
            KeyCode::Enter => {
                if let Some(draft) = deed.draft.take() {
                    fill(deed, &draft);
                }
                self.foresee();
            }
            KeyCode::Esc => {
                deed.draft = None;
                let form = deed.form_name();
                self.drop_draft(&form, false);
            }
            _ => {}
        }
    }
}

/// What of a form is kept; nothing when nothing was typed.
fn draft(deed: &Deed, now: i64) -> Option<Draft> {
    if deed.operation.reads() || deed.targets.len() > ROWS {
        return None;
    }
    let typed = |field: &&Field| field.input.value() != field.before && !secret(field);
    let fields: BTreeMap<_, _> = deed.form.fields.iter().filter(typed).map(|field| (field.path.clone(), field.input.value().to_owned())).collect();
    let before = deed.form.fields.iter().filter(typed).map(|field| (field.path.clone(), field.before.clone())).collect();
    (!fields.is_empty()).then(|| Draft { form: deed.form_name(), at: now, fields, before })
}

/// As many of them as are kept, the oldest first.
pub fn newest(mut drafts: Vec<Draft>) -> Vec<Draft> {
    drafts.sort_by_key(|draft| draft.at);
    let over = drafts.len().saturating_sub(KEPT);
    drafts.drain(..over);
    drafts
}

/// Whether something that nobody else may see stands in a field, or may.
pub(super) fn secret(field: &Field) -> bool {
    let named = field.path.split('.').any(crate::call::secret);
    let within = || field.input.value().split('"').any(crate::call::secret);
    field.takes == Takes::Secret || named || (field.takes == Takes::Json && within())
}

/// Puts a draft into its form, and tells what of the object is another since.
fn fill(deed: &mut Deed, draft: &Draft) {
    let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    for field in deed.form.fields.iter_mut().filter(|field| !secret(field)) {
        let Some(text) = draft.fields.get(&field.path) else { continue };
        field.input = crate::line::Input::new(text.clone());
        if let Some(before) = draft.before.get(&field.path).filter(|before| **before != field.before && field.before != *text) {
            deed.changed.push(format!("{}: was {}, is {} now; you typed {}", field.path, shown(before), shown(&field.before), shown(text)));
        }
    }
    deed.touched = true;
    deed.lookup = None;
    deed.focus = deed.form.fields.iter().position(|field| field.required && field.input.value().is_empty()).unwrap_or(0);
}
