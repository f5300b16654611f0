//! What the actions of the table do.

use crate::call::Call;
use crate::columns;
use crate::export::{Marked, Wanted};
use crate::keys::Act;
use crate::line::Input;
use crate::list::Record;
use crate::model::{App, Asked, Cmd, Popup, Spot, Tag};
use crate::resource;
use crate::route::Place;
use crate::sheet;
use crate::store::Saved;
use crate::theme::Depth;
use std::collections::BTreeMap;

/// The checks of the books: under which name what they find is kept, and the operation.
pub const CHECKS: [(&str, &str); 2] = [("audit", "VerifyAuditEntries"), ("ledger", "VerifyLedger")];

/// Within this time (milliseconds) asking to leave once more leaves, whatever is under way.
const TWICE: i64 = 10_000;

impl App {
    /// Does an action.
    pub fn act(&mut self, act: Act) {
        self.dirty = true;
        let page = if self.list().is_some() { self.list_height() } else { self.sheet_height() }.max(2);
        let step = |rows: usize| isize::try_from(rows).unwrap_or(isize::MAX);
        match act {
            Act::Up => self.step(-1),
            Act::Down => self.step(1),
            Act::HalfUp => self.step(step(page / 2).saturating_neg()),
            Act::HalfDown => self.step(step(page / 2)),
            Act::PageUp => self.step(step(page).saturating_neg()),
            Act::PageDown => self.step(step(page)),
            Act::Top => self.step(isize::MIN),
            Act::Bottom => self.step(isize::MAX),
            Act::Open => self.open(),
            Act::Back => self.back(),
            Act::NextPane => self.pane(true),
            Act::PreviousPane => self.pane(false),
            Act::Backward => self.leave(),
            Act::Forward => {
                if let Some(spot) = self.ahead.pop() {
                    self.way.push(spot);
                    self.arrive();
                }
            }
            Act::Last => {
                let ahead = std::mem::take(&mut self.ahead);
                if let Some(before) = self.way.len().checked_sub(2).and_then(|at| self.way.get(at)).map(|spot| spot.place.clone()) {
                    self.go(before);
                } else if let Some(spot) = ahead.last() {
                    self.go(spot.place.clone());
                }
            }
            Act::Leave if self.way.len() > 1 => self.leave(),
            Act::Leave if self.scope.visiting => self.out.push(Cmd::Return),
            Act::Leave | Act::Quit => self.quit(),
            Act::SignOut => self.sign_out(),
            Act::Made => self.open_made(),
            Act::Filter => {
                self.walking = None;
                self.popup = self.list().map(|list| Popup::Filter(Input::new(list.text.clone())));
            }
            Act::FilterCell => self.filter_cell(),
            Act::SaveFilter => self.save_filter(),
            Act::Fresh => {
                let height = self.list_height();
                if let Some(list) = self.list_mut().filter(|list| !list.fresh.is_empty()) {
                    list.show_fresh();
                    // Who asks for the new rows sees them, on their own row where that is seen with them.
                    list.top = 0;
                    if list.cursor >= height {
                        list.cursor = 0;
                    }
                }
            }
            Act::ColumnLeft => self.column(false),
            Act::ColumnRight => self.column(true),
            Act::SortColumn => {
                let field = self.list().and_then(|list| list.resource.columns.get(list.column)).map(|column| column.field);
                if let Some(field) = field {
                    self.sort_by(field);
                }
            }
            Act::Wide => self.wide = !self.wide,
            Act::Palette | Act::Help | Act::Sort | Act::Saved | Act::Profile | Act::Company | Act::UndoList | Act::Verbs => self.choose(act),
            Act::Calls => self.go(Place::Calls),
            Act::Notes => self.go(Place::Notes),
            Act::Refresh => self.refresh(),
            Act::Mark => {
                if let Some(list) = self.list_mut()
                    && let Some(id) = list.selected().map(|record| record.id.clone())
                {
                    if !list.marks.remove(&id) {
                        list.marks.insert(id);
                    }
                    list.count_unseen();
                    list.go(list.cursor.saturating_add(1));
                }
            }
            Act::Range => {
                if let Some(list) = self.list_mut() {
                    list.anchor = if list.anchor.is_some() { None } else { Some(list.cursor) };
                    list.go(list.cursor);
                }
            }
            Act::Invert => {
                if let Some(list) = self.list_mut() {
                    let ids: Vec<_> = (0..list.view.len()).filter_map(|at| list.row(at)).map(|record| record.id.clone()).collect();
                    list.marks = ids.into_iter().filter(|id| !list.marks.contains(id)).collect();
                    list.count_unseen();
                }
            }
            Act::MarkAll => self.mark_all(),
            Act::New => self.begin_here("new"),
            Act::Edit => self.begin_here("edit"),
            Act::Undo => {
                if let Some(last) = self.undos.last() {
                    // What was done with one key is taken back with one.
                    let same = self.undos.iter().filter(|undo| undo.batch == last.batch && undo.call.is_some());
                    let numbers: Vec<u64> = same.map(|undo| undo.number).collect();
                    if numbers.is_empty() {
                        // What was done earlier, and maybe elsewhere, is not what one means.
                        let text = format!("{}: nothing takes it back. U lists earlier changes that can be taken back.", last.done);
                        self.note(text);
                    } else {
                        self.ask_back(numbers);
                    }
                } else {
                    self.note("There is nothing to take back.");
                }
            }
            Act::Copy => self.copy(),
            Act::CopyLink => {
                let tenant = if self.scope.tenant.is_empty() { "platform" } else { &self.scope.tenant };
                let link = format!("causeway://{tenant}/{}", self.place().write());
                self.put_on_clipboard(link);
            }
            Act::CopyCurl => {
                self.copy();
                let at = self.way.last().map_or(0, |spot| spot.cursor);
                if let Some(logged) = self.calls.iter().rev().nth(at).filter(|logged| logged.call.writes()) {
                    let text = if logged.call.key.is_some() {
                        "Copied as curl. It changes something; with the key of this call it answers with what that did, and does it no second time."
                    } else {
                        "Copied as curl. It changes something each time that it is run."
                    };
                    self.note(text);
                }
            }
            Act::ExportCsv => self.export(false),
            Act::ExportJson => self.export(true),
            Act::Pipe => self.ask_pipe(),
            Act::Pager => self.page_shown(),
            Act::Flow => self.related("flow_id"),
            Act::History => {
                if let Some(id) = self.here().and_then(|(_, value)| value.get("id").map(columns::plain)) {
                    self.go(Place::List { resource: "audit-entries", filter: format!("subject_id:{id}") });
                }
            }
            Act::Verify => self.verify(),
            Act::Suspend => self.out.push(Cmd::Suspend),
            Act::Redraw => self.out.push(Cmd::Redraw),
            Act::ThemeNext => {
                self.theme.depth = match self.theme.depth {
                    Depth::Mono => Depth::Sixteen,
                    Depth::Sixteen => Depth::Palette,
                    Depth::Palette => Depth::True,
                    Depth::True => Depth::Mono,
                };
            }
            Act::Ascii => self.theme.ascii = !self.theme.ascii,
        }
    }

    /// Leaves the console: at once, or when somebody asks twice while something would be lost.
    fn quit(&mut self) {
        if let Some(why) = self.under_way()
            && self.warned.is_none_or(|at| self.now.saturating_sub(at) > TWICE)
        {
            self.warned = Some(self.now);
            self.note(format!("{why}. ctrl-c again leaves all the same."));
            return;
        }
        self.out.push(Cmd::Save);
        self.end_session();
        self.out.push(Cmd::Quit);
    }

    /// What would be lost by leaving now: a secret that is shown once, what was typed into a form, or what comes of a change that was sent.
    pub(super) fn under_way(&self) -> Option<String> {
        let boxes = || self.popup.iter().chain(&self.queue);
        if boxes().any(|popup| matches!(popup, Popup::Secret { .. } | Popup::Visit { .. })) {
            return Some("A secret that is shown once is still open".to_owned());
        }
        let filled = |popup: &Popup| matches!(popup, Popup::Deed(deed) if deed.touched && deed.batch.is_none());
        if boxes().any(filled) {
            return Some("A form is filled in and was not sent".to_owned());
        }
        let boxed = boxes().filter_map(|popup| if let Popup::Deed(deed) = popup { Some(deed) } else { None });
        let running = || boxed.clone().chain(self.running.values()).filter(|deed| deed.batch.is_some() && !deed.operation.reads());
        let secret = running().find(|deed| deed.operation.gives_secret());
        let deed = secret.or_else(|| running().next())?;
        let lost = if secret.is_some() { "its secret is shown once" } else { "what comes of it is not known yet" };
        Some(format!("{} {} is under way, and {lost}", deed.resource, deed.operation.word))
    }

    /// Moves the cursor by rows.
    pub(super) fn step(&mut self, rows: isize) {
        if let Some(list) = self.list_mut() {
            list.go(list.cursor.saturating_add_signed(rows));
            return;
        }
        let lines = sheet::lines(self);
        let last = lines.len().saturating_sub(1);
        let flow = matches!(self.place(), Place::Flow(_));
        if let Some(spot) = self.way.last_mut() {
            spot.cursor = spot.cursor.saturating_add_signed(rows).min(last);
            // What only joins two documents is no line to stand on.
            if flow && lines.get(spot.cursor).is_some_and(|line| matches!(line.text().trim(), "│" | "|")) {
                spot.cursor = spot.cursor.saturating_add_signed(rows.signum()).min(last);
            }
        }
    }

    /// To the first line of the next or previous panel, or the next line that opens something.
    fn pane(&mut self, forward: bool) {
        let mut starts = Vec::new();
        let mut at: usize = 0;
        for panel in sheet::panels(self, usize::from(self.size.0).saturating_sub(4)) {
            starts.push(at);
            at = at.saturating_add(panel.lines.len());
        }
        let Some(spot) = self.way.last_mut() else { return };
        let next = if forward {
            starts.iter().find(|start| **start > spot.cursor).or_else(|| starts.first())
        } else {
            starts.iter().rev().find(|start| **start < spot.cursor).or_else(|| starts.last())
        };
        if let Some(start) = next {
            spot.cursor = *start;
        }
    }

    pub(super) fn open(&mut self) {
        if let Place::List { resource: name, .. } = *self.place() {
            let Some(record) = self.list().and_then(|list| list.selected()) else { return };
            let (id, value) = (record.id.clone(), record.value());
            if resource::named(name).is_some_and(|resource| resource.get.is_some()) {
                self.go(Place::Object { resource: name, id });
            } else {
                // Events and audit entries have no page of their own: all of them is in the row.
                let text = serde_json::to_string_pretty(&value).unwrap_or_default();
                let mut lines = sheet::changes(&value);
                lines.extend(text.lines().map(|line| crate::text::clean(line).into_owned()));
                let columns = usize::from(self.size.0).saturating_sub(14).clamp(40, 112);
                let lines = lines.iter().flat_map(|line| crate::text::fold(line, columns)).collect();
                self.popup = Some(Popup::Text { title: format!("{name} {id}"), lines, top: 0 });
            }
            return;
        }
        let at = self.way.last().map_or(0, |spot| spot.cursor);
        let Some(line) = sheet::lines(self).into_iter().nth(at) else { return };
        if let (Place::Calls, Some(logged)) = (self.place(), self.calls.iter().rev().nth(at)) {
            let columns = usize::from(self.size.0).saturating_sub(14).clamp(40, 112);
            let lines = sheet::call(logged, &self.scope.url).iter().flat_map(|line| crate::text::fold(line, columns)).collect();
            self.popup = Some(Popup::Text { title: "call".to_owned(), lines, top: 0 });
            return;
        }
        let title = match self.place() {
            Place::Notes => "message",
            _ => "",
        };
        match line.open.clone() {
            Some(place) => self.go(place),
            // What has no room in its line is read here to its end.
            None if !title.is_empty() => {
                let columns = usize::from(self.size.0).saturating_sub(14).clamp(40, 112);
                self.popup = Some(Popup::Text { title: title.to_owned(), lines: crate::text::wrap(&line.text(), columns), top: 0 });
            }
            None => {}
        }
    }

    /// Clears marks, then the filter, then goes back. It never leaves the console.
    fn back(&mut self) {
        if let Some(list) = self.list_mut() {
            if !list.marks.is_empty() || list.anchor.is_some() {
                list.marks.clear();
                (list.anchor, list.unseen) = (None, 0);
                return;
            }
            if !list.text.is_empty() {
                self.filter_by("");
                return;
            }
        }
        self.leave();
    }

    fn leave(&mut self) {
        if self.way.len() > 1
            && let Some(spot) = self.way.pop()
        {
            self.ahead.push(spot);
            self.arrive();
        }
    }

    /// Filters the list one is in.
    pub(super) fn filter_by(&mut self, text: &str) {
        let Place::List { resource, .. } = *self.place() else { return };
        if let Some(spot) = self.way.last_mut() {
            *spot = Spot::new(Place::List { resource, filter: text.trim().to_owned() });
        }
        if let Some(list) = self.lists.get_mut(resource) {
            list.cursor = 0;
            list.top = 0;
        }
        self.arrive();
        self.out.push(Cmd::Save);
        if let Some(text) = self.lists.get(resource).and_then(|list| list.filter.unknown(list.resource)) {
            self.note(text);
        }
    }

    fn filter_cell(&mut self) {
        let Some(list) = self.list() else { return };
        let (Some(record), Some(column)) = (list.selected(), list.resource.columns.get(list.column)) else { return };
        let currency = list.filter.server.iter().any(|(name, _)| name.starts_with("currency"));
        // The server compares what it sent, the console what it shows.
        let shown = record.cell(list.column).map(str::to_owned).unwrap_or_default();
        let value = if list.resource.filters_by(column.field, currency) { columns::plain(columns::at(&record.value(), column.field)) } else { shown };
        let value = if value == "-" { String::new() } else { value };
        let value = if value.is_empty() || value.contains(' ') { format!("\"{value}\"") } else { value };
        let text = format!("{} {}:{value}", list.text, column.field);
        self.filter_by(&text);
    }

    fn save_filter(&mut self) {
        let place = self.place().write();
        // Whose rows they are is told by name, not by an id that is cut.
        let words = place.replace(['?', '&'], " ");
        let name = words.split(' ').map(|word| self.named_word(word)).collect::<Vec<_>>().join(" ");
        let sort = self.list().and_then(|list| list.sort.clone());
        if self.saved.iter().any(|saved| saved.place == place && saved.sort == sort) {
            self.note(format!("It is kept already: {name}. F finds it, and del there removes it."));
            return;
        }
        self.saved.retain(|saved| saved.place != place);
        self.saved.push(Saved { name: name.clone(), place, sort });
        self.note(format!("Kept as a saved filter: {name}. F finds it."));
        self.out.push(Cmd::Save);
    }

    /// `party_id:pty_…` with the name instead of the id, where it is known.
    fn named_word(&self, word: &str) -> String {
        word.split_once(':').map_or_else(|| word.to_owned(), |(field, value)| format!("{field}:{}", self.name_of(value)))
    }

    /// Forgets the saved filter under the cursor of their list.
    pub(super) fn drop_saved(&mut self) {
        let Some(Popup::Choose { input, choices, cursor, .. }) = &mut self.popup else { return };
        let Some((name, place, sort)) = super::fitting(choices, input.value()).get(*cursor).and_then(|choice| match &choice.does {
            crate::model::Does::Saved(place, sort) => Some((choice.name.clone(), place.clone(), sort.clone())),
            _ => None,
        }) else {
            return;
        };
        choices.retain(|choice| choice.does != crate::model::Does::Saved(place.clone(), sort.clone()));
        *cursor = 0;
        if choices.is_empty() {
            self.popup = None;
        }
        let written = place.write();
        self.saved.retain(|saved| saved.place != written || saved.sort != sort);
        self.note(format!("No longer kept: {name}"));
        self.out.push(Cmd::Save);
    }

    fn column(&mut self, right: bool) {
        let (width, wide) = (crate::view::list_area(self).width.saturating_sub(5), self.wide);
        if let Some(list) = self.list_mut() {
            let shown: Vec<usize> = list.shown(width, wide).iter().map(|(at, _)| *at).collect();
            let at = shown.iter().position(|at| *at == list.column).unwrap_or(0);
            let to = if right { at.saturating_add(1).min(shown.len().saturating_sub(1)) } else { at.saturating_sub(1) };
            list.column = shown.get(to).copied().unwrap_or(0);
        }
    }

    /// Sorts by a field; by the same once more turns round.
    pub fn sort_by(&mut self, field: &str) {
        let Place::List { resource, .. } = *self.place() else { return };
        let Some(list) = self.lists.get_mut(resource) else { return };
        list.sort = match &list.sort {
            Some((old, false)) if old == field => Some((field.to_owned(), true)),
            Some((old, true)) if old == field => None,
            _ => Some((field.to_owned(), false)),
        };
        let server = list.sort.is_none() || list.server_sort().is_some();
        list.learn(&self.names);
        list.rebuild();
        // What comes first by this is what one wants to see.
        (list.cursor, list.top, list.anchor) = (0, 0, None);
        if server {
            self.ask_list(resource);
        } else {
            self.note("The server does not sort by this: only the loaded rows are sorted.");
        }
        self.out.push(Cmd::Save);
    }

    fn mark_all(&mut self) {
        let Some(list) = self.list_mut() else { return };
        let ids: Vec<_> = (0..list.view.len()).filter_map(|at| list.row(at)).map(|record| record.id.clone()).collect();
        let (count, more) = (ids.len(), list.next.is_some());
        list.marks.extend(ids);
        list.count_unseen();
        let rest = if more { " Further rows match that are not loaded; they are not marked." } else { "" };
        self.note(format!("{count} rows are marked.{rest}"));
    }

    fn refresh(&mut self) {
        if !self.scope.credential {
            self.open_login(None);
            return;
        }
        // Whoever was refused something may have been given the right to it.
        if !self.scope.platform && !self.scope.may("*:*") {
            self.call_row(Tag::Me, "GetMe", &[]);
        }
        if let Place::List { resource, .. } = *self.place() {
            self.ask_list(resource);
        } else {
            self.arrive();
        }
    }

    fn verify(&mut self) {
        let [audit, ledger] = &CHECKS;
        let wanted = match self.place().resource() {
            Some("audit-entries") => vec![audit],
            Some("journal-entries") => vec![ledger],
            _ => vec![audit, ledger],
        };
        if self.scope.platform {
            self.note("The chains belong to tenants: use a tenant's credential.");
            return;
        }
        for (name, id) in wanted {
            if let Some(row) = resource::row(id) {
                self.checks.insert(name, Asked::Loading);
                self.call(Tag::Verify(name), Call::of(&row, &[]));
            }
        }
        // The queues of exceptions show what comes of it, too.
        if *self.place() == Place::Exceptions {
            self.note("The checks of ledger and audit chain run …");
        } else {
            self.go(Place::Health);
        }
    }

    fn related(&mut self, field: &str) {
        let id = self.here().and_then(|(_, value)| value.get(field).and_then(|id| id.as_str()).map(str::to_owned));
        match id.as_deref().and_then(sheet::place_of) {
            Some(place) => self.go(place),
            None => self.note("This belongs to no single deal."),
        }
    }

    fn copy(&mut self) {
        if let Some(list) = self.list() {
            if let Some(id) = list.selected().map(|record| record.id.clone()) {
                self.put_on_clipboard(id);
            }
            return;
        }
        let at = self.way.last().map_or(0, |spot| spot.cursor);
        if let Some(line) = sheet::lines(self).into_iter().nth(at) {
            let text = line.copy.clone().unwrap_or_else(|| line.text());
            self.put_on_clipboard(text);
        }
    }

    pub(super) fn put_on_clipboard(&mut self, text: String) {
        self.note(format!("Copied: {}", crate::text::cut(&text, 60)));
        self.out.push(Cmd::Copy(text));
    }

    fn export(&mut self, json: bool) {
        let Place::List { resource, .. } = *self.place() else { return };
        let (Some(call), Some(list)) = (self.list_call(resource, "200"), self.lists.get(resource)) else { return };
        let marked = (!list.marks.is_empty()).then(|| Marked {
            loaded: list.records.iter().filter(|record| list.marks.contains(&record.id)).map(Record::value).collect(),
            others: list.marks.iter().filter(|id| list.find(id).is_none()).cloned().collect(),
        });
        let what = if marked.is_some() { format!("{} marked {resource}", list.marks.len()) } else { resource.to_owned() };
        let names = if !json || list.filter.looks_at_names() { self.names.clone() } else { BTreeMap::new() };
        // Whose rows they are is told by name, as far as that is known.
        let text = list.text.split(' ').map(|word| self.named_word(word)).collect::<Vec<_>>().join(" ");
        self.out.push(Cmd::Export(Box::new(Wanted { call, resource, json, text, filter: list.filter.clone(), names, marked })));
        self.note(format!("Exporting {what} …"));
    }
}
