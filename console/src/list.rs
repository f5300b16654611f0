//! A list that may be long: rows are held once, the view is a list of indices, and what is selected or marked is an id, never a position.

use crate::columns::{Column, Kind, at, cell, plain};
use crate::filter::{Filter, compare};
use crate::pack::Packed;
use crate::resource::Resource;
use crate::text::clean;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasher, RandomState};

#[cfg(test)]
thread_local! {
    /// How many rows were looked at by their place in a view.
    pub static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// When a refused question is asked again, in milliseconds.
const AGAIN: i64 = 10_000;

/// Between the cells of a row: no cell holds it, because cells are stripped for the terminal.
const BETWEEN: char = '\u{1f}';

/// A row, in few bytes: a list may have a hundred thousand.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its id.
    pub id: String,
    /// Where it stands, then its cells, in the order of the resource's columns, stripped for the terminal.
    text: Box<str>,
    /// The object as the server sent it.
    packed: Packed,
}

impl Record {
    /// Bytes beside the row itself.
    #[cfg(test)]
    fn held(&self) -> usize {
        self.id.capacity() + self.text.len() + self.packed.held()
    }

    /// The row of an object. What it keeps is copied to where nothing but it has room: texts that grow leave more behind than they need.
    pub fn new(value: &Value, resource: &Resource) -> Self {
        let mut text = match value.get("status") {
            Some(Value::String(state)) => clean(state).into_owned(),
            _ => String::new(),
        };
        for column in &resource.columns {
            text.push(BETWEEN);
            text.push_str(&cell(value, column));
        }
        Self { id: value.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(), text: text.as_str().into(), packed: Packed::of(value) }
    }

    /// The object.
    pub fn value(&self) -> Value {
        self.packed.value()
    }

    /// Its cells, in the order of the resource's columns.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.text.split(BETWEEN).skip(1)
    }

    /// The cell of a column.
    pub fn cell(&self, column: usize) -> Option<&str> {
        self.cells().nth(column)
    }

    /// A field as a text: from its cell when there is one.
    pub fn field(&self, name: &str, resource: &Resource) -> String {
        let cell = resource.columns.iter().position(|column| column.field == name).and_then(|index| self.cell(index));
        cell.map_or_else(|| plain(at(&self.value(), name)), str::to_owned)
    }

    /// The state, when it has one.
    pub fn state(&self) -> Option<&str> {
        self.text.split(BETWEEN).next().filter(|state| !state.is_empty())
    }

    /// Whether it says something else of the object than another row.
    pub fn differs(&self, other: &Self) -> bool {
        self.packed != other.packed
    }
}

/// How far a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was asked yet.
    New,
    /// The first page is on its way.
    Loading,
    /// There are rows, or there are none.
    Ready,
    /// It was refused, for this reason.
    Failed(String),
    /// The caller may not see it.
    Denied(String),
}

/// Why what is shown is not what the server would list now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Why, in words.
    pub why: String,
    /// Whether a further page was refused: what is loaded is as it was, and there is more.
    pub further: bool,
    /// When it is asked for again, in milliseconds since 1970; nothing when asking again would not help.
    pub again: Option<i64>,
}

/// Where the rows are, by their ids: what stands for an id is a number made of it, and the row itself says whether it is the one.
#[derive(Default)]
struct Index {
    numbers: HashMap<u64, u32>,
    keys: RandomState,
}

impl Index {
    fn clear(&mut self) {
        self.numbers.clear();
    }

    /// Remembers where the row of this id is. Of two ids with one number, which nobody will see, the first keeps it.
    fn insert(&mut self, id: &str, at: usize) {
        if let Ok(at) = u32::try_from(at) {
            self.numbers.entry(self.keys.hash_one(id)).or_insert(at);
        }
    }

    /// Where the row of this id is.
    fn find(&self, id: &str, records: &[Record]) -> Option<usize> {
        let at = usize::try_from(*self.numbers.get(&self.keys.hash_one(id))?).ok()?;
        if records.get(at)?.id == id { Some(at) } else { records.iter().position(|record| record.id == id) }
    }
}

/// A list.
pub struct List {
    /// What it lists.
    pub resource: &'static Resource,
    /// The filter as typed.
    pub text: String,
    /// The filter as understood.
    pub filter: Filter,
    /// The field it is sorted by, and whether the greatest comes first.
    pub sort: Option<(String, bool)>,
    /// The rows that are loaded.
    pub records: Vec<Record>,
    /// The rows that pass, in order.
    pub view: Vec<u32>,
    /// The row under the cursor, in `view`.
    pub cursor: usize,
    /// The first visible row.
    pub top: usize,
    /// The ids that are marked.
    pub marks: BTreeSet<String>,
    /// How many of them are not in the view: not loaded, or hidden by the filter.
    pub unseen: usize,
    /// Where a range began.
    pub anchor: Option<usize>,
    /// The column that `<` and `>` chose.
    pub column: usize,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// How far it is.
    pub stage: Stage,
    /// Whether a further page is on its way.
    pub more: bool,
    /// Why the rows are not the server's of now, when it refused to tell.
    pub stale: Option<Stale>,
    /// The question that was asked last, and the one that the rows answer.
    pub asked: String,
    /// The question that the rows answer.
    pub answered: String,
    /// When the first page came, in milliseconds since 1970.
    pub fetched: i64,
    /// Rows that came since and wait for `n`.
    pub fresh: Vec<Record>,
    /// Which question the answers belong to.
    pub generation: u64,
    /// The id of the row that the preview shows: the one that the cursor rested on last.
    pub rested: Option<String>,
    /// The rows that are still shown and that the server would not list any more, by what was heard of them since.
    pub gone: BTreeSet<String>,
    /// What the ids in its rows are called, in small letters, and of how many rows and names that was made; wanted for sorting and for words.
    called: HashMap<String, String>,
    called_of: (usize, usize),
    index: Index,
}

impl List {
    /// Bytes that its rows take: what was asked of the allocator, which is the same on every machine.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        let rows = self.records.capacity() * size_of::<Record>() + self.records.iter().map(Record::held).sum::<usize>();
        let index = self.index.numbers.capacity() * size_of::<(u64, u32)>();
        rows + index + self.view.capacity() * size_of::<u32>()
    }

    /// A list that was not asked yet.
    pub fn new(resource: &'static Resource) -> Self {
        Self {
            resource,
            text: String::new(),
            filter: Filter::default(),
            sort: None,
            records: Vec::new(),
            view: Vec::new(),
            cursor: 0,
            top: 0,
            marks: BTreeSet::new(),
            unseen: 0,
            anchor: None,
            column: 0,
            next: None,
            stage: Stage::New,
            more: false,
            stale: None,
            asked: String::new(),
            answered: String::new(),
            fetched: 0,
            fresh: Vec::new(),
            rested: None,
            gone: BTreeSet::new(),
            called: HashMap::new(),
            called_of: (0, 0),
            generation: 0,
            index: Index::default(),
        }
    }

    /// The sort as the server takes it; `None` when the server cannot sort by it.
    pub fn server_sort(&self) -> Option<String> {
        let (field, down) = self.sort.as_ref()?;
        // The server would sort by ids where names are seen.
        if self.sorts_names() {
            return None;
        }
        self.resource.sorts().contains(&field.as_str()).then(|| if *down { format!("-{field}") } else { field.clone() })
    }

    /// Whether it is sorted by what ids are called.
    fn sorts_names(&self) -> bool {
        self.sort.as_ref().is_some_and(|(field, _)| self.resource.columns.iter().any(|column| column.field == *field && column.kind == Kind::Ref))
    }

    /// Learns what the ids in its rows are called, where it is sorted by that or words are looked for in it; whether its view may be another one now.
    pub fn learn(&mut self, names: &BTreeMap<String, String>) -> bool {
        if !self.sorts_names() && !self.filter.looks_at_names() {
            return false;
        }
        if self.called_of == (self.records.len(), names.len()) {
            return false;
        }
        self.called_of = (self.records.len(), names.len());
        let columns: Vec<usize> = self.resource.columns.iter().enumerate().filter(|(_, column)| column.kind == Kind::Ref).map(|(at, _)| at).collect();
        let ids = self.records.iter().flat_map(|record| columns.iter().filter_map(|at| record.cell(*at)));
        self.called = ids.filter_map(|id| Some((id.to_owned(), names.get(id)?.to_lowercase()))).collect();
        self.rebuild();
        true
    }

    /// The rows of the view that the server would still list.
    pub fn counted(&self) -> usize {
        if self.gone.is_empty() {
            return self.view.len();
        }
        let gone = self.gone.iter().filter(|id| self.sees(id)).count();
        self.view.len().saturating_sub(gone)
    }

    /// Takes a page: the first replaces what is there.
    pub fn take(&mut self, rows: &[Value], next: Option<String>, first: bool, now: i64) {
        // Other rows name others, however many there are.
        self.called_of = (0, 0);
        let mut next = next;
        if first {
            // Whoever stands further down stays there: the rows behind the first page were the answer to the same question.
            let further = self.cursor >= rows.len() && next.is_some() && !self.asked.is_empty() && self.asked == self.answered;
            if further {
                next = self.next.take();
            }
            // Who stands at the first row of one question stands at the first row of the next.
            let first_of_another = self.cursor == 0 && self.asked != self.answered;
            self.keep_place(|list| {
                let old = std::mem::take(&mut list.records);
                list.index.clear();
                list.fresh.clear();
                list.gone.clear();
                list.append(rows);
                for record in old.into_iter().filter(|_| further) {
                    if list.at(&record.id).is_none() {
                        list.push(record);
                    }
                }
            });
            if first_of_another {
                (self.cursor, self.top) = (0, 0);
            }
            self.fetched = now;
            self.answered.clone_from(&self.asked);
        } else {
            self.append(rows);
            self.rebuild();
        }
        self.stage = Stage::Ready;
        self.stale = None;
        self.more = false;
        self.next = next;
    }

    /// Takes a refusal. What is there stays, when it is the answer to the question; whether it stayed.
    pub fn refuse(&mut self, why: &str, further: bool, denied: bool, now: i64) -> bool {
        self.more = false;
        let same = further || self.asked == self.answered;
        if same && !self.records.is_empty() {
            let again = (!denied).then(|| now.saturating_add(AGAIN));
            self.stale = Some(Stale { why: why.to_owned(), further, again });
            self.stage = Stage::Ready;
            return true;
        }
        self.records.clear();
        self.index.clear();
        self.fresh.clear();
        (self.next, self.stale) = (None, None);
        self.rebuild();
        self.stage = if denied { Stage::Denied(why.to_owned()) } else { Stage::Failed(why.to_owned()) };
        false
    }

    fn append(&mut self, rows: &[Value]) {
        for row in rows {
            self.push(Record::new(row, self.resource));
        }
    }

    fn push(&mut self, record: Record) {
        match self.at(&record.id).and_then(|at| self.records.get_mut(at)) {
            Some(old) => *old = record,
            None => {
                self.index.insert(&record.id, self.records.len());
                self.records.push(record);
            }
        }
    }

    /// Where the row of this id is among those that are loaded.
    fn at(&self, id: &str) -> Option<usize> {
        self.index.find(id, &self.records)
    }

    /// Takes news about an object: a row that is there changes in its place, a new one waits. Says whether anything is to be seen.
    pub fn hear(&mut self, value: &Value) -> bool {
        let record = Record::new(value, self.resource);
        if let Some(old) = self.at(&record.id).and_then(|at| self.records.get_mut(at)) {
            let changed = old.differs(&record);
            let left = self.filter.left_by(value);
            let moved = if left { self.gone.insert(record.id.clone()) } else { self.gone.remove(&record.id) };
            *old = record;
            if changed {
                self.called_of = (0, 0);
            }
            return changed || moved;
        }
        if self.stage != Stage::Ready || !self.passes(&record) {
            return false;
        }
        match self.fresh.iter_mut().find(|known| known.id == record.id) {
            Some(known) => {
                *known = record;
                false
            }
            None => {
                self.fresh.push(record);
                true
            }
        }
    }

    /// Shows the rows that waited, on top.
    pub fn show_fresh(&mut self) {
        let mut rows = std::mem::take(&mut self.fresh);
        rows.reverse();
        // A range begins at a place, and the rows of that place are others now.
        self.anchor = None;
        self.keep_place(|list| {
            rows.append(&mut list.records);
            list.index.clear();
            for record in rows {
                list.push(record);
            }
        });
    }

    /// Filters and sorts again; the cursor stays on its row.
    pub fn rebuild(&mut self) {
        self.keep_place(|_| {});
    }

    fn keep_place(&mut self, change: impl FnOnce(&mut Self)) {
        let selected = self.selected().map(|record| record.id.clone());
        // Who sees the first row goes on seeing it.
        let (at_top, above) = (self.top == 0, self.cursor.saturating_sub(self.top));
        change(self);
        let passing = self.records.iter().enumerate().filter(|(_, record)| self.passes(record));
        self.view = passing.filter_map(|(at, _)| u32::try_from(at).ok()).collect();
        self.sort_here();
        let at = selected.and_then(|id| u32::try_from(self.at(&id)?).ok()).and_then(|at| self.view.iter().position(|shown| *shown == at));
        self.cursor = at.unwrap_or(self.cursor).min(self.view.len().saturating_sub(1));
        self.top = if at_top { 0 } else { self.cursor.saturating_sub(above) };
        self.count_unseen();
    }

    /// Whether a row passes the filter, by what is shown of it.
    fn passes(&self, record: &Record) -> bool {
        self.filter.passes(record, self.resource, |id| self.called.get(id).map(String::as_str))
    }

    /// Whether a row is in the view.
    pub fn sees(&self, id: &str) -> bool {
        self.find(id).is_some_and(|record| self.passes(record))
    }

    /// Counts the marks that are not in the view; wanted whenever either changes.
    pub fn count_unseen(&mut self) {
        self.unseen = self.marks.iter().filter(|id| !self.sees(id)).count();
    }

    fn sort_here(&mut self) {
        let Some((field, down)) = self.sort.clone() else { return };
        if self.server_sort().is_some() {
            return;
        }
        let Some(column) = self.resource.columns.iter().position(|column| column.field == field) else { return };
        let refers = self.sorts_names();
        let cell = |at: &u32| {
            let cell = usize::try_from(*at).ok().and_then(|at| self.records.get(at)?.cell(column)).unwrap_or("");
            // By what is seen: the name, where there is one.
            if refers { self.called.get(cell).map_or(cell, String::as_str) } else { cell }
        };
        let mut cells: Vec<(&str, u32)> = self.view.iter().map(|at| (cell(at), *at)).collect();
        cells.sort_by(|(a, _), (b, _)| if down { compare(b, a) } else { compare(a, b) });
        self.view = cells.into_iter().map(|(_, at)| at).collect();
    }

    /// The row at a place of the view.
    pub fn row(&self, at: usize) -> Option<&Record> {
        #[cfg(test)]
        READ.set(READ.get().saturating_add(1));
        self.records.get(usize::try_from(*self.view.get(at)?).ok()?)
    }

    /// The row under the cursor.
    pub fn selected(&self) -> Option<&Record> {
        self.row(self.cursor)
    }

    /// The row that the preview shows.
    pub fn previewed(&self) -> Option<&Record> {
        self.rested.as_deref().and_then(|id| self.find(id)).or_else(|| self.selected())
    }

    /// The row with this id.
    pub fn find(&self, id: &str) -> Option<&Record> {
        self.records.get(self.at(id)?)
    }

    /// Moves the cursor; a range grows with it.
    pub fn go(&mut self, to: usize) {
        self.cursor = to.min(self.view.len().saturating_sub(1));
        if let Some(anchor) = self.anchor {
            let (from, to) = (anchor.min(self.cursor), anchor.max(self.cursor));
            let ids: Vec<_> = (from..=to).filter_map(|at| self.row(at)).map(|record| record.id.clone()).collect();
            self.marks.extend(ids);
            self.count_unseen();
        }
    }

    /// Keeps the cursor within `height` visible rows, and no row empty while there are rows above.
    pub fn scroll(&mut self, height: usize) {
        let height = height.max(1);
        let last = self.view.len().saturating_sub(height);
        self.top = self.top.min(self.cursor).max(self.cursor.saturating_add(1).saturating_sub(height)).min(last);
    }

    /// What an action is about: the marked rows, else the one under the cursor.
    pub fn targets(&self) -> Vec<String> {
        if self.marks.is_empty() {
            return self.selected().map(|record| record.id.clone()).into_iter().collect();
        }
        self.marks.iter().cloned().collect()
    }

    /// Whether the end of what is loaded comes near and more is to be had. While another question is not answered yet, its cursor is not known.
    pub fn wants_more(&self) -> bool {
        self.next.is_some()
            && self.asked == self.answered
            && !self.more
            && self.stale.is_none()
            && self.stage == Stage::Ready
            && self.cursor.saturating_add(50) >= self.view.len()
    }

    /// The columns for this width, and which of the resource's they are. Columns give way in their order.
    pub fn shown(&self, width: u16, wide: bool) -> Vec<(usize, &'static Column)> {
        let mut shown: Vec<_> = self.resource.columns.iter().enumerate().collect();
        let needed = |shown: &[(usize, &Column)]| shown.iter().map(|(_, column)| usize::from(column.width).saturating_add(1)).sum::<usize>();
        while !wide && needed(&shown) > usize::from(width) {
            let Some((at, _)) = shown.iter().enumerate().filter(|(_, (_, column))| column.gives_way > 0).max_by_key(|(_, (_, column))| column.gives_way) else {
                break;
            };
            shown.remove(at);
        }
        shown
    }
}

/// Whether a kind of cell stands to the right.
pub const fn to_the_right(kind: Kind) -> bool {
    matches!(kind, Kind::Money | Kind::Number | Kind::Count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::named;
    use serde_json::json;

    fn list(ids: &[&str]) -> List {
        let mut list = List::new(named("orders").unwrap());
        let rows: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| json!({"id": id, "number": format!("SO/{at}"), "status": "draft", "reference": format!("{}.00", 100 - at)}))
            .collect();
        list.take(&rows, None, true, 0);
        list
    }

    fn shown(list: &List) -> Vec<&str> {
        (0..list.view.len()).filter_map(|at| list.row(at)).map(|record| record.id.as_str()).collect()
    }

    #[test]
    fn the_cursor_stays_on_its_row_whatever_comes() {
        let mut list = list(&["ord_3", "ord_2", "ord_1"]);
        list.go(1);
        assert!(list.hear(&json!({"id": "ord_4", "status": "draft"})));
        assert_eq!((list.selected().unwrap().id.as_str(), list.fresh.len()), ("ord_2", 1));
        list.show_fresh();
        assert_eq!(shown(&list), ["ord_4", "ord_3", "ord_2", "ord_1"]);
        assert_eq!(list.selected().unwrap().id, "ord_2");
        let rows: Vec<_> = ["ord_9", "ord_2"].iter().map(|id| json!({"id": id})).collect();
        list.take(&rows, None, true, 0);
        assert_eq!(list.selected().unwrap().id, "ord_2");
    }

    #[test]
    fn news_of_a_known_row_change_it_in_place() {
        let mut list = list(&["ord_2", "ord_1"]);
        assert!(list.hear(&json!({"id": "ord_1", "status": "confirmed"})));
        assert!(!list.hear(&json!({"id": "ord_1", "status": "confirmed"})));
        assert_eq!((list.find("ord_1").unwrap().state(), list.fresh.len()), (Some("confirmed"), 0));
    }

    #[test]
    fn sorting_by_what_the_server_does_not_sort_happens_here_by_value() {
        let mut list = list(&["ord_1", "ord_2", "ord_3"]);
        list.sort = Some(("reference".to_owned(), false));
        assert_eq!(list.server_sort(), None);
        list.rebuild();
        assert_eq!(shown(&list), ["ord_3", "ord_2", "ord_1"]);
        list.sort = Some(("order_date".to_owned(), true));
        assert_eq!(list.server_sort().as_deref(), Some("-order_date"));
    }

    #[test]
    fn a_column_of_names_is_sorted_by_the_names_that_are_seen() {
        let mut list = List::new(named("orders").unwrap());
        let rows = [("ord_1", "pty_3"), ("ord_2", "pty_1"), ("ord_3", "pty_2"), ("ord_4", "pty_1")].map(|(id, party)| json!({"id": id, "party_id": party}));
        list.take(&rows, None, true, 0);
        list.sort = Some(("party_id".to_owned(), false));
        assert_eq!(list.server_sort(), None, "the server knows ids only");
        let names: BTreeMap<String, String> =
            [("pty_1", "Zaanse"), ("pty_2", "antonio"), ("pty_3", "Bon app'")].map(|(id, name)| (id.to_owned(), name.to_owned())).into();
        assert!(list.learn(&names) && !list.learn(&names));
        assert_eq!(shown(&list), ["ord_3", "ord_1", "ord_2", "ord_4"]);
    }

    /// As many rows as before may name others.
    #[test]
    fn other_rows_have_other_names() {
        let mut list = List::new(named("orders").unwrap());
        let row = |id: &str, party: &str| json!({"id": id, "party_id": party});
        list.sort = Some(("party_id".to_owned(), false));
        let names: BTreeMap<String, String> =
            [("pty_1", "Zaanse"), ("pty_2", "antonio"), ("pty_3", "Bon app'")].map(|(id, name)| (id.to_owned(), name.to_owned())).into();
        list.take(&[row("ord_1", "pty_1"), row("ord_2", "pty_3")], None, true, 0);
        assert!(list.learn(&names) && !list.learn(&names));
        assert_eq!(shown(&list), ["ord_2", "ord_1"]);
        list.take(&[row("ord_1", "pty_1"), row("ord_2", "pty_2")], None, true, 0);
        assert!(list.learn(&names) && !list.learn(&names));
        assert_eq!(shown(&list), ["ord_2", "ord_1"]);
        list.hear(&row("ord_1", "pty_3"));
        list.hear(&row("ord_2", "pty_1"));
        assert!(list.learn(&names) && !list.learn(&names));
        assert_eq!(shown(&list), ["ord_1", "ord_2"]);
    }

    #[test]
    fn rows_that_left_the_filter_are_known_and_not_counted() {
        let mut list = List::new(named("quotes").unwrap());
        list.filter = Filter::read("status:in_approval", list.resource, 0);
        let quote = |id: &str, status: &str| json!({"id": id, "status": status});
        list.take(&[quote("qot_1", "in_approval"), quote("qot_2", "in_approval")], None, true, 0);
        assert!(list.hear(&quote("qot_1", "approved")));
        assert_eq!((list.view.len(), list.counted(), list.gone.contains("qot_1")), (2, 1, true));
        assert!(list.hear(&quote("qot_1", "in_approval")));
        assert_eq!(list.counted(), 2);
        list.hear(&quote("qot_2", "approved"));
        list.take(&[quote("qot_1", "in_approval")], None, true, 1);
        assert_eq!((list.counted(), list.gone.is_empty()), (1, true));
    }

    #[test]
    fn ranges_mark_and_marks_are_ids() {
        let mut list = list(&["ord_4", "ord_3", "ord_2", "ord_1"]);
        list.anchor = Some(1);
        list.go(3);
        assert_eq!(list.targets(), ["ord_1", "ord_2", "ord_3"]);
        list.marks.clear();
        assert_eq!(list.targets(), ["ord_1"]);
    }

    #[test]
    fn refreshing_leaves_the_cursor_where_it_stands_beyond_the_first_page() {
        let mut list = List::new(named("orders").unwrap());
        let rows = |ids: std::ops::Range<u32>| ids.map(|id| json!({"id": format!("ord_{id:03}")})).collect::<Vec<_>>();
        list.asked = "GET /v1/orders?limit=100".to_owned();
        list.take(&rows(0..100), Some("a".to_owned()), true, 0);
        list.take(&rows(100..200), Some("b".to_owned()), false, 0);
        list.go(150);
        list.take(&rows(0..100), Some("c".to_owned()), true, 1);
        assert_eq!((list.selected().unwrap().id.as_str(), list.view.len(), list.next.as_deref()), ("ord_150", 200, Some("b")));
        // Another question has other rows.
        list.asked = "GET /v1/orders?limit=100&status=draft".to_owned();
        list.take(&rows(0..100), Some("d".to_owned()), true, 2);
        assert_eq!((list.view.len(), list.next.as_deref()), (100, Some("d")));
    }

    #[test]
    fn no_row_is_hidden_above_while_there_is_room_for_it() {
        let ids: Vec<String> = (0..30).map(|at| format!("ord_{at:02}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let mut list = list(&ids);
        list.go(25);
        list.scroll(10);
        assert_eq!(list.top, 16);
        list.filter = Filter::read("so/2", list.resource, 0);
        list.rebuild();
        list.go(10);
        list.scroll(10);
        assert_eq!((list.view.len(), list.top), (11, 1), "one more row than fits");
        list.scroll(20);
        assert_eq!(list.top, 0);
        // Who sees the first row goes on seeing it, whatever comes above the one under the cursor.
        list.filter = Filter::default();
        list.rebuild();
        (list.cursor, list.top) = (0, 0);
        list.hear(&json!({"id": "ord_30", "status": "draft"}));
        list.show_fresh();
        list.scroll(10);
        assert_eq!((list.cursor, list.top), (1, 0));
    }

    #[test]
    fn another_question_begins_at_its_first_row_and_has_a_cursor_of_its_own() {
        let mut list = List::new(named("orders").unwrap());
        let rows = |ids: [u32; 3]| ids.map(|id| json!({"id": format!("ord_{id}")}));
        list.asked = "GET /v1/orders".to_owned();
        list.take(&rows([3, 2, 1]), Some("a".to_owned()), true, 0);
        assert!(list.wants_more());
        list.asked = "GET /v1/orders?sort=number".to_owned();
        assert!(!list.wants_more(), "the cursor is that of the question before");
        list.take(&rows([1, 2, 3]), Some("b".to_owned()), true, 0);
        assert_eq!((list.cursor, list.selected().unwrap().id.as_str(), list.wants_more()), (0, "ord_1", true));
        // Who moved on meanwhile stays on the row.
        list.go(1);
        list.asked = "GET /v1/orders?sort=-number".to_owned();
        list.take(&rows([3, 1, 2]), None, true, 0);
        assert_eq!(list.selected().unwrap().id, "ord_2");
    }

    #[test]
    fn marks_that_a_filter_hides_or_that_are_not_loaded_are_counted() {
        let mut list = list(&["ord_3", "ord_2", "ord_1"]);
        list.marks = ["ord_1", "ord_2", "ord_9"].map(str::to_owned).into();
        list.rebuild();
        assert_eq!((list.unseen, list.sees("ord_1"), list.sees("ord_9")), (1, true, false));
        list.filter = Filter::read("so/2", list.resource, 0);
        list.rebuild();
        assert_eq!((list.unseen, list.sees("ord_2")), (2, false));
    }

    #[test]
    fn columns_give_way_to_a_narrow_terminal() {
        let list = list(&[]);
        let heads = |width| list.shown(width, false).iter().map(|(_, column)| column.head).collect::<Vec<_>>();
        assert_eq!(heads(76), ["NUMBER", "CUSTOMER", "STATUS", "TOTAL", "DATE"]);
        assert!(heads(200).contains(&"UPDATED"));
        assert_eq!(heads(20).len(), 4);
    }
}
