//! Everything the console knows, and the messages and effects around it. No clock, no terminal, no network: time and answers come as messages.

mod gauge;
mod message;
mod popup;
mod scope;

pub use gauge::{COUNTED, Counted, GAUGES, Gauge, Heed, NOT_PERMITTED, PLATFORM_GAUGES, Queued, SHOWN};
pub use message::{Cmd, Failure, Msg, Reply, Tag, Timer};
pub use popup::{Choice, Deed, Does, Hit, Login, Lookup, Popup, Within, row_forms};
pub use scope::{Link, PLATFORM, Scope, Spot};

use crate::call::Call;
use crate::keys::Keymap;
use crate::list::List;
use crate::resource::{self, Operation};
use crate::route::Place;
use crate::store::{Draft, Saved};
use crate::theme::Theme;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A call that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    /// The call.
    pub call: Call,
    /// How it went; `None` while it runs.
    pub outcome: Option<Result<(), String>>,
    /// How long it took.
    pub ms: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// To which question.
    pub tag: Tag,
}

/// A change that was done, and what takes it back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// Its number.
    pub number: u64,
    /// The batch that it was done in.
    pub batch: u64,
    /// What was done.
    pub done: String,
    /// The call that takes it back; none when nothing does. What was done before it is not taken back in its place.
    pub call: Option<Call>,
    /// Whether one is asked first: doing it needed a word, too.
    pub asks: bool,
}

/// A number that was typed among the commands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// As it was typed.
    pub text: String,
    /// Which question asks for it; 0 until it is asked.
    pub generation: u64,
    /// The lists that did not answer yet.
    pub open: usize,
    /// Whether one goes there as soon as it is found.
    pub goes: bool,
}

/// What a credit note settles, which it does not say itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settled {
    /// Its allocations before a change.
    pub before: Vec<Value>,
    /// What the change asked for, once it is done.
    pub sent: Value,
    /// The credit note after it.
    pub after: Value,
}

/// A value that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// On its way.
    Loading,
    /// Here, since when.
    Have(Value, i64),
    /// Refused.
    Failed(String),
}

/// The console.
pub struct App {
    /// Who one is and where.
    pub scope: Scope,
    /// How the server is.
    pub link: Link,
    /// The latency, smoothed, in milliseconds.
    pub latency: u64,
    /// The latencies of the last calls.
    pub latencies: VecDeque<u64>,
    /// The way here; the last is where one is.
    pub way: Vec<Spot>,
    /// The way forward again.
    pub ahead: Vec<Spot>,
    /// The lists.
    pub lists: BTreeMap<&'static str, List>,
    /// Objects by id.
    pub objects: BTreeMap<String, Asked>,
    /// Deals by id.
    pub flows: BTreeMap<String, Asked>,
    /// Results of checks: chain, ledger, service.
    pub checks: BTreeMap<&'static str, Asked>,
    /// Numbers of the dashboard, by their place in the table.
    pub counts: BTreeMap<usize, Result<Counted, String>>,
    /// When they were asked for last, in milliseconds since 1970.
    pub counted: i64,
    /// What customers owe.
    pub aging: Option<Asked>,
    /// Open deals by stage, and those that ended this year.
    pub pipeline: Option<Asked>,
    /// Events heard in the last minutes: which minute since 1970, and how many; the newest last.
    pub events: VecDeque<(i64, u64)>,
    /// Names of ids.
    pub names: BTreeMap<String, String>,
    /// Numbers of orders by their ids, and of their lines.
    pub numbers: BTreeMap<String, String>,
    /// What lies above the screen.
    pub popup: Option<Popup>,
    /// What comes up when that is closed, the next first.
    pub queue: VecDeque<Popup>,
    /// What was begun and goes on although its box was closed, by batch.
    pub running: BTreeMap<u64, Box<Deed>>,
    /// The idempotency keys of changes that may have been done, by operation, object and body: the same change asked for again is done once, whether its
    /// box was closed meanwhile or not. What is known to be done, or refused, may be asked for anew and has no key here.
    pub keys: BTreeMap<(&'static str, String, String), String>,
    /// Whose kept state is in place: companies, marks and filters of one tenant mean nothing to another.
    pub recalled: String,
    /// Marks that were kept, until it is known whose console it is.
    pub kept_marks: BTreeMap<String, Vec<String>>,
    /// The last lines said, newest last.
    pub notes: VecDeque<(i64, String)>,
    /// Whether the last note is still shown.
    pub noted: bool,
    /// The calls made, newest last.
    pub calls: VecDeque<Logged>,
    /// What was done, newest last.
    pub undos: Vec<Undo>,
    /// The id of what was made last.
    pub made: Option<String>,
    /// The orders of which everything that is left was planned from here: nothing more is delivered of them until that changes.
    pub planned: BTreeSet<String>,
    /// The new secret of the key that the console works with, until it is used.
    pub renewed: Option<String>,
    /// What credit notes settled before a box about that was opened, by their ids.
    pub settled: BTreeMap<String, Settled>,
    /// The filters that were kept.
    pub saved: Vec<Saved>,
    /// What was typed into forms and is not done yet.
    pub drafts: Vec<Draft>,
    /// The forms whose drafts were done or thrown away since the start.
    pub dropped: BTreeSet<String>,
    /// What was typed earlier, by what it was typed into.
    pub history: BTreeMap<String, Vec<String>>,
    /// How far back in it one is, and what one was typing.
    pub walking: Option<(usize, String)>,
    /// Whether what is typed as a filter still has to narrow the list.
    pub sifting: bool,
    /// The number among the commands that is asked for.
    pub sought: Option<Sought>,
    /// When it was last asked whether the tenant is still suspended, in milliseconds since 1970; nothing when it is not.
    pub suspended: Option<i64>,
    /// The keys.
    pub keymap: Keymap,
    /// How it looks.
    pub theme: Theme,
    /// The terminal's size.
    pub size: (u16, u16),
    /// Whether every column is shown.
    pub wide: bool,
    /// The tenant's day, when it is known: a sandbox has a clock of its own.
    pub day: Option<String>,
    /// What was seen of the platform's traffic: when, and how many requests had been answered.
    pub traffic: VecDeque<(i64, u64)>,
    /// The time, in milliseconds since 1970.
    pub now: i64,
    /// Whether it was asked for what waits until it is known what one may read.
    pub met: bool,
    /// What was taken back last: its batch, and what.
    pub taken_back: (u64, Vec<String>),
    /// Whether something is to be drawn.
    pub dirty: bool,
    /// Counts questions and batches.
    pub counter: u64,
    /// Whether a time for polling was asked for.
    pub polling: bool,
    /// Whether a time for another try to reach the server was asked for.
    pub retrying: bool,
    /// When the server last answered or its stream said something, in milliseconds since 1970.
    pub alive: i64,
    /// The row that the cursor was on when a time to rest was asked for.
    pub resting: Option<String>,
    /// The last event that was heard of; empty until its place is known.
    pub heard: String,
    /// Whether the events can be read.
    pub follows: bool,
    /// Whether the stream of events is open.
    pub streaming: bool,
    /// The resources to which something happened that the numbers of the dashboard do not show yet.
    pub stale: BTreeSet<&'static str>,
    /// When somebody who wanted to leave was told what would be lost, in milliseconds since 1970.
    pub warned: Option<i64>,
    /// Where the last click was and when, for double clicks.
    pub clicked: Option<(u16, u16, i64)>,
    pub(crate) out: Vec<Cmd>,
}

impl App {
    /// A console that starts at a place.
    pub fn new(scope: Scope, theme: Theme, keymap: Keymap, place: Place) -> Self {
        let mut way = vec![Spot::new(Place::Dash)];
        if place != Place::Dash {
            way.push(Spot::new(place));
        }
        Self {
            scope,
            link: Link::Connecting,
            latency: 0,
            latencies: VecDeque::new(),
            way,
            ahead: Vec::new(),
            lists: BTreeMap::new(),
            objects: BTreeMap::new(),
            flows: BTreeMap::new(),
            checks: BTreeMap::new(),
            counts: BTreeMap::new(),
            counted: 0,
            aging: None,
            pipeline: None,
            events: VecDeque::new(),
            names: BTreeMap::new(),
            numbers: BTreeMap::new(),
            popup: None,
            queue: VecDeque::new(),
            running: BTreeMap::new(),
            keys: BTreeMap::new(),
            recalled: String::new(),
            kept_marks: BTreeMap::new(),
            notes: VecDeque::new(),
            noted: false,
            calls: VecDeque::new(),
            undos: Vec::new(),
            made: None,
            planned: BTreeSet::new(),
            renewed: None,
            settled: BTreeMap::new(),
            sifting: false,
            sought: None,
            saved: Vec::new(),
            drafts: Vec::new(),
            dropped: BTreeSet::new(),
            history: BTreeMap::new(),
            walking: None,
            suspended: None,
            keymap,
            theme,
            size: (100, 30),
            wide: false,
            day: None,
            traffic: VecDeque::new(),
            now: 0,
            met: false,
            taken_back: (0, Vec::new()),
            dirty: true,
            counter: 0,
            polling: false,
            retrying: false,
            alive: 0,
            resting: None,
            heard: String::new(),
            follows: false,
            streaming: false,
            stale: BTreeSet::new(),
            warned: None,
            clicked: None,
            out: Vec::new(),
        }
    }

    /// Where one is.
    pub fn place(&self) -> &Place {
        self.way.last().map_or(&Place::Dash, |spot| &spot.place)
    }

    /// The list one is in.
    pub fn list(&self) -> Option<&List> {
        match self.place() {
            Place::List { resource, .. } => self.lists.get(resource),
            _ => None,
        }
    }

    /// The list one is in, to change it.
    pub fn list_mut(&mut self) -> Option<&mut List> {
        match self.place() {
            Place::List { resource, .. } => {
                let resource = *resource;
                self.lists.get_mut(resource)
            }
            _ => None,
        }
    }

    /// The object one is at: the row under the cursor, or the one that is shown.
    pub fn here(&self) -> Option<(&'static str, Value)> {
        match self.place() {
            Place::List { resource, .. } => Some((resource, self.list()?.selected()?.value())),
            Place::Object { resource, id } => match self.objects.get(id)? {
                Asked::Have(value, _) => Some((resource, value.clone())),
                _ => None,
            },
            _ => None,
        }
    }

    /// An object by its id, from wherever it is known.
    pub fn known(&self, id: &str) -> Option<Value> {
        if let Some(Asked::Have(value, _)) = self.objects.get(id) {
            return Some(value.clone());
        }
        let resource = resource::of_id(id)?;
        self.lists.get(resource.name)?.find(id).map(crate::list::Record::value)
    }

    /// What the dashboard counts.
    pub const fn gauges(&self) -> &'static [Gauge] {
        if self.scope.platform { PLATFORM_GAUGES } else { GAUGES }
    }

    /// The places with a number.
    pub fn tabs(&self) -> Vec<(String, Place)> {
        let tab = |name: &str, place: Place| (name.to_owned(), place);
        if self.scope.platform {
            return vec![tab("Dash", Place::Dash), tab("Tenants", Place::list("tenants")), tab("Health", Place::Health), tab("Calls", Place::Calls)];
        }
        vec![
            tab("Dash", Place::Dash),
            tab("Orders", Place::list("orders")),
            tab("Inv", Place::list("invoices")),
            tab("Pay", Place::list("payments")),
            tab(&format!("Appr{}", self.waiting(Heed::Approval)), Place::approvals()),
            tab(&format!("Exc{}", self.waiting(Heed::Exception)), Place::Exceptions),
            tab("Users", Place::list("users")),
            tab("Audit", Place::list("audit-entries")),
            tab("Health", Place::Health),
        ]
    }

    /// How much waits in the queues of a kind, as a tab says it: ` 7`, ` 100+`; nothing when nothing does.
    fn waiting(&self, heed: Heed) -> String {
        let of_kind = self.gauges().iter().enumerate().filter(|(_, gauge)| gauge.heed == heed);
        let counted = of_kind.filter_map(|(at, _)| self.counts.get(&at)?.as_ref().ok());
        let (count, more) = counted.fold((0_usize, false), |(count, more), queue| (count.saturating_add(queue.count), more || queue.more));
        let unknown = self
            .gauges()
            .iter()
            .enumerate()
            .any(|(at, gauge)| gauge.heed == heed && self.counts.get(&at).is_some_and(|count| count.as_ref().is_err_and(|text| text != NOT_PERMITTED)));
        // What could not be counted is not nothing.
        if count == 0 && unknown {
            return " ?".to_owned();
        }
        if count == 0 { String::new() } else { format!(" {count}{}", if more { "+" } else { "" }) }
    }

    /// For how many seconds the server has not said whether it is there, when it was asked and that is longer than usual.
    pub fn unanswered(&self) -> Option<i64> {
        let asked = self.calls.iter().filter(|logged| logged.outcome.is_none() && logged.tag == Tag::Ping).map(|logged| logged.at).min()?;
        // Whatever else it said since says that it is there.
        if asked < self.alive {
            return None;
        }
        Some(self.now.saturating_sub(asked) / 1_000).filter(|seconds| *seconds >= 1)
    }

    /// Whether the server can be asked.
    pub const fn online(&self) -> bool {
        !matches!(self.link, Link::Offline { .. })
    }

    /// Says something in the last line.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push_back((self.now, text.into()));
        if self.notes.len() > 200 {
            self.notes.pop_front();
        }
        self.noted = true;
        self.dirty = true;
    }

    /// The next number.
    pub const fn number(&mut self) -> u64 {
        self.counter = self.counter.saturating_add(1);
        self.counter
    }

    /// The name of an id, or the id.
    pub fn name_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).or_else(|| self.numbers.get(id)).map_or(id, String::as_str)
    }

    /// The tenant's day, else that of the wall in UTC.
    pub fn today(&self) -> String {
        if let Some(day) = &self.day {
            return day.clone();
        }
        self.wall_day()
    }

    /// The day of the wall, in UTC.
    pub fn wall_day(&self) -> String {
        let instant = causeway_value::Instant(self.now.saturating_mul(1_000)).to_string();
        instant.get(..10).unwrap_or_default().to_owned()
    }

    /// Whether the permission for an operation is there: `None`, or why not.
    pub fn missing(&self, operation: &Operation) -> Option<String> {
        if self.scope.read_only && !operation.reads() {
            return Some("read-only mode".to_owned());
        }
        if !self.online() {
            return Some("offline".to_owned());
        }
        if self.suspended.is_some() {
            return Some(crate::update::SUSPENDED.to_owned());
        }
        let needed = operation.row.permission;
        let (area, whom) = needed.split_once(':')?;
        if area == "any" {
            return (whom == "person" && self.scope.session.is_empty()).then(|| "it is for people: sign in without a key".to_owned());
        }
        (!self.scope.may(needed)).then(|| format!("needs the permission {needed}"))
    }
}
