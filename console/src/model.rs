//! Everything the console knows, and the messages and effects around it. No clock, no terminal, no network: time and answers come as messages.

use crate::call::Call;
use crate::form::Form;
use crate::keys::Keymap;
use crate::list::List;
use crate::resource::{self, Operation};
use crate::route::Place;
use crate::store::Saved;
use crate::theme::Theme;
use crossterm::event::{KeyEvent, MouseEvent};
use serde_json::Value;
use std::collections::{BTreeMap, VecDeque};
use tui_input::Input;

/// What happened.
#[derive(Clone, Debug)]
pub enum Msg {
    /// The first thing: go where one asked to.
    Start,
    /// A key.
    Key(KeyEvent),
    /// The mouse.
    Mouse(MouseEvent),
    /// Pasted text.
    Paste(String),
    /// The terminal has another size.
    Resize(u16, u16),
    /// An answer.
    Reply {
        /// To which question.
        tag: Tag,
        /// The answer.
        reply: Box<Result<Reply, Failure>>,
        /// How long it took, in milliseconds.
        ms: u64,
    },
    /// A time that was asked for has come.
    Timer(Timer),
    /// An export says how far it is.
    Note(String),
    /// The stream of events brought one.
    Heard(Box<Value>),
    /// The stream of events ended.
    Unheard,
}

/// What is to be done outside.
#[derive(Clone, Debug, PartialEq)]
pub enum Cmd {
    /// Call the API.
    Call(Tag, Call),
    /// Say when so many milliseconds are over.
    After(u64, Timer),
    /// Follow the stream of events after this one; from the beginning when it is empty.
    Follow(String),
    /// Put a text on the clipboard of the terminal.
    Copy(String),
    /// Write a list to a file.
    Export {
        /// Which rows.
        call: Call,
        /// The resource's name.
        resource: &'static str,
        /// As JSON lines instead of CSV.
        json: bool,
    },
    /// Keep the session.
    Save,
    /// Use this credential from now on.
    Credential(String),
    /// End this session of the server.
    SignOut(String),
    /// Look into a tenant: its short name, the key, and until when.
    Visit {
        /// The tenant's short name.
        tenant: String,
        /// The key.
        key: String,
        /// When it closes.
        until: String,
    },
    /// Back from a tenant to the platform.
    Return,
    /// Another profile.
    Profile(String),
    /// Stop until the shell continues us.
    Suspend,
    /// Clear the terminal first.
    Redraw,
    /// Leave.
    Quit,
}

/// Which question an answer belongs to. A newer question with the same tag replaces the older one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tag {
    /// Who am I?
    Me,
    /// Which day is it?
    Clock,
    /// Is the service there?
    Ping,
    /// A page of a list.
    Page {
        /// The resource's name.
        resource: &'static str,
        /// Which question.
        generation: u64,
        /// Whether it is a further page.
        more: bool,
    },
    /// Where the log of events ends now.
    Tail,
    /// The events since.
    News,
    /// The newest rows of a list, where events cannot be read.
    Newest(&'static str),
    /// An object.
    Object(String),
    /// A deal.
    Flow(String),
    /// Names of objects that others refer to.
    Names(&'static str),
    /// A number of the dashboard.
    Count(usize),
    /// What customers owe.
    Aging,
    /// Open deals by stage.
    Pipeline,
    /// A chain or ledger is checked.
    Verify(&'static str),
    /// The result beforehand.
    DryRun {
        /// The object.
        id: String,
        /// Which question.
        generation: u64,
    },
    /// A change, one of a batch.
    Write {
        /// The object; empty for a new one.
        id: String,
        /// Which batch.
        batch: u64,
    },
    /// A change is taken back.
    Undo(u64),
    /// A session begins.
    Login,
}

/// Times that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Look for news.
    Poll,
    /// Try to reach the server again.
    Retry,
    /// The cursor may have come to rest.
    Rest,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The content.
    pub body: Value,
    /// Whether it is the stored answer of an earlier call.
    pub replayed: bool,
}

/// Why there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server was not reached.
    Offline(String),
    /// The server refused.
    Refused {
        /// The status.
        status: u16,
        /// The problem's code; empty when it was no problem of the API.
        code: String,
        /// Why, in words, with every wrong field.
        text: String,
    },
    /// The console itself refused: read-only mode.
    ReadOnly,
}

impl Failure {
    /// In words.
    pub fn text(&self) -> String {
        match self {
            Self::Offline(text) => format!("offline: {text}"),
            Self::Refused { text, .. } => text.clone(),
            Self::ReadOnly => "read-only mode: nothing was sent. Start without --read-only to change things.".to_owned(),
        }
    }

    /// Whether the server refused with this code.
    pub fn is(&self, wanted: causeway_contract::Code) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == wanted.to_string())
    }

    /// Whether the credential is not good enough.
    pub const fn denied(&self) -> bool {
        matches!(self, Self::Refused { status: 401 | 403, .. })
    }
}

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// No answer yet.
    Connecting,
    /// It answers.
    Live,
    /// It does not: since when, how often tried, and why.
    Offline {
        /// Milliseconds since 1970.
        since: i64,
        /// How often it was tried.
        tries: u32,
        /// Why.
        why: String,
    },
}

/// Who one is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The profile's name.
    pub profile: String,
    /// Where the server is.
    pub url: String,
    /// What stands in line 1, such as `PROD`.
    pub badge: String,
    /// Whether nothing may be changed.
    pub read_only: bool,
    /// Whether the credential is a platform administrator's.
    pub platform: bool,
    /// Whether there is a credential.
    pub credential: bool,
    /// The tenant's short name.
    pub tenant: String,
    /// The user or key.
    pub user: String,
    /// What one may do.
    pub permissions: Vec<String>,
    /// The company that lists are limited to: id and name.
    pub company: Option<(String, String)>,
    /// Other profiles.
    pub profiles: Vec<String>,
    /// The session that was opened here; empty with a key.
    pub session: String,
    /// Tenant and mail address of the last sign-in.
    pub login: (String, String),
    /// Whether the platform looks into a tenant: leaving goes back to the platform.
    pub visiting: bool,
}

/// A place with where one stands in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The place.
    pub place: Place,
    /// The line under the cursor, where the place is no list.
    pub cursor: usize,
    /// The first visible line.
    pub top: usize,
}

impl Spot {
    /// At the top of a place.
    pub const fn new(place: Place) -> Self {
        Self { place, cursor: 0, top: 0 }
    }
}

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

/// A change that can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// Its number.
    pub number: u64,
    /// What was done.
    pub done: String,
    /// The call that takes it back.
    pub call: Call,
}

/// Something that is about to be done: what, to which, with which fields, and what would come of it.
pub struct Deed {
    /// The resource's name.
    pub resource: &'static str,
    /// What.
    pub operation: Operation,
    /// To which; empty for a new one.
    pub targets: Vec<String>,
    /// With which fields.
    pub form: Form,
    /// The field with the cursor; after the fields comes the word to type, if there is one, then the button.
    pub focus: usize,
    /// The word that is typed to make sure.
    pub typed: Input,
    /// What would come of it, by id.
    pub preview: BTreeMap<String, Result<Vec<String>, String>>,
    /// Which question the previews answer.
    pub generation: u64,
    /// What came of it, by id.
    pub results: BTreeMap<String, Result<(), String>>,
    /// The number of the batch once it runs.
    pub batch: Option<u64>,
    /// What is wrong with the fields.
    pub wrong: Option<String>,
    /// How the objects were before.
    pub before: BTreeMap<String, Value>,
}

impl Deed {
    /// The word that must be typed, for what is hard to take back.
    pub fn word(&self) -> Option<String> {
        self.operation.hint.hard.then(|| self.operation.word.to_uppercase())
    }

    /// How many places the focus has: fields, the word, the button.
    pub fn places(&self) -> usize {
        self.form.fields.len().saturating_add(usize::from(self.operation.hint.hard)).saturating_add(1)
    }

    /// Whether the word was typed where one is asked for.
    pub fn sure(&self) -> bool {
        self.word().is_none_or(|word| self.typed.value().trim() == word)
    }
}

/// One line of a list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it is called.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Its key.
    pub key: String,
    /// Why it is off; `None` when it can be chosen.
    pub off: Option<String>,
    /// What it does for the program.
    pub does: Does,
}

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// An action of the table.
    Act(crate::keys::Act),
    /// Goes to a place.
    Go(Place),
    /// A verb of a resource.
    Verb(&'static str, &'static str),
    /// Sorts by this field.
    Sort(String, bool),
    /// Limits lists to this company.
    Company(Option<(String, String)>),
    /// Takes this change back.
    Undo(u64),
    /// Another profile.
    Profile(String),
}

/// Tenant, mail address and password, or the password alone when someone is signed in already; then the one-time code, when the account has one.
pub struct Login {
    /// The fields.
    pub form: Form,
    /// The field with the cursor.
    pub focus: usize,
    /// Why the last try failed.
    pub wrong: Option<String>,
    /// What needed a proof that is recent, to be done after it; none for a sign-in.
    pub then: Option<Box<Deed>>,
}

/// What lies above the screen.
pub enum Popup {
    /// A list to choose from, narrowed by typing.
    Choose {
        /// Its title.
        title: &'static str,
        /// What is typed.
        input: Input,
        /// All choices.
        choices: Vec<Choice>,
        /// The one under the cursor, among those that fit what is typed.
        cursor: usize,
    },
    /// The filter is typed.
    Filter(Input),
    /// Something is about to be done.
    Deed(Box<Deed>),
    /// A secret that is shown once.
    Secret {
        /// What it is.
        title: String,
        /// The secret.
        secret: String,
    },
    /// Someone proves who they are.
    Login(Box<Login>),
    /// A tenant was opened: go in, or copy the key.
    Visit {
        /// The tenant's short name.
        tenant: String,
        /// The key, shown once.
        key: String,
        /// When it closes.
        until: String,
    },
    /// A text to read.
    Text {
        /// Its title.
        title: String,
        /// Its lines.
        lines: Vec<String>,
        /// The first visible one.
        top: usize,
    },
}

/// A number on the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// What is counted.
    pub label: &'static str,
    /// Where.
    pub resource: &'static str,
    /// With which filter; `{today}` stands for the day.
    pub filter: &'static str,
    /// Whether more than none needs a look.
    pub attention: bool,
}

const fn gauge(label: &'static str, resource: &'static str, filter: &'static str, attention: bool) -> Gauge {
    Gauge { label, resource, filter, attention }
}

/// What the dashboard counts for a tenant.
pub const GAUGES: &[Gauge] = &[
    gauge("Leads, new", "leads", "status:new", false),
    gauge("Opportunities, open", "opportunities", "status:open", false),
    gauge("Quotes, sent", "quotes", "status:sent", false),
    gauge("Orders, confirmed", "orders", "status:confirmed", false),
    gauge("Deliveries, to ship", "deliveries", "status:ready", false),
    gauge("Billables, ready", "billables", "status:ready", false),
    gauge("Invoices, open", "invoices", "payment_state:open", false),
    gauge("Payments, unallocated", "payments", "allocation_state:unallocated", false),
    gauge("Invoices overdue", "invoices", "payment_state:open due_date<{today}", true),
    gauge("Billables on hold", "billables", "status:held", true),
    gauge("Quotes in approval", "quotes", "status:in_approval", true),
    gauge("Orders in draft", "orders", "status:draft", true),
    gauge("Invoices in draft", "invoices", "status:draft", true),
    gauge("Jobs failed", "jobs", "status:failed", true),
];

/// What the dashboard counts for the platform.
pub const PLATFORM_GAUGES: &[Gauge] =
    &[gauge("Tenants, active", "tenants", "status:active", false), gauge("Tenants suspended", "tenants", "status:suspended", true)];

/// Rows that the dashboard counts to; beyond it says "or more".
pub const COUNTED: usize = 100;

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
    /// Numbers of the dashboard, by their place in the table: how many, and whether there are more.
    pub counts: BTreeMap<usize, Result<(usize, bool), String>>,
    /// What customers owe.
    pub aging: Option<Asked>,
    /// Open deals by stage, and those that ended this year.
    pub pipeline: Option<Asked>,
    /// Events heard in the last minutes: which minute since 1970, and how many; the newest last.
    pub events: VecDeque<(i64, u64)>,
    /// Names of ids.
    pub names: BTreeMap<String, String>,
    /// What lies above the screen.
    pub popup: Option<Popup>,
    /// The last lines said, newest last.
    pub notes: VecDeque<(i64, String)>,
    /// Whether the last note is still shown.
    pub noted: bool,
    /// The calls made, newest last.
    pub calls: VecDeque<Logged>,
    /// What can be taken back, newest last.
    pub undos: Vec<Undo>,
    /// The filters that were kept.
    pub saved: Vec<Saved>,
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
    /// Whether something is to be drawn.
    pub dirty: bool,
    /// Counts questions and batches.
    pub counter: u64,
    /// Whether a time for polling was asked for.
    pub polling: bool,
    /// The row that the cursor was on when a time to rest was asked for.
    pub resting: Option<String>,
    /// The last event that was heard of; empty until its place is known.
    pub heard: String,
    /// Whether the events can be read.
    pub follows: bool,
    /// Whether the stream of events is open.
    pub streaming: bool,
    /// Whether something happened that the numbers of the dashboard do not show yet.
    pub stale: bool,
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
            aging: None,
            pipeline: None,
            events: VecDeque::new(),
            names: BTreeMap::new(),
            popup: None,
            notes: VecDeque::new(),
            noted: false,
            calls: VecDeque::new(),
            undos: Vec::new(),
            saved: Vec::new(),
            keymap,
            theme,
            size: (100, 30),
            wide: false,
            day: None,
            traffic: VecDeque::new(),
            now: 0,
            dirty: true,
            counter: 0,
            polling: false,
            resting: None,
            heard: String::new(),
            follows: false,
            streaming: false,
            stale: false,
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
    pub fn tabs(&self) -> Vec<(&'static str, Place)> {
        if self.scope.platform {
            return vec![("Dash", Place::Dash), ("Tenants", Place::list("tenants")), ("Health", Place::Health), ("Calls", Place::Calls)];
        }
        vec![
            ("Dash", Place::Dash),
            ("Orders", Place::list("orders")),
            ("Inv", Place::list("invoices")),
            ("Pay", Place::list("payments")),
            ("Users", Place::list("users")),
            ("Keys", Place::list("api-keys")),
            ("Audit", Place::list("audit-entries")),
            ("Jobs", Place::list("jobs")),
            ("Health", Place::Health),
        ]
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
        self.names.get(id).map_or(id, String::as_str)
    }

    /// The tenant's day, else that of the wall in UTC.
    pub fn today(&self) -> String {
        if let Some(day) = &self.day {
            return day.clone();
        }
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
        let needed = operation.row.permission;
        let (area, _) = needed.split_once(':')?;
        let has = self.scope.platform
            || self.scope.permissions.iter().any(|permission| permission == needed || permission == "*" || *permission == format!("{area}:*"));
        (!has && !self.scope.permissions.is_empty()).then(|| format!("needs the permission {needed}"))
    }
}
