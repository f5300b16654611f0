//! What the platform's administrator sees: how the whole service does, and what a tenant uses of what it may.

use super::object::labelled;
use super::{Line, Panel, waiting};
use crate::columns::{minute, plain};
use crate::model::{App, Asked};
use crate::text::{fit, span};
use crate::theme::Role;
use serde_json::Value;

/// How the whole service does.
pub fn service(app: &App, columns: usize) -> Panel {
    let mut panel = Panel { title: "Service".to_owned(), lines: Vec::new() };
    let asked = app.checks.get("platform");
    if let Some(line) = waiting(asked) {
        panel.lines.push(line);
        return panel;
    }
    let Some(Asked::Have(health, _)) = asked else { return panel };
    let text = |pointer: &str| health.pointer(pointer).map(plain).unwrap_or_default();
    let whole = |pointer: &str| health.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let micros = |pointer: &str| {
        health
            .pointer(pointer)
            .and_then(Value::as_u64)
            .map_or_else(|| "-".to_owned(), |micros| if micros < 1_000 { format!("{micros}us") } else { format!("{}ms", micros / 1_000) })
    };
    // Beside another panel there is room for what changes only.
    let narrow = columns < 60;
    let mut say = |name: &str, said: String, role: Role| panel.lines.push(labelled(name, &said, role));
    say("version", format!("{} on {}", text("/version"), text("/database")), Role::Plain);
    say("tenants", format!("{} active, {} suspended", text("/tenants_active"), text("/tenants_suspended")), Role::Plain);
    let late = whole("/jobs/oldest_due_seconds");
    let (waiting, running, due) = (text("/jobs/waiting"), text("/jobs/running"), text("/jobs/due"));
    let jobs = if narrow { format!("{waiting} wait, {running} run, {due} due") } else { format!("{waiting} waiting, {running} running, {due} due") };
    let jobs = match (late > 0, narrow) {
        (true, true) => format!("{due} due for {}", span(late)),
        (true, false) => format!("{jobs}, the oldest for {}", span(late)),
        (false, _) => jobs,
    };
    say("jobs", jobs, if late > 60 { Role::Warn } else { Role::Plain });
    let refused = whole("/refusals_last_hour");
    say("refused, last hour", refused.to_string(), if refused > 100 { Role::Warn } else { Role::Plain });
    let errors = whole("/traffic/server_errors");
    let since = minute(&text("/traffic/since"));
    let since = if narrow { since.get(5..).unwrap_or_default().to_owned() } else { since };
    say("requests", format!("{} since {since}", text("/traffic/requests")), Role::Plain);
    say("server errors", errors.to_string(), if errors > 0 { Role::Bad } else { Role::Plain });
    say("rate limited", text("/traffic/rate_limited"), Role::Plain);
    say("latency", format!("p50 {}, p95 {}", micros("/traffic/p50_micros"), micros("/traffic/p95_micros")), Role::Plain);
    say("streams", text("/traffic/streams"), Role::Plain);
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
pub(super) fn usage(app: &App, id: &str, tenant: &Value, columns: usize) -> Panel {
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
