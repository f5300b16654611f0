//! The dashboard: what needs a look, the pipeline, work under way, what customers owe, and the link.

use super::{Line, Panel, waiting};
use crate::columns::plain;
use crate::model::{App, Asked, COUNTED, Counted, Heed, Link, NOT_PERMITTED};
use crate::route::Place;
use crate::text::{clean, fit, latency};
use crate::theme::Role;
use crate::update::MINUTES;
use causeway_value::Day;
use serde_json::Value;

pub(super) fn panels(app: &App, columns: usize) -> Vec<Panel> {
    let mut panels = dashboard(app, columns);
    panels.push(link(app, half(columns)));
    panels
}

/// Panels stand beside each other where there is room.
const fn half(columns: usize) -> usize {
    if columns >= 96 { columns / 2 } else { columns }
}

/// The dashboard without what only a console on the screen has, its link.
pub fn dashboard(app: &App, columns: usize) -> Vec<Panel> {
    let columns = half(columns);
    let mut panels = vec![attention(app)];
    if app.scope.platform {
        panels.extend([super::platform::service(app, columns), work(app, columns)]);
    } else {
        panels.extend([pipeline(app, columns), work(app, columns), aging(app, columns)]);
    }
    panels
}

/// What was counted; `None` until it is known.
fn counted(app: &App, at: usize) -> Option<&Counted> {
    app.counts.get(&at)?.as_ref().ok()
}

/// What somebody should look at: nothing that is well, so that the panel is empty on a good day.
fn attention(app: &App) -> Panel {
    let mut panel = Panel { title: "Needs attention".to_owned(), lines: Vec::new() };
    let gauges = || app.gauges().iter().enumerate().filter(|(_, gauge)| gauge.heed != Heed::Work);
    for (at, gauge) in gauges() {
        let Some(counted) = counted(app, at).filter(|counted| counted.count > 0) else { continue };
        let why = counted.first.first().map(|row| format!("  {} {}", row.name, row.why)).unwrap_or_default();
        let line = Line::of(fit(gauge.label, 23, false), Role::Warn).and(fit(&counted.text(), 6, true), Role::Warn).and(clean(&why).into_owned(), Role::Dim);
        panel.lines.push(line.opens(gauge.place()));
    }
    let refused = || gauges().filter_map(|(at, gauge)| Some((gauge, app.counts.get(&at)?.as_ref().err()?)));
    // What could not be counted is not well: it is not known.
    for (gauge, why) in refused().filter(|(_, why)| *why != NOT_PERMITTED) {
        let line = Line::of(fit(gauge.label, 23, false), Role::Bad).and(fit("?", 6, true), Role::Bad).and(format!("  {}", clean(why)), Role::Dim);
        panel.lines.push(line.opens(gauge.place()));
    }
    let hidden: Vec<_> = refused().filter(|(_, why)| *why == NOT_PERMITTED).map(|(gauge, _)| gauge.label.to_lowercase()).collect();
    if panel.lines.is_empty() {
        let waiting = gauges().any(|(at, _)| !app.counts.contains_key(&at));
        let all = hidden.len() >= gauges().count();
        panel.lines.push(match (waiting, all, hidden.is_empty()) {
            (true, ..) if app.suspended.is_some() => Line::of(format!("Nothing is told: {}.", crate::update::SUSPENDED), Role::Warn),
            (true, ..) => Line::of("Looking …", Role::Dim),
            (false, true, _) => Line::of("None of the queues may be read with this credential.", Role::Warn),
            (false, false, true) => Line::of("Nothing needs attention.", Role::Good),
            (false, false, false) => Line::of("Nothing needs attention in what may be read.", Role::Good),
        });
    }
    if !hidden.is_empty() {
        panel.lines.push(Line::of(format!("Not permitted: {}", hidden.join(", ")), Role::Dim));
    }
    panel
}

/// What is under way, with bars to one scale.
fn work(app: &App, columns: usize) -> Panel {
    let title = if app.scope.platform { "Tenants" } else { "Work under way" };
    let mut panel = Panel { title: title.to_owned(), lines: Vec::new() };
    let gauges = || app.gauges().iter().enumerate().filter(|(_, gauge)| gauge.heed == Heed::Work);
    let most = gauges().filter_map(|(at, _)| counted(app, at)).map(|counted| counted.count).max().unwrap_or(1);
    for (at, gauge) in gauges() {
        let label = Line::of(fit(gauge.label, 23, false), Role::Plain);
        let line = match app.counts.get(&at) {
            None => label.and("    …", Role::Dim),
            Some(Err(text)) => label.and(format!("    - {}", clean(text)), Role::Dim),
            Some(Ok(counted)) => {
                let bar = app.theme.bar(i128::try_from(counted.count).unwrap_or(0), i128::try_from(most).unwrap_or(1), columns.saturating_sub(34));
                label.and(fit(&counted.text(), 6, true), Role::Plain).and(format!("  {bar}"), Role::Head)
            }
        };
        panel.lines.push(line.opens(gauge.place()));
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
    let owed = format!("payment_state[in]:open,part_paid company_id:{}", text("company_id"));
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let buckets = list(report.get("buckets"));
    let amounts = list(report.get("totals").and_then(|totals| totals.get("amounts")));
    let total = report.get("totals").and_then(|totals| totals.get("total")).map(plain).unwrap_or_default();
    let whole = amounts.iter().map(|amount| minor(&plain(amount))).max().unwrap_or(1);
    for (bucket, amount) in buckets.iter().zip(&amounts) {
        let role = if plain(bucket) == "90+" { Role::Bad } else { Role::Plain };
        let bar = app.theme.bar(minor(&plain(amount)), whole, columns.saturating_sub(30));
        let line = Line::of(fit(&plain(bucket), 8, false), Role::Plain).and(fit(&plain(amount), 16, true), role).and(format!("  {bar}"), role);
        panel.lines.push(match due(&plain(bucket), text("as_of")) {
            Some(due) => line.opens(Place::List { resource: "invoices", filter: format!("{owed} {due}") }),
            None => line,
        });
    }
    panel
        .lines
        .push(Line::of(fit("total", 8, false), Role::Head).and(fit(&total, 16, true), Role::Head).opens(Place::List { resource: "invoices", filter: owed }));
    panel
}

/// The days on which what is in a bucket of the aging was due: `due_date>=2026-10-23 due_date<=2026-11-21` for `1-30`.
fn due(bucket: &str, as_of: &str) -> Option<String> {
    let today: Day = as_of.parse().ok()?;
    let before = |days: &str| Some(today.plus_days(days.parse::<i64>().ok()?.checked_neg()?).to_string());
    match (bucket, bucket.split_once('-'), bucket.strip_suffix('+')) {
        ("current", ..) => Some(format!("due_date>={as_of}")),
        (_, Some((from, to)), _) => Some(format!("due_date>={} due_date<={}", before(to)?, before(from)?)),
        (_, None, Some(more)) => Some(format!("due_date<{}", before(more)?)),
        _ => None,
    }
}

/// Open deals by stage, with bars to one scale, and how deals ended this year.
fn pipeline(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Pipeline".to_owned(), lines: Vec::new() };
    // Without a company there is no currency to tell it in: the reason is the one that the receivables tell, not the refusal of a question.
    let refused = matches!(&app.pipeline, Some(Asked::Failed(_))) && app.company().is_none() && app.aging.is_some();
    if let Some(line) = waiting(if refused { app.aging.as_ref() } else { app.pipeline.as_ref() }) {
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
