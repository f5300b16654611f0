//! Going somewhere and asking for what is shown there.

use crate::call::Call;
use crate::filter::Filter;
use crate::list::{List, Stage};
use crate::model::{App, Asked, Cmd, Failure, Link, Spot, Tag, Timer};
use crate::resource::{self, Resource};
use crate::route::Place;
use std::collections::BTreeSet;

/// Rows of a page.
const PAGE: &str = "100";
/// Objects whose names are learnt at the start, per resource.
pub(super) const NAMED: &[&str] = &["companies", "parties", "users", "products"];

/// After this silence the server is asked whether it is there, in milliseconds. A connection that is closed is known at once; one behind which nobody is
/// any more says nothing, and the sign of life of a stream is too rare to wait for.
const QUIET: i64 = 1_500;
/// After this time without an answer to that it is told that none comes, in milliseconds.
const LATE: u64 = 1_000;

/// The lists of which no event tells.
const UNFED: [&str; 3] = ["jobs", "security-events", "audit-entries"];
/// How often the newest rows of a list are asked for where no event tells of them, in milliseconds.
const NEWEST: i64 = 10_000;

/// How often the numbers in the tabs follow what happens, in milliseconds.
const TABS: i64 = 30_000;

impl App {
    /// Makes a call. What one may not read is not asked for: the answer is known, and every refusal stands in the tenant's log of security.
    pub(super) fn call(&mut self, tag: Tag, call: Call) {
        if !call.writes()
            && let Some(needed) = self.lacks(&call)
        {
            self.take_answer(tag, Err(Failure::without(needed)));
            return;
        }
        // A newer question of the same kind replaces the older one, whose answer nobody waits for then.
        if !call.writes()
            && let Some(older) = self.calls.iter_mut().rev().find(|logged| logged.tag == tag && logged.outcome.is_none())
        {
            older.outcome = Some(Err("asked anew".to_owned()));
        }
        self.calls.push_back(crate::model::Logged { call: call.clone(), outcome: None, ms: 0, at: self.now, tag: tag.clone() });
        if self.calls.len() > 200 {
            self.calls.pop_front();
        }
        self.out.push(Cmd::Call(tag, call));
    }

    /// The permission that a call needs and that is not there, as far as it is known what there is.
    fn lacks(&self, call: &Call) -> Option<&'static str> {
        let needed = resource::row_at(call.method, call.path)?.permission;
        (!self.scope.may(needed)).then_some(needed)
    }

    /// Whether an answer to this is still to come.
    pub(super) fn pending(&self, tag: &Tag) -> bool {
        self.calls.iter().any(|logged| logged.outcome.is_none() && logged.tag == *tag)
    }

    /// What was asked with another credential is answered to nobody.
    pub(super) fn give_up(&mut self) {
        for logged in self.calls.iter_mut().filter(|logged| logged.outcome.is_none()) {
            logged.outcome = Some(Err("given up".to_owned()));
        }
    }

    /// Asks whether the server is there, when nothing was heard of it for a moment.
    fn look_after(&mut self) {
        if self.pending(&Tag::Ping) {
            // How long it takes is shown.
            self.dirty |= self.unanswered().is_some();
        } else if self.now.saturating_sub(self.alive) >= QUIET {
            self.ping();
            self.out.push(Cmd::After(LATE, Timer::Late));
        }
    }

    /// Asks whether the server is there.
    pub(super) fn ping(&mut self) {
        // One that was answered says nothing more than the next: the log is for what one did.
        self.calls.retain(|logged| logged.tag != Tag::Ping || logged.outcome != Some(Ok(())));
        self.call(Tag::Ping, Call::get("/readyz"));
    }

    pub(super) fn call_row(&mut self, tag: Tag, id: &str, segments: &[&str]) {
        if let Some(row) = resource::row(id) {
            self.call(tag, Call::of(&row, segments));
        }
    }

    /// The first questions of a session: who one is, and what one came for. All else waits until it is known what one may read.
    pub(super) fn arrive_first(&mut self) {
        self.met = false;
        self.ping();
        // Rows of another tenant are never shown as if they were those of the link.
        if !self.scope.linked.is_empty() && *self.place() != Place::Dash {
            self.scope.held = self.way.pop().map(|spot| spot.place);
        }
        if self.scope.platform {
            self.follow_link();
            self.arrive();
            return;
        }
        self.call_row(Tag::Me, "GetMe", &[]);
        if !self.scope.permissions.is_empty() {
            self.meet(true);
        } else if self.shows_one() {
            self.arrive();
        }
    }

    /// Goes where the link leads by which the console was opened, when it is one of this tenant.
    pub(super) fn follow_link(&mut self) {
        let (linked, held) = (std::mem::take(&mut self.scope.linked), self.scope.held.take());
        if self.is_of_here(&linked)
            && let Some(place) = held
        {
            self.go(place);
        }
    }

    /// Whether one question is enough for what is shown.
    fn shows_one(&self) -> bool {
        matches!(self.place(), Place::List { .. } | Place::Object { .. } | Place::Flow(_))
    }

    /// What is asked for once it is known what one may read.
    pub(super) fn meet(&mut self, arrives: bool) {
        if self.met || self.scope.platform {
            return;
        }
        self.met = true;
        self.call_row(Tag::Clock, "GetClock", &[]);
        self.call(Tag::Tail, Call::get("/v1/audit-entries").with("limit", "1"));
        for name in NAMED {
            self.ask_names(name, None);
        }
        // What one came for was asked at once, where one question is enough.
        if arrives || !self.shows_one() {
            self.arrive();
        }
        // The tabs say what waits wherever one begins; after what is shown.
        if !matches!(self.place(), Place::Dash | Place::Exceptions) {
            self.ask_queues();
        }
    }

    pub(super) fn ask_names(&mut self, name: &'static str, cursor: Option<String>) {
        if let Some(resource) = resource::named(name) {
            let mut call = Call::of(&resource.list, &[]).with("limit", "200");
            if let Some(cursor) = cursor {
                call = call.with("cursor", cursor);
            }
            self.call(Tag::Names(name), call);
        }
    }

    /// Goes to a place; the way back leads here.
    pub fn go(&mut self, place: Place) {
        self.dirty = true;
        if *self.place() != place {
            self.ahead.clear();
            self.way.push(Spot::new(place));
            if self.way.len() > 64 {
                self.way.remove(1);
            }
        }
        self.arrive();
        self.out.push(Cmd::Save);
    }

    /// Asks for what is shown where one is.
    pub(super) fn arrive(&mut self) {
        match self.place().clone() {
            Place::Dash => self.ask_dashboard(),
            Place::List { resource, filter } => self.enter_list(resource, &filter),
            Place::Object { resource, id } => self.ask_object(resource, &id),
            Place::Flow(id) => self.ask_flow(&id),
            Place::Exceptions => self.ask_queues(),
            Place::Health => {
                self.checks.entry("service").or_insert(Asked::Loading);
                self.call(Tag::Verify("service"), Call::get("/readyz"));
                self.ask_platform();
            }
            Place::Calls | Place::Notes => {}
        }
    }

    /// The list of a resource, made when it is not there yet.
    pub fn list_of(&mut self, resource: &'static Resource) -> &mut List {
        self.lists.entry(resource.name).or_insert_with(|| List::new(resource))
    }

    fn enter_list(&mut self, name: &'static str, text: &str) {
        let Some(resource) = resource::named(name) else { return };
        let now = self.now;
        let list = self.list_of(resource);
        let other = list.text != text;
        if other {
            list.text = text.to_owned();
            list.filter = Filter::read(text, resource, now);
            list.anchor = None;
            list.rebuild();
            // Where one stood among other rows says nothing about these.
            (list.cursor, list.top) = (0, 0);
        }
        if other || list.stage != Stage::Ready || now.saturating_sub(list.fetched) > 60_000 {
            self.ask_list(name);
        }
        // Names that are wanted in few places are learnt there.
        let refers = |field| resource.columns.iter().any(|column| column.field == field);
        if refers("team_id") && !self.names.keys().any(|id| id.starts_with("team_")) && !self.pending(&Tag::Names("teams")) {
            self.ask_names("teams", None);
        }
        if refers("order_line_id") && self.numbers.is_empty() && !self.pending(&Tag::Names("orders")) {
            self.ask_names("orders", None);
        }
    }

    /// Asks for the first page of a list.
    pub(super) fn ask_list(&mut self, name: &'static str) {
        let generation = self.number();
        let Some(resource) = resource::named(name) else { return };
        let list = self.list_of(resource);
        list.generation = generation;
        list.more = false;
        if list.stage != Stage::Ready {
            list.stage = Stage::Loading;
        }
        if let Some(call) = self.list_call(name, PAGE) {
            self.list_of(resource).asked = call.line();
            self.call(Tag::Page { resource: name, generation, more: false }, call);
        }
    }

    /// Asks for the next page of the list one is in.
    pub(super) fn ask_more(&mut self) {
        let Place::List { resource: name, .. } = *self.place() else { return };
        if !self.online() {
            return;
        }
        let Some(call) = self.list_call(name, PAGE) else { return };
        let Some(list) = self.lists.get_mut(name) else { return };
        let Some(next) = list.next.clone() else { return };
        list.more = true;
        let generation = list.generation;
        let parameter = resource::page_after(&call);
        self.call(Tag::Page { resource: name, generation, more: true }, call.with(parameter, next));
    }

    /// The call of a list with its filter, sort and the company.
    pub fn list_call(&self, name: &'static str, limit: &str) -> Option<Call> {
        let resource = resource::named(name)?;
        let list = self.lists.get(name)?;
        let mut call = Call::of(&resource.list, &[]).with("limit", limit);
        for (field, value) in &list.filter.server {
            call = call.with(field, value.clone());
        }
        if let Some(sort) = list.server_sort().or_else(|| resource.backwards.map(str::to_owned)) {
            call = call.with("sort", sort);
        }
        Some(self.of_company(call, resource))
    }

    /// Limits a call of a list to the company, where the list can be and the filter does not name one.
    pub(super) fn of_company(&self, call: Call, resource: &Resource) -> Call {
        match &self.scope.company {
            Some((id, _)) if resource.filters_by("company_id", false) && !call.query.iter().any(|(name, _)| name == "company_id") => {
                call.with("company_id", id.clone())
            }
            _ => call,
        }
    }

    pub(super) fn ask_object(&mut self, name: &'static str, id: &str) {
        let Some(get) = resource::named(name).and_then(|resource| resource.get) else { return };
        if let Some(known) = self.known(id) {
            self.objects.entry(id.to_owned()).or_insert(Asked::Have(known, self.now));
        }
        self.objects.entry(id.to_owned()).or_insert(Asked::Loading);
        self.call(Tag::Object(id.to_owned()), Call::of(&get, &[id]));
        if name == "tenants" {
            self.call_row(Tag::Object(format!("{id}/usage")), "GetTenantUsage", &[id]);
        }
    }

    pub(super) fn ask_flow(&mut self, id: &str) {
        self.flows.entry(id.to_owned()).or_insert(Asked::Loading);
        self.call_row(Tag::Flow(id.to_owned()), "GetFlow", &[id]);
    }

    /// Looks for news.
    pub(super) fn poll(&mut self) {
        self.polling = false;
        if !self.online() {
            return;
        }
        self.look_after();
        if let Some(asked) = self.suspended {
            // Until it is open again there is nothing else to ask for.
            if self.now.saturating_sub(asked) >= NEWEST && !self.pending(&Tag::Me) {
                self.suspended = Some(self.now);
                self.call_row(Tag::Me, "GetMe", &[]);
            }
            return;
        }
        self.ask_refused();
        // Elsewhere only the tabs show the numbers.
        let shown = matches!(self.place(), Place::Dash | Place::Exceptions) || self.at_queue();
        if !self.stale.is_empty() && (shown || self.now.saturating_sub(self.counted) >= TABS) {
            self.ask_changed();
        }
        if self.unfed() {
            self.ask_newest();
        }
        if self.streaming {
            return;
        }
        if self.follows && !self.heard.is_empty() {
            if self.pending(&Tag::News) {
                return;
            }
            self.call(Tag::News, Call::get("/v1/events").with("after", self.heard.clone()).with("limit", "200"));
        } else if matches!(self.place(), Place::List { .. }) {
            self.ask_newest();
        } else if self.scope.platform && matches!(self.place(), Place::Dash | Place::Health) {
            self.ask_platform();
        }
    }

    /// Whether the list one is in is a queue whose number stands in a tab.
    fn at_queue(&self) -> bool {
        let here = self.place();
        self.gauges().iter().any(|gauge| gauge.heed.queues() && gauge.place() == *here)
    }

    /// Whether events are followed and the list one is in is none that they tell of: what is under way, and what is looked at afterwards.
    fn unfed(&self) -> bool {
        let followed = self.streaming || (self.follows && !self.heard.is_empty());
        followed && self.list().is_some_and(|list| UNFED.contains(&list.resource.name))
    }

    /// Asks for the newest rows of the list one is in, when that was not done a moment ago.
    fn ask_newest(&mut self) {
        let Place::List { resource: name, .. } = *self.place() else { return };
        if self.lists.get(name).is_some_and(|list| list.stage == Stage::Ready && self.now.saturating_sub(list.fetched) >= NEWEST)
            && let Some(call) = self.list_call(name, PAGE)
        {
            if let Some(list) = self.lists.get_mut(name) {
                list.fetched = self.now;
            }
            self.call(Tag::Newest(name), call);
        }
    }

    /// Asks again for what of the list one is in was refused a while ago.
    fn ask_refused(&mut self) {
        let now = self.now;
        let Some(list) = self.list_mut() else { return };
        let Some(stale) = list.stale.as_mut().filter(|stale| stale.again.is_some_and(|at| at <= now)) else { return };
        stale.again = None;
        let (further, name) = (stale.further, list.resource.name);
        if further {
            // The cursor decides whether more is wanted.
            list.stale = None;
        } else {
            self.ask_list(name);
        }
    }

    /// Follows the stream of events, which says at once what polling says later.
    pub(super) fn follow(&mut self) {
        if !self.scope.may("events:read") {
            return;
        }
        self.follows = true;
        if !self.streaming {
            self.streaming = true;
            self.out.push(Cmd::Follow(self.heard.clone()));
        }
    }

    /// Tries to reach the server again.
    pub(super) fn retry(&mut self) {
        self.retrying = false;
        if !self.online() {
            self.ping();
        }
    }

    /// The server was not reached: lists stay, writes wait, and we try for ever, less often with time.
    /// Many questions fail with it: only who looks whether it is there counts as another try.
    pub(super) fn lost(&mut self, why: String, tried: bool) {
        let (since, tries) = match &self.link {
            Link::Offline { since, tries, .. } => (*since, tries.saturating_add(u32::from(tried))),
            _ => (self.now, 1),
        };
        self.link = Link::Offline { since, tries, why };
        self.dirty = true;
        // Many questions may fail at once: one clock is enough for all of them.
        if !self.retrying {
            self.retrying = true;
            self.out.push(Cmd::After(500_u64.saturating_mul(1 << tries.min(5)), Timer::Retry));
        }
    }

    /// The server is there again: what is shown is asked for anew.
    /// Looking whether it is there tells no latency, so that nothing flickers on an idle screen.
    pub(super) fn found(&mut self, ms: Option<u64>) {
        let before = crate::text::latency(self.latency);
        if let Some(ms) = ms {
            self.latency = if self.latencies.is_empty() { ms } else { self.latency.saturating_mul(4).saturating_add(ms) / 5 };
            self.latencies.push_back(ms);
        }
        if self.latencies.len() > 60 {
            self.latencies.pop_front();
        }
        self.dirty |= crate::text::latency(self.latency) != before;
        match self.link {
            Link::Live => {}
            Link::Connecting => {
                self.link = Link::Live;
                self.dirty = true;
            }
            Link::Offline { .. } => {
                self.link = Link::Live;
                self.note("The server is there again.");
                if self.scope.tenant.is_empty() && !self.scope.platform && self.scope.credential {
                    self.call_row(Tag::Me, "GetMe", &[]);
                    if self.scope.permissions.is_empty() && matches!(self.place(), Place::Dash | Place::Exceptions) {
                        return;
                    }
                }
                self.arrive();
                if let Place::List { resource, .. } = *self.place() {
                    self.ask_list(resource);
                }
                if !self.scope.platform && self.scope.credential && !matches!(self.place(), Place::Dash | Place::Exceptions) {
                    self.ask_queues();
                }
            }
        }
    }

    /// The ids of the lists that are marked, for the session.
    pub fn marked(&self) -> impl Iterator<Item = (&'static str, &BTreeSet<String>)> {
        self.lists.iter().filter(|(_, list)| !list.marks.is_empty()).map(|(name, list)| (*name, &list.marks))
    }
}
