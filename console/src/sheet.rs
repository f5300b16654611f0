//! Screens that are not lists, as panels of lines: the dashboard, an object, a deal, health, the calls, the notes. Made from the model, drawn by the view.

use crate::columns::{minute, plain};
use crate::model::{App, Asked, COUNTED, Link};
use crate::resource;
use crate::route::Place;
use crate::text::{clean, fit, latency, span, width};
use crate::theme::{Role, of_state};
use crate::update::MINUTES;
use serde_json::Value;

/// A panel.
#[derive(Clone, Debug, Default)]
pub struct Panel {
    /// Its title.
    pub title: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// A line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Pieces of text with their meaning.
    pub parts: Vec<(String, Role)>,
    /// What it opens.
    pub open: Option<Place>,
    /// What copying takes, when not the text.
    pub copy: Option<String>,
}

impl Line {
    fn of(text: impl Into<String>, role: Role) -> Self {
        Self { parts: vec![(text.into(), role)], open: None, copy: None }
    }

    fn and(mut self, text: impl Into<String>, role: Role) -> Self {
        self.parts.push((text.into(), role));
        self
    }

    fn opens(mut self, place: Place) -> Self {
        self.open = Some(place);
        self
    }

    /// Its text.
    pub fn text(&self) -> String {
        self.parts.iter().map(|(text, _)| text.as_str()).collect()
    }
}

/// The panels of the place one is at, for this width; none when it is a list.
pub fn panels(app: &App, columns: usize) -> Vec<Panel> {
    match app.place() {
        Place::Dash => dashboard(app, columns),
        Place::Object { resource, id } => object(app, resource, id, columns),
        Place::Flow(id) => flow(app, id),
        Place::Health => health(app),
        Place::Calls => calls(app),
        Place::Notes => notes(app),
        Place::List { .. } => Vec::new(),
    }
}

/// All lines, panel by panel.
pub fn lines(app: &App) -> Vec<Line> {
    panels(app, usize::from(app.size.0).saturating_sub(4)).into_iter().flat_map(|panel| panel.lines).collect()
}

fn waiting(asked: Option<&Asked>) -> Option<Line> {
    match asked {
        None | Some(Asked::Loading) => Some(Line::of("Loading …", Role::Dim)),
        Some(Asked::Failed(text)) => Some(Line::of(clean(text).into_owned(), Role::Bad)),
        Some(Asked::Have(..)) => None,
    }
}

fn dashboard(app: &App, columns: usize) -> Vec<Panel> {
    let columns = if columns >= 96 { columns / 2 } else { columns };
    let mut panels = vec![attention(app)];
    if app.scope.platform {
        panels.extend([platform(app, columns), work(app, columns)]);
    } else {
        panels.extend([pipeline(app, columns), work(app, columns), aging(app, columns)]);
    }
    panels.push(link(app, columns));
    panels
}

/// How often something is counted, and whether there is more; `None` until it is known.
fn counted(app: &App, at: usize) -> Option<(usize, bool)> {
    app.counts.get(&at).and_then(|count| count.as_ref().ok()).copied()
}

fn number((count, more): (usize, bool)) -> String {
    format!("{count}{}", if more { "+" } else { "" })
}

/// What somebody should look at: nothing that is well, so that the panel is empty on a good day.
fn attention(app: &App) -> Panel {
    let mut panel = Panel { title: "Needs attention".to_owned(), lines: Vec::new() };
    let gauges = || app.gauges().iter().enumerate().filter(|(_, gauge)| gauge.attention);
    for (at, gauge) in gauges() {
        let Some(count) = counted(app, at).filter(|(count, _)| *count > 0) else { continue };
        let place = Place::List { resource: gauge.resource, filter: gauge.filter.replace("{today}", &app.today()) };
        panel.lines.push(Line::of(fit(gauge.label, 23, false), Role::Warn).and(fit(&number(count), 6, true), Role::Warn).opens(place));
    }
    if panel.lines.is_empty() {
        let waiting = gauges().any(|(at, _)| !app.counts.contains_key(&at));
        panel.lines.push(if waiting { Line::of("Looking …", Role::Dim) } else { Line::of("Nothing needs attention.", Role::Good) });
    }
    panel
}

/// What is under way, with bars to one scale.
fn work(app: &App, columns: usize) -> Panel {
    let title = if app.scope.platform { "Tenants" } else { "Work under way" };
    let mut panel = Panel { title: title.to_owned(), lines: Vec::new() };
    let gauges = || app.gauges().iter().enumerate().filter(|(_, gauge)| !gauge.attention);
    let most = gauges().filter_map(|(at, _)| counted(app, at)).map(|(count, _)| count).max().unwrap_or(1);
    for (at, gauge) in gauges() {
        let label = Line::of(fit(gauge.label, 23, false), Role::Plain);
        let line = match app.counts.get(&at) {
            None => label.and("    …", Role::Dim),
            Some(Err(text)) => label.and(format!("    - {}", clean(text)), Role::Dim),
            Some(Ok(count)) => {
                let bar = app.theme.bar(i128::try_from(count.0).unwrap_or(0), i128::try_from(most).unwrap_or(1), columns.saturating_sub(34));
                label.and(fit(&number(*count), 6, true), Role::Plain).and(format!("  {bar}"), Role::Head)
            }
        };
        panel.lines.push(line.opens(Place::List { resource: gauge.resource, filter: gauge.filter.replace("{today}", &app.today()) }));
    }
    panel
}

/// How the whole service does.
fn platform(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Service".to_owned(), lines: Vec::new() };
    let asked = app.checks.get("platform");
    if let Some(line) = waiting(asked) {
        panel.lines.push(line);
        return panel;
    }
    let Some(Asked::Have(health, _)) = asked else { return panel };
    let text = |pointer: &str| health.pointer(pointer).map(plain).unwrap_or_default();
    let whole = |pointer: &str| health.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let micros = |pointer: &str| health.pointer(pointer).and_then(Value::as_u64).map_or_else(|| "-".to_owned(), |micros| format!("{}us", micros));
    let mut say = |name: &str, said: String, role: Role| panel.lines.push(labelled(name, &said, role));
    say("version", format!("{} on {}", text("/version"), text("/database")), Role::Plain);
    say("tenants", format!("{} active, {} suspended", text("/tenants_active"), text("/tenants_suspended")), Role::Plain);
    let late = whole("/jobs/oldest_due_seconds");
    let jobs = format!("{} waiting, {} running, {} due", text("/jobs/waiting"), text("/jobs/running"), text("/jobs/due"));
    let jobs = if late > 0 { format!("{jobs}, the oldest for {}", span(late)) } else { jobs };
    say("jobs", jobs, if late > 60 { Role::Warn } else { Role::Plain });
    let refused = whole("/refusals_last_hour");
    say("refused, last hour", refused.to_string(), if refused > 100 { Role::Warn } else { Role::Plain });
    let errors = whole("/traffic/server_errors");
    say("requests", format!("{} since {}", text("/traffic/requests"), minute(&text("/traffic/since"))), Role::Plain);
    say("server errors", errors.to_string(), if errors > 0 { Role::Bad } else { Role::Plain });
    say("rate limited", text("/traffic/rate_limited"), Role::Plain);
    say("latency", format!("p50 {}, p95 {}, {} streams", micros("/traffic/p50_micros"), micros("/traffic/p95_micros"), text("/traffic/streams")), Role::Plain);
    let rates = rates(app);
    if let Some(last) = rates.last() {
        let shown: Vec<u64> = rates.iter().rev().take(columns.saturating_sub(34)).rev().copied().collect();
        panel
            .lines
            .push(Line::of(fit("requests a second", 22, false), Role::Dim).and(app.theme.spark(&shown), Role::Head).and(format!(" {last}"), Role::Plain));
    }
    panel
}

/// Requests a second between two looks at the platform's health.
fn rates(app: &App) -> Vec<u64> {
    let pairs = app.traffic.iter().zip(app.traffic.iter().skip(1));
    let rate = |((then, before), (now, after)): (&(i64, u64), &(i64, u64))| {
        let ms = u64::try_from(now.saturating_sub(*then)).ok().filter(|ms| *ms > 0)?;
        // An instance that started again counts from nothing.
        after.saturating_sub(*before).saturating_mul(1_000).checked_div(ms)
    };
    pairs.filter_map(rate).collect()
}

/// What a tenant uses of what it may.
fn usage(app: &App, id: &str, tenant: &Value, columns: usize) -> Panel {
    let mut panel = Panel { title: "Limits and use   e: edit the limits".to_owned(), lines: Vec::new() };
    let asked = app.objects.get(&format!("{id}/usage"));
    if let Some(line) = waiting(asked) {
        panel.lines.push(line);
        return panel;
    }
    let Some(Asked::Have(used, _)) = asked else { return panel };
    for (name, used, limit) in [
        ("active users", used.get("active_users"), tenant.get("max_users")),
        ("companies", used.get("companies"), tenant.get("max_companies")),
        ("API keys", used.get("api_keys"), None),
        ("events", used.get("events"), None),
    ] {
        let count = used.and_then(Value::as_i64).unwrap_or(0);
        let line = match limit.and_then(Value::as_i64) {
            Some(most) => {
                let bar = app.theme.bar(count.into(), most.into(), columns.saturating_sub(50).min(40));
                let role = if count >= most { Role::Bad } else { Role::Head };
                labelled(name, &fit(&format!("{count} of {most}"), 14, false), Role::Plain).and(bar, role)
            }
            None => labelled(name, &count.to_string(), Role::Plain),
        };
        panel.lines.push(line);
    }
    for (name, field) in [("requests a minute", "requests_per_minute"), ("the same of one key", "credential_requests_per_minute")] {
        let text = tenant.get(field).filter(|limit| !limit.is_null()).map_or_else(|| "the default".to_owned(), plain);
        panel.lines.push(labelled(name, &text, Role::Plain));
    }
    panel
}

fn aging(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Receivables by age".to_owned(), lines: Vec::new() };
    if let Some(line) = waiting(app.aging.as_ref()) {
        panel.lines.push(line);
        return panel;
    }
    let Some(Asked::Have(report, _)) = &app.aging else { return panel };
    let text = |name: &str| report.get(name).and_then(Value::as_str).unwrap_or_default();
    let company = app.name_of(text("company_id"));
    panel.title = format!("Receivables by age: {}, {}", clean(company), clean(text("currency")));
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let buckets = list(report.get("buckets"));
    let amounts = list(report.get("totals").and_then(|totals| totals.get("amounts")));
    let total = report.get("totals").and_then(|totals| totals.get("total")).map(plain).unwrap_or_default();
    let whole = amounts.iter().map(|amount| minor(&plain(amount))).max().unwrap_or(1);
    for (bucket, amount) in buckets.iter().zip(&amounts) {
        let role = if plain(bucket) == "90+" { Role::Bad } else { Role::Plain };
        let bar = app.theme.bar(minor(&plain(amount)), whole, columns.saturating_sub(30));
        panel.lines.push(Line::of(fit(&plain(bucket), 8, false), Role::Plain).and(fit(&plain(amount), 16, true), role).and(format!("  {bar}"), role));
    }
    panel.lines.push(
        Line::of(fit("total", 8, false), Role::Head)
            .and(fit(&total, 16, true), Role::Head)
            .opens(Place::List { resource: "invoices", filter: "payment_state:open".to_owned() }),
    );
    panel
}

/// Open deals by stage, with bars to one scale, and how deals ended this year.
fn pipeline(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Pipeline".to_owned(), lines: Vec::new() };
    if let Some(line) = waiting(app.pipeline.as_ref()) {
        panel.lines.push(line);
        return panel;
    }
    let Some(Asked::Have(report, _)) = &app.pipeline else { return panel };
    let text = |value: &Value, pointer: &str| value.pointer(pointer).map(plain).unwrap_or_default();
    panel.title = format!("Pipeline: {} open, {} {}", text(report, "/open/count"), text(report, "/open/value"), clean(&text(report, "/currency")));
    let rows = report.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
    let open = || rows.iter().filter(|row| text(row, "/status") == "open");
    let count = |row: &Value| row.get("count").and_then(Value::as_i64).map_or(0, i128::from);
    let most = open().map(count).max().unwrap_or(1);
    for row in open() {
        let bar = app.theme.bar(count(row), most, columns.saturating_sub(44));
        panel.lines.push(
            Line::of(fit(&clean(&text(row, "/stage")), 16, false), Role::Plain)
                .and(fit(&text(row, "/count"), 6, true), Role::Plain)
                .and(fit(&text(row, "/value"), 17, true), Role::Plain)
                .and(format!("  {bar}"), Role::Head)
                .opens(Place::List { resource: "opportunities", filter: format!("status:open stage_id:{}", text(row, "/stage_id")) }),
        );
    }
    let rate = report.get("win_rate").and_then(Value::as_str).map_or_else(String::new, |rate| format!(", win rate {}", percent(rate)));
    panel.lines.push(
        Line::of(fit("this year", 11, false), Role::Head)
            .and(format!("{} won, {} lost{rate}", text(report, "/won/count"), text(report, "/lost/count")), Role::Head)
            .opens(Place::List { resource: "opportunities", filter: "status:won".to_owned() }),
    );
    panel
}

/// A ratio with four decimals, such as 0.6315, as 63.2 %.
fn percent(ratio: &str) -> String {
    let tenths = minor(ratio).saturating_add(5) / 10;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Events of each of the last minutes, the newest last; none when none was heard.
fn events(app: &App) -> Vec<u64> {
    let (Some((first, _)), last) = (app.events.front(), app.now / 60_000) else { return Vec::new() };
    let minutes = (*first).max(last.saturating_sub(MINUTES).saturating_add(1))..=last;
    minutes.map(|minute| app.events.iter().find(|(at, _)| *at == minute).map_or(0, |(_, count)| *count)).collect()
}

/// The digits of an amount: all amounts of one report have the same number of places, so that they compare.
fn minor(amount: &str) -> i128 {
    amount.replace('.', "").parse().unwrap_or(0)
}

fn link(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Link".to_owned(), lines: Vec::new() };
    panel.lines.push(Line::of(format!("server   {}", clean(&app.scope.url)), Role::Plain).opens(Place::Health));
    let (state, role) = match &app.link {
        Link::Connecting => ("connecting".to_owned(), Role::Dim),
        Link::Live => (format!("live, answers in {}", latency(app.latency)), Role::Good),
        Link::Offline { why, .. } => (format!("offline: {why}"), Role::Bad),
    };
    panel.lines.push(Line::of(format!("state    {state}"), role));
    let recent: Vec<u64> = app.latencies.iter().copied().collect();
    if !recent.is_empty() {
        let shown: Vec<u64> = recent.iter().rev().take(columns.saturating_sub(22).min(60)).rev().copied().collect();
        panel.lines.push(
            Line::of(format!("latency  {} ", app.theme.spark(&shown)), Role::Head)
                .and(format!("last {}ms", recent.last().unwrap_or(&0)), Role::Dim)
                .opens(Place::Calls),
        );
    }
    let heard = events(app);
    if let Some(last) = heard.last() {
        let shown: Vec<u64> = heard.iter().rev().take(columns.saturating_sub(30)).rev().copied().collect();
        panel.lines.push(
            Line::of(format!("events   {} ", app.theme.spark(&shown)), Role::Head)
                .and(format!("{last} this minute"), Role::Dim)
                .opens(Place::List { resource: "events", filter: String::new() }),
        );
    }
    panel.lines.push(Line::of(format!("Counts stop at {COUNTED}; enter opens the list."), Role::Dim));
    panel
}

fn object(app: &App, name: &'static str, id: &str, columns: usize) -> Vec<Panel> {
    let asked = app.objects.get(id);
    if let Some(line) = waiting(asked) {
        return vec![Panel { title: format!("{name} {}", clean(id)), lines: vec![line] }];
    }
    let Some(Asked::Have(value, _)) = asked else { return Vec::new() };
    let mut panels = vec![Panel { title: title(value), lines: describe(app, value, columns) }];
    if name == "tenants" {
        panels.push(usage(app, id, value, columns));
    }
    panels
}

/// What an object is called: its number, name or title, else its id.
pub fn title(value: &Value) -> String {
    let named = ["number", "name", "title", "code", "slug", "description"].iter().find_map(|field| value.get(field).filter(|found| found.is_string()));
    let kind = value.get("object").map(plain).unwrap_or_default();
    format!("{kind} {}", named.or_else(|| value.get("id")).map(plain).unwrap_or_default())
}

/// What is said first about an object; its tables follow, then everything else.
const FIRST: &[&str] = &[
    "number",
    "name",
    "title",
    "code",
    "slug",
    "description",
    "status",
    "payment_state",
    "allocation_state",
    "party_id",
    "company_id",
    "total_amount",
    "open_amount",
    "amount",
    "order_date",
    "invoice_date",
    "due_date",
    "payment_date",
    "reference",
];

/// An object, field by field; lists of objects as tables. What is not set is not shown.
pub fn describe(app: &App, value: &Value, columns: usize) -> Vec<Line> {
    let Value::Object(fields) = value else { return vec![Line::of(plain(value), Role::Plain)] };
    let mut lines: Vec<Line> =
        FIRST.iter().filter_map(|name| fields.get_key_value(*name)).filter_map(|(name, field)| described(app, name, field, value)).collect();
    let tables = fields
        .iter()
        .filter_map(|(name, field)| field.as_array().filter(|items| !items.is_empty() && items.iter().all(Value::is_object)).map(|items| (name, items)));
    for (name, items) in tables {
        lines.push(Line::default());
        lines.push(Line::of(format!("{} ({})", clean(name), items.len()), Role::Head));
        lines.extend(table(app, items, columns));
        lines.push(Line::default());
    }
    lines.extend(fields.iter().filter(|(name, _)| !FIRST.contains(&name.as_str())).filter_map(|(name, field)| described(app, name, field, value)));
    lines
}

fn described(app: &App, name: &str, field: &Value, object: &Value) -> Option<Line> {
    match field {
        Value::Null => None,
        _ if name == "object" => None,
        Value::Array(items) if items.is_empty() || items.iter().any(Value::is_object) => None,
        Value::Object(inner) if inner.is_empty() => None,
        Value::Object(inner) => {
            let text = inner.iter().map(|(key, value)| format!("{} {}", clean(key), plain(value))).collect::<Vec<_>>().join(", ");
            Some(labelled(name, &text, Role::Plain))
        }
        _ => Some(scalar(app, name, field, object)),
    }
}

fn labelled(name: &str, text: &str, role: Role) -> Line {
    let mut line = Line::of(fit(&clean(name), 22, false), Role::Dim).and(text, role);
    line.copy = Some(text.to_owned());
    line
}

fn scalar(app: &App, name: &str, field: &Value, object: &Value) -> Line {
    let text = plain(field);
    if name.ends_with("_at") {
        return labelled(name, &minute(&text), Role::Plain);
    }
    if name.ends_with("amount") || name.ends_with("value") {
        let currency = object.get("currency").map(plain).unwrap_or_default();
        return labelled(name, &format!("{text} {currency}"), Role::Head);
    }
    if matches!(name, "status" | "payment_state" | "allocation_state" | "active") {
        return labelled(name, &text, of_state(&text));
    }
    let Some(place) = place_of(&text) else { return labelled(name, &text, Role::Plain) };
    if name == "id" {
        return labelled(name, &text, Role::Plain);
    }
    let mut line = labelled(name, app.name_of(&text), Role::Link).opens(place);
    line.copy = Some(text);
    line
}

/// Where an id leads.
pub fn place_of(id: &str) -> Option<Place> {
    if id.starts_with("flw_") {
        return Some(Place::Flow(id.to_owned()));
    }
    let resource = resource::of_id(id)?;
    Some(Place::Object { resource: resource.name, id: id.to_owned() })
}

/// Objects as a table of their telling fields, as many as fit.
fn table(app: &App, items: &[Value], columns: usize) -> Vec<Line> {
    let telling = |name: &str| {
        let order = [
            "description",
            "product_id",
            "invoice_id",
            "kind",
            "type",
            "reason",
            "code",
            "name",
            "quantity",
            "ordered_quantity",
            "delivered_quantity",
            "invoiced_quantity",
        ];
        let later =
            ["unit", "unit_price", "discount_percent", "net_amount", "amount", "tax_amount", "due_date", "date", "debit", "credit", "account_code", "status"];
        order.iter().chain(&later).position(|known| *known == name)
    };
    let mut names: Vec<&String> = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|fields| fields.iter())
        .filter(|(_, value)| !value.is_object() && !value.is_array() && !value.is_null())
        .map(|(name, _)| name)
        .collect();
    names.sort_by_key(|name| (telling(name).unwrap_or(usize::MAX), (*name).clone()));
    names.dedup();
    names.retain(|name| name.as_str() != "id");
    let cell = |item: &Value, name: &str| {
        item.get(name)
            .map(|value| {
                let text = plain(value);
                app.name_of(&text).to_owned()
            })
            .unwrap_or_default()
    };
    let mut used: usize = 2;
    let mut shown = Vec::new();
    for name in names {
        let most = items.iter().map(|item| width(&cell(item, name))).max().unwrap_or(0).max(width(name)).min(28);
        if used.saturating_add(most).saturating_add(2) > columns {
            continue;
        }
        used = used.saturating_add(most).saturating_add(2);
        shown.push((name, most));
    }
    let right = |name: &str| {
        items.iter().all(|item| {
            item.get(name).is_none_or(|value| value.is_null() || plain(value).bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')))
        })
    };
    let mut lines = vec![Line::of(shown.iter().map(|(name, wide)| format!("  {}", fit(&clean(name), *wide, right(name)))).collect::<String>(), Role::Dim)];
    for item in items {
        let text: String = shown.iter().map(|(name, wide)| format!("  {}", fit(&cell(item, name), *wide, right(name)))).collect();
        let open = item.as_object().and_then(|fields| fields.iter().filter(|(name, _)| *name != "id").find_map(|(_, value)| place_of(value.as_str()?)));
        lines.push(Line { parts: vec![(text, Role::Plain)], open, copy: item.get("id").map(plain) });
    }
    lines
}

fn flow(app: &App, id: &str) -> Vec<Panel> {
    let asked = app.flows.get(id);
    if let Some(line) = waiting(asked) {
        return vec![Panel { title: format!("deal {}", clean(id)), lines: vec![line] }];
    }
    let Some(Asked::Have(story, _)) = asked else { return Vec::new() };
    let list = |name: &str| story.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut deal = Panel { title: format!("deal {}", clean(id)), lines: Vec::new() };
    let documents = list("documents");
    for (at, document) in documents.iter().enumerate() {
        let text = |name: &str| document.get(name).map(plain).unwrap_or_default();
        if at > 0 {
            deal.lines.push(Line::of(format!("  {}", app.theme.symbol("│", "|")), Role::Border));
        }
        let (status, amount) = (text("status"), format!("{} {}", text("amount"), text("currency")));
        let amount = if text("amount") == "-" { String::new() } else { amount };
        let mut line = Line::of(format!("  {} ", app.theme.symbol("●", "*")), of_state(&status))
            .and(fit(&text("type"), 15, false), Role::Head)
            .and(fit(&text("number"), 17, false), Role::Plain)
            .and(fit(&status, 14, false), of_state(&status))
            .and(fit(&amount, 18, true), Role::Plain)
            .and(format!("  {}", minute(&text("at"))), Role::Dim);
        line.open = place_of(&text("id"));
        line.copy = Some(text("id"));
        deal.lines.push(line);
    }
    match story.get("blocked_by") {
        Some(Value::Object(blocker)) => {
            let text = |name: &str| blocker.get(name).map(plain).unwrap_or_default();
            deal.lines.push(Line::default());
            let mut line = Line::of("  waits: ", Role::Bad).and(format!("{} ({}), since {}", text("reason"), text("type"), minute(&text("since"))), Role::Warn);
            line.open = place_of(&text("id"));
            deal.lines.push(line);
        }
        _ => deal.lines.push(Line::of("  nothing blocks it", Role::Dim)),
    }
    let mut waits = Panel { title: "Steps and waits".to_owned(), lines: Vec::new() };
    for step in list("steps") {
        let text = |name: &str| step.get(name).map(plain).unwrap_or_default();
        let waited = step.get("waited_seconds").and_then(Value::as_i64).unwrap_or(0);
        let role = if waited >= 86_400 { Role::Warn } else { Role::Plain };
        waits.lines.push(
            Line::of(format!("  {} {} ", fit(&text("from"), 24, false), app.theme.symbol("→", "->")), Role::Plain)
                .and(fit(&text("to"), 24, false), Role::Plain)
                .and(span(waited), role),
        );
    }
    vec![deal, waits]
}

fn health(app: &App) -> Vec<Panel> {
    let mut panels = Vec::new();
    if app.scope.platform {
        panels.push(platform(app, usize::from(app.size.0)));
    }
    for (title, name) in [("Service", "service"), ("Ledger", "ledger"), ("Audit chain", "audit")] {
        if app.scope.platform && name != "service" {
            continue;
        }
        let mut panel = Panel { title: title.to_owned(), lines: Vec::new() };
        match app.checks.get(name) {
            None if name != "service" => panel.lines.push(Line::of("Not checked yet. C checks it.", Role::Dim)),
            asked => match (waiting(asked), asked) {
                (Some(line), _) => panel.lines.push(line),
                (None, Some(Asked::Have(value, at))) => {
                    panel.lines.extend(checked(value));
                    panel.lines.push(Line::of(format!("seen {} ago", span(app.now.saturating_sub(*at) / 1_000)), Role::Dim));
                }
                (None, _) => {}
            },
        }
        panels.push(panel);
    }
    panels
}

fn checked(value: &Value) -> Vec<Line> {
    let mut lines = Vec::new();
    let Value::Object(fields) = value else { return lines };
    match fields.get("ok") {
        Some(Value::Bool(true)) => lines.push(Line::of("everything holds", Role::Good)),
        Some(_) => lines.push(Line::of("BROKEN", Role::Bad)),
        None => {}
    }
    for (name, field) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "ok" | "object" | "breaks")) {
        match field {
            Value::Object(inner) => lines.extend(inner.iter().map(|(key, count)| labelled(key, &plain(count), Role::Plain))),
            other => lines.push(labelled(name, &plain(other), Role::Plain)),
        }
    }
    for broken in fields.get("breaks").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| broken.get(name).map(plain).unwrap_or_default();
        lines.push(Line::of(format!("{} {}: {}", text("check"), text("subject"), text("detail")), Role::Bad));
    }
    lines
}

fn calls(app: &App) -> Vec<Panel> {
    let lines = app.calls.iter().rev().map(|logged| {
        let (outcome, role) = match &logged.outcome {
            None => ("…".to_owned(), Role::Dim),
            Some(Ok(())) => ("ok".to_owned(), Role::Good),
            Some(Err(text)) => (clean(text).into_owned(), Role::Bad),
        };
        let mut line = Line::of(format!("{}  ", clock(logged.at)), Role::Dim)
            .and(format!("{} ", clean(&logged.call.line())), Role::Plain)
            .and(fit(&format!("{}ms ", logged.ms), 8, true), Role::Dim)
            .and(outcome, role);
        line.copy = Some(logged.call.curl(&app.scope.url));
        line
    });
    vec![Panel { title: "Calls, newest first; c copies one as curl".to_owned(), lines: lines.collect() }]
}

fn notes(app: &App) -> Vec<Panel> {
    let lines = app.notes.iter().rev().map(|(at, text)| Line::of(format!("{}  ", clock(*at)), Role::Dim).and(clean(text).into_owned(), Role::Plain)).collect();
    vec![Panel { title: "Messages, newest first".to_owned(), lines }]
}

/// The time of day, in UTC.
pub fn clock(ms: i64) -> String {
    let text = causeway_value::Instant(ms.saturating_mul(1_000)).to_string();
    text.get(11..19).unwrap_or_default().to_owned()
}
