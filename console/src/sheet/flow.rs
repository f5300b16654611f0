//! The story of a deal: its documents, what it waits for, and how long each step took.

use super::object::place_of;
use super::{Line, Panel, waiting};
use crate::columns::{minute, plain};
use crate::model::{App, Asked};
use crate::text::{clean, fit, span};
use crate::theme::{Role, of_state};
use serde_json::Value;

pub(super) fn panels(app: &App, id: &str, columns: usize) -> Vec<Panel> {
    let asked = app.flows.get(id);
    if let Some(line) = waiting(asked) {
        return vec![Panel { title: format!("deal {}", clean(id)), lines: vec![line] }];
    }
    let Some(Asked::Have(story, _)) = asked else { return Vec::new() };
    let list = |name: &str| story.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut deal = Panel { title: format!("deal {}", clean(id)), lines: Vec::new() };
    // On a narrow terminal everything gives way a little, so that the day is seen.
    let [kind, number, state, money] = if columns < 88 { [13, 15, 13, 17] } else { [15, 17, 14, 18] };
    let documents = list("documents");
    for (at, document) in documents.iter().enumerate() {
        let text = |name: &str| document.get(name).map(plain).unwrap_or_default();
        if at > 0 {
            deal.lines.push(Line::of(format!("  {}", app.theme.symbol("│", "|")), Role::Border));
        }
        let (status, amount) = (text("status"), format!("{} {}", text("amount"), text("currency")));
        let amount = if text("amount") == "-" { String::new() } else { amount };
        let mut line = Line::of(format!("  {} ", app.theme.symbol("●", "*")), of_state(&status))
            .and(fit(&text("type"), kind, false), Role::Head)
            .and(fit(&text("number"), number, false), Role::Plain)
            .and(fit(&status, state, false), of_state(&status))
            .and(fit(&amount, money, true), Role::Plain)
            .and(format!("  {}", if columns < 88 { text("at").chars().take(10).collect() } else { minute(&text("at")) }), Role::Dim);
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
    if waits.lines.is_empty() {
        waits.lines.push(Line::of("  No step was taken yet.", Role::Dim));
    }
    vec![deal, waits]
}
