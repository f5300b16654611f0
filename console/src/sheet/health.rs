//! Whether the service and its ledger are well, the calls that were made, and what was said.

use super::object::labelled;
use super::{Line, Panel, clock, platform, waiting};
use crate::columns::plain;
use crate::model::{App, Asked};
use crate::text::{clean, fit, span, wrap};
use crate::theme::Role;
use crate::verdict::{broken, verdict};
use serde_json::Value;

pub(super) fn panels(app: &App, columns: usize) -> Vec<Panel> {
    let mut panels = Vec::new();
    if app.scope.platform {
        panels.push(platform::service(app, usize::from(app.size.0)));
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
                    if name == "service" && !app.online() {
                        panel.lines.push(Line::of("OFFLINE: this is what it said before.", Role::Bad));
                    }
                    panel.lines.extend(checked(value, columns));
                    panel.lines.push(Line::of(format!("seen {} ago", span(app.now.saturating_sub(*at) / 1_000)), Role::Dim));
                }
                (None, _) => {}
            },
        }
        panels.push(panel);
    }
    panels
}

fn checked(value: &Value, columns: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let Value::Object(fields) = value else { return lines };
    // Whether the service answers is no check of the books.
    if fields.contains_key("ok") || fields.contains_key("breaks") {
        lines.push(Line::of(verdict(value), if broken(value).is_some() { Role::Bad } else { Role::Good }));
    }
    for (name, field) in fields.iter().filter(|(name, _)| !matches!(name.as_str(), "ok" | "object" | "breaks")) {
        match field {
            Value::Object(inner) => lines.extend(inner.iter().map(|(key, count)| labelled(key, &plain(count), Role::Plain))),
            other => lines.push(labelled(name, &plain(other), Role::Plain)),
        }
    }
    for broken in fields.get("breaks").and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| broken.get(name).map(plain).unwrap_or_default();
        let said = format!("{} {}: {}", text("check"), text("subject"), text("detail"));
        lines.extend(wrap(&said, columns).into_iter().map(|part| Line { copy: Some(said.clone()), ..Line::of(part, Role::Bad) }));
    }
    lines
}

pub(super) fn calls(app: &App) -> Vec<Panel> {
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

/// A call as it is read: what was asked with which body, what came of it, and the line for a shell.
pub fn call(logged: &crate::model::Logged, url: &str) -> Vec<String> {
    let outcome = match &logged.outcome {
        None => "no answer yet".to_owned(),
        Some(Ok(())) => format!("ok after {} ms", logged.ms),
        Some(Err(text)) => format!("{} after {} ms", clean(text), logged.ms),
    };
    let mut lines = vec![clean(&logged.call.line()).into_owned(), format!("at {} UTC: {outcome}", clock(logged.at))];
    lines.extend(logged.call.if_match.map(|version| format!("only when version {version} is current")));
    lines.extend(logged.call.key.as_ref().map(|key| format!("Idempotency-Key {key}: asked again with it, it is done once")));
    if let Some(body) = &logged.call.body {
        let text = serde_json::to_string_pretty(&crate::call::masked(body)).unwrap_or_default();
        lines.push(String::new());
        lines.extend(text.lines().map(|line| clean(line).into_owned()));
    }
    lines.extend([String::new(), logged.call.curl(url)]);
    lines
}

pub(super) fn notes(app: &App) -> Vec<Panel> {
    let lines = app.notes.iter().rev().map(|(at, text)| Line::of(format!("{}  ", clock(*at)), Role::Dim).and(clean(text).into_owned(), Role::Plain)).collect();
    vec![Panel { title: "Messages, newest first".to_owned(), lines }]
}
