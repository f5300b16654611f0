//! What answers do.

use crate::list::Stage;
use crate::model::{App, Asked, Failure, Reply, Tag};
use crate::resource;
use crate::route::Place;
use crate::update::CHECKS;
use causeway_contract::Code;
use serde_json::Value;

/// Names that are learnt of one resource at most.
pub const NAMES: usize = 2_000;
/// What is said of what a suspended tenant is not told.
pub const SUSPENDED: &str = "the tenant is suspended";
/// Numbers of orders and their lines that are known at most.
const NUMBERS: usize = 5_000;
/// What happens to an order or its deliveries so that more of it is to be delivered than was planned.
const FREES: [&str; 5] = ["delivery.cancelled", "delivery.reduced", "delivery.reversed", "delivery.returned", "order.amended"];
/// Minutes over which events are counted.
pub const MINUTES: i64 = 60;

impl App {
    pub(super) fn answer(&mut self, tag: Tag, reply: Result<Reply, Failure>, ms: u64) {
        let late = self.unanswered().is_some();
        self.log(&tag, &reply, ms);
        self.dirty |= late;
        if !matches!(reply, Err(Failure::Offline(_))) {
            self.alive = self.now;
        }
        let ping = tag == Tag::Ping;
        // What is asked without anybody waiting for it tells no latency, so that nothing flickers on an idle screen.
        let unasked = ping || matches!(tag, Tag::Newest(_));
        // A session that ended is opened again where one is; a sign-in that fails says so itself.
        let keyed = self.scope.credential && !self.scope.platform && !self.scope.visiting;
        if let (Err(Failure::Refused { status: 401, text, .. }), false, true) = (&reply, tag == Tag::Login, keyed || !self.scope.session.is_empty()) {
            self.scope.session.clear();
            self.credential_ended(&text.clone());
        }
        self.notice_suspension(&tag, &reply);
        match &reply {
            Err(Failure::Offline(why)) => self.lost(why.clone(), ping),
            Err(Failure::ReadOnly) => {}
            _ => self.found((!unasked).then_some(ms)),
        }
        self.take_answer(tag, reply);
    }

    /// A tenant that is suspended is refused everything, whoever asks: that is no matter of the one question. It is asked again now and then.
    fn notice_suspension(&mut self, tag: &Tag, reply: &Result<Reply, Failure>) {
        if matches!(tag, Tag::Ping | Tag::Login) {
            return;
        }
        let refused = reply.as_ref().is_err_and(|failure| failure.is(Code::TenantSuspended));
        if refused && self.suspended.is_none() {
            (self.suspended, self.streaming, self.dirty) = (Some(self.now), false, true);
            // What is refused with everything else is not loading.
            for asked in [&mut self.aging, &mut self.pipeline] {
                if !matches!(asked, Some(Asked::Have(..))) {
                    *asked = Some(Asked::Failed(SUSPENDED.to_owned()));
                }
            }
        } else if reply.is_ok() && self.suspended.take().is_some() {
            self.note("The tenant is open again.");
            self.met = false;
            self.meet(false);
            self.arrive();
        }
    }

    /// What an answer does, whether the server gave it or it was known without asking.
    pub(super) fn take_answer(&mut self, tag: Tag, reply: Result<Reply, Failure>) {
        match tag {
            Tag::Ping => {}
            Tag::Me => self.me(reply),
            Tag::Tail => self.tail(reply),
            Tag::News => self.news(reply),
            Tag::Newest(name) => self.newest(name, reply),
            Tag::Page { resource, generation, more } => self.page(resource, generation, more, reply),
            Tag::Object(id) => {
                let asked = self.asked(reply, self.objects.get(&id).cloned());
                self.objects.insert(id, asked);
                self.dirty = true;
            }
            Tag::Flow(id) => {
                let asked = self.asked(reply, self.flows.get(&id).cloned());
                self.flows.insert(id, asked);
                self.dirty = true;
            }
            Tag::Aging => {
                self.aging = Some(self.asked(reply, self.aging.clone()));
                self.dirty = true;
            }
            Tag::Pipeline => {
                self.pipeline = Some(self.asked(reply, self.pipeline.clone()));
                self.dirty = true;
            }
            Tag::Verify(name) => {
                let asked = self.asked(reply, self.checks.get(name).cloned());
                if let (Asked::Have(value, at), "platform") = (&asked, name) {
                    self.traffic.extend(value.pointer("/traffic/requests").and_then(Value::as_u64).map(|requests| (*at, requests)));
                    if self.traffic.len() > 60 {
                        self.traffic.pop_front();
                    }
                }
                self.checks.insert(name, asked);
                self.dirty = true;
                self.checked(name);
            }
            Tag::Names(name) => self.learn(name, reply),
            Tag::Count(at) => self.counted(at, reply),
            Tag::DryRun { id, generation } => self.foreseen(&id, generation, reply),
            Tag::Stands(id) => self.stands(&id, reply),
            Tag::Number { resource, generation } => self.take_number(resource, generation, reply),
            Tag::Lookup { generation } => self.looked_up(generation, reply),
            Tag::Write { id, batch } => self.written(&id, batch, reply),
            Tag::Undo(number) => self.undone(number, reply),
            Tag::Settled { note, change } => self.take_settled(&note, change, reply),
            Tag::Login => self.proven(reply),
            Tag::Clock => self.clock(reply),
        }
    }

    /// Says what the checks of the books found, once all that run are over: where they were asked for, the panel that shows it may be out of sight.
    fn checked(&mut self, name: &str) {
        let checks = CHECKS.iter().map(|(check, _)| *check);
        if !checks.clone().any(|check| check == name) || checks.clone().any(|check| matches!(self.checks.get(check), Some(Asked::Loading))) {
            return;
        }
        let said = checks.filter_map(|check| {
            let found = match self.checks.get(check)? {
                Asked::Have(found, _) => crate::verdict::verdict(found),
                Asked::Failed(why) => why.clone(),
                Asked::Loading => return None,
            };
            Some(format!("{}: {found}", if check == "audit" { "audit chain" } else { check }))
        });
        let text = said.collect::<Vec<_>>().join("; ");
        self.note(text);
    }

    fn log(&mut self, tag: &Tag, reply: &Result<Reply, Failure>, ms: u64) {
        if let Some(logged) = self.calls.iter_mut().rev().find(|logged| logged.tag == *tag && logged.outcome.is_none()) {
            logged.outcome = Some(reply.as_ref().map(|_| ()).map_err(Failure::text));
            logged.ms = ms;
        }
        // That the server is there is no news.
        self.dirty |= *self.place() == Place::Calls && (*tag != Tag::Ping || reply.is_err());
    }

    /// An answer as it is kept; what is there already outlives an outage.
    fn asked(&self, reply: Result<Reply, Failure>, old: Option<Asked>) -> Asked {
        match (reply, old) {
            (Ok(reply), _) => Asked::Have(reply.body, self.now),
            (Err(Failure::Offline(_)), Some(old @ Asked::Have(..))) => old,
            (Err(failure), _) => Asked::Failed(failure.text()),
        }
    }

    fn me(&mut self, reply: Result<Reply, Failure>) {
        self.dirty = true;
        match reply {
            Ok(Reply { body, .. }) => {
                let text = |pointer: &str| body.pointer(pointer).map(crate::columns::plain).unwrap_or_default();
                self.scope.tenant = text("/tenant/slug");
                let name = text("/actor/name");
                self.scope.user = if name == "-" { text("/actor/kind") } else { name };
                self.scope.key = if text("/actor/kind") == "api_key" { text("/actor/id") } else { String::new() };
                let permissions = permissions(&body);
                let others = permissions != self.scope.permissions;
                self.scope.permissions = permissions;
                if !self.met {
                    self.meet(false);
                } else if others {
                    // What was not permitted may be now.
                    self.arrive();
                }
                self.follow_link();
                self.owned();
            }
            // No other sign-in would help.
            Err(failure) if failure.is(Code::TenantSuspended) => {}
            Err(failure) if failure.denied() => self.open_login(Some(failure.text())),
            Err(Failure::Offline(_)) => {}
            // Who one is remains unknown, and what one may is found out by asking.
            Err(_) => self.meet(false),
        }
    }

    /// Whether a link is of the tenant whose console this is; says so when it is not: the same words would show other rows.
    pub(super) fn is_of_here(&mut self, linked: &str) -> bool {
        let wrong = self.scope.other_than(linked);
        if let Some(text) = &wrong {
            self.note(format!("{text}: ctrl-t goes to another profile."));
        }
        wrong.is_none()
    }

    /// A sandbox has a clock of its own: what is overdue there is so by its day.
    fn clock(&mut self, reply: Result<Reply, Failure>) {
        let Ok(reply) = reply else { return };
        let day = reply.body.get("now").and_then(Value::as_str).and_then(|now| now.get(..10)).map(str::to_owned);
        if day != self.day {
            self.day = day;
            if *self.place() == Place::Dash {
                self.ask_dashboard();
            }
        }
    }

    fn tail(&mut self, reply: Result<Reply, Failure>) {
        let Ok(reply) = reply else { return };
        // An audit entry is an event seen by an auditor: both have the same place, and the same id but for its prefix.
        let newest = reply.body.pointer("/data/0/id").and_then(Value::as_str).and_then(|id| id.split_once('_'));
        self.heard = newest.map(|(_, place)| format!("evt_{place}")).unwrap_or_default();
        self.follow();
    }

    fn news(&mut self, reply: Result<Reply, Failure>) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(failure) => {
                // Who may not read events sees the newest rows instead.
                self.follows = matches!(failure, Failure::Offline(_));
                return;
            }
        };
        let (events, _) = rows_of(reply.body);
        for event in &events {
            self.hear(event);
        }
        self.follow();
    }

    /// Takes an event: lists change in place, objects and deals that are shown are asked for anew.
    pub(super) fn hear(&mut self, event: &Value) {
        self.alive = self.now;
        if let Some(id) = event.get("id").and_then(Value::as_str) {
            self.heard = id.to_owned();
        }
        self.count_event();
        let Some(object) = event.get("data").filter(|data| data.is_object()) else { return };
        let id = object.get("id").and_then(Value::as_str).unwrap_or_default();
        self.mark_stale(id);
        // There is something to plan again.
        if event.get("type").and_then(Value::as_str).is_some_and(|kind| FREES.contains(&kind)) {
            self.planned.remove(object.get("order_id").and_then(Value::as_str).unwrap_or(id));
        }
        // What is made elsewhere is known here by its name, too: forms and the choice of companies offer it.
        if resource::of_id(id).is_some_and(|resource| super::ask::NAMED.contains(&resource.name)) && (self.names.len() < NAMES || self.names.contains_key(id)) {
            self.names.extend(named(object));
        }
        self.learn_numbers(object);
        let company = self.scope.company.as_ref().map(|(id, _)| id.clone());
        if let Some(list) = resource::of_id(id).and_then(|resource| self.lists.get_mut(resource.name)) {
            let foreign = company.is_some_and(|company| object.get("company_id").and_then(Value::as_str).is_some_and(|theirs| theirs != company));
            if !foreign && (list.find(id).is_some() || list.filter.covers(object)) && list.hear(object) {
                self.dirty = true;
            }
        }
        if let Some(list) = self.lists.get_mut("events")
            && (list.next.is_none() || list.resource.backwards.is_some())
            && list.filter.covers(event)
        {
            self.dirty |= list.hear(event);
        }
        if let Some(asked) = self.objects.get_mut(id) {
            *asked = Asked::Have(object.clone(), self.now);
            self.dirty = true;
        }
        let shown = match self.place() {
            Place::Flow(flow) => Some(flow.clone()),
            _ => None,
        };
        if let Some(flow) = shown.filter(|flow| event.get("flow_id").and_then(Value::as_str) == Some(flow)) {
            self.ask_flow(&flow);
        }
    }

    fn count_event(&mut self) {
        let minute = self.now / 60_000;
        match self.events.back_mut() {
            Some((at, count)) if *at == minute => *count = count.saturating_add(1),
            _ => self.events.push_back((minute, 1)),
        }
        while self.events.front().is_some_and(|(at, _)| *at <= minute.saturating_sub(MINUTES)) {
            self.events.pop_front();
        }
    }

    fn newest(&mut self, name: &'static str, reply: Result<Reply, Failure>) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(Failure::Offline(_)) => return,
            Err(failure) => return self.refused(name, false, &failure),
        };
        let Some(list) = self.lists.get_mut(name) else { return };
        if list.stale.as_ref().is_some_and(|stale| !stale.further) {
            list.stale = None;
            self.dirty = true;
        }
        let (rows, _) = rows_of(reply.body);
        for row in rows.iter().rev() {
            self.dirty |= list.hear(row);
        }
    }

    fn page(&mut self, name: &'static str, generation: u64, more: bool, reply: Result<Reply, Failure>) {
        let now = self.now;
        let Some(list) = self.lists.get_mut(name).filter(|list| list.generation == generation) else { return };
        self.dirty = true;
        match reply {
            Ok(reply) => {
                let (rows, next) = rows_of(reply.body);
                // Others refer to what is listed here.
                self.names.extend(rows.iter().filter_map(named).take(NAMES.saturating_sub(self.names.len())));
                list.take(&rows, next, !more, now);
                rows.iter().for_each(|row| self.learn_numbers(row));
            }
            Err(Failure::Offline(_)) => {
                list.more = false;
                if list.stage == Stage::Loading {
                    list.stage = if list.records.is_empty() {
                        Stage::Failed("The server cannot be reached, and there is nothing cached.".to_owned())
                    } else {
                        Stage::Ready
                    };
                }
            }
            Err(failure) => self.refused(name, more, &failure),
        }
    }

    /// A list was refused: what is shown of it is told to be old.
    fn refused(&mut self, name: &'static str, more: bool, failure: &Failure) {
        let (now, why) = (self.now, failure.text());
        self.dirty = true;
        let Some(list) = self.lists.get_mut(name) else { return };
        // The same refusal once more is no news.
        let known = list.stale.as_ref().is_some_and(|stale| stale.why == why);
        if list.refuse(&why, more, failure.denied(), now) && !known {
            self.note(format!("{name}: {why}"));
        }
    }

    /// Learns the number of an order, and which of its lines is which: what is billed of it is told apart by them.
    fn learn_numbers(&mut self, object: &Value) {
        let text = |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(|text| crate::text::clean(text).into_owned());
        if text(object, "object").as_deref() != Some("order") || self.numbers.len() >= NUMBERS {
            return;
        }
        self.numbers.extend(text(object, "id").zip(text(object, "number")));
        let lines = object.get("lines").and_then(Value::as_array).into_iter().flatten().zip(1..);
        self.numbers.extend(lines.filter_map(|(line, at)| Some((text(line, "id")?, at.to_string()))));
    }

    fn learn(&mut self, name: &'static str, reply: Result<Reply, Failure>) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(failure) => {
                if name == "companies" && !matches!(failure, Failure::Offline(_)) {
                    self.no_company(&format!("Companies cannot be read: {}", failure.text()));
                }
                return;
            }
        };
        for row in reply.body.get("data").and_then(Value::as_array).into_iter().flatten() {
            self.names.extend(named(row));
            self.learn_numbers(row);
        }
        self.dirty = true;
        // The newest are enough: what is older is told by its id.
        if name == "orders" {
            return;
        }
        let next = reply.body.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
        if name == "companies" {
            if self.company().is_none() && next.is_none() {
                self.no_company("There is no company yet.");
            } else if !matches!(self.aging, Some(Asked::Loading | Asked::Have(..))) && *self.place() == Place::Dash {
                self.ask_aging();
            }
        }
        if let (Some(next), true) = (next, self.names.len() < NAMES) {
            self.ask_names(name, Some(next));
        }
    }
}

/// What the answer to who one is says that one may.
pub fn permissions(me: &Value) -> Vec<String> {
    me.get("permissions").and_then(Value::as_array).into_iter().flatten().map(crate::columns::plain).collect()
}

/// The rows of a page, and the cursor of the next.
fn rows_of(mut page: Value) -> (Vec<Value>, Option<String>) {
    let next = page.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
    let rows = page.get_mut("data").and_then(Value::as_array_mut).map(std::mem::take);
    (rows.unwrap_or_default(), next)
}

/// The id of an object that has a name, and the name.
pub fn named(object: &Value) -> Option<(String, String)> {
    let text = |field: &str| object.get(field).and_then(Value::as_str);
    Some((text("id")?.to_owned(), crate::text::clean(text("name")?).into_owned()))
}
