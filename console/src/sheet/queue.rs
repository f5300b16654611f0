//! Exceptions: what went wrong or stands still, queue by queue, and what the checks of the books say.

use super::object::place_of;
use super::{Line, Panel};
use crate::model::{App, Asked, Counted, Gauge, Heed};
use crate::route::Place;
use crate::text::{clean, fit, wrap};
use crate::theme::Role;
use crate::verdict::{broken, verdict};

/// Columns of a row besides the reason: number, customer and amount, each with a gap.
const BESIDES: usize = 18 + 19 + 17;
/// Columns of the day, where there is room for it.
const DAY: usize = 12;

/// The queues of exceptions.
pub fn queues(app: &App, columns: usize) -> Vec<Panel> {
    let mut panels = Vec::new();
    let mut clear = Vec::new();
    for (at, gauge) in app.gauges().iter().enumerate().filter(|(_, gauge)| gauge.heed == Heed::Exception) {
        match app.counts.get(&at) {
            Some(Ok(counted)) if counted.count == 0 => clear.push(gauge.label.to_lowercase()),
            counted => panels.push(queue(app, gauge, counted, columns)),
        }
    }
    panels.push(findings(app));
    if !clear.is_empty() {
        let lines = wrap(&format!("No {}.", clear.join(", no ")), columns).into_iter().map(|line| Line::of(line, Role::Good)).collect();
        panels.push(Panel { title: "Nothing waits here".to_owned(), lines });
    }
    panels
}

fn queue(app: &App, gauge: &Gauge, counted: Option<&Result<Counted, String>>, columns: usize) -> Panel {
    let mut panel = Panel { title: gauge.label.to_owned(), lines: Vec::new() };
    match counted {
        None => panel.lines.push(Line::of("Looking …", Role::Dim)),
        Some(Err(text)) => panel.lines.push(Line::of(clean(text).into_owned(), Role::Dim)),
        Some(Ok(counted)) => {
            panel.title = format!("{}  {}", gauge.label, counted.text());
            let day = if columns >= 90 { DAY } else { 0 };
            panel.lines.extend(counted.first.iter().map(|row| {
                let mut line = Line::of(fit(&row.name, 18, false), Role::Plain)
                    .and(format!("{} ", fit(app.name_of(&row.party), 18, false)), Role::Plain)
                    .and(fit(&row.why, columns.saturating_sub(BESIDES).saturating_sub(day).max(12), false), Role::Warn)
                    .and(fit(&row.amount, 17, true), Role::Plain)
                    .and(fit(&format!("  {}", row.since), day, false), Role::Dim);
                (line.open, line.copy) = (place_of(&row.id), Some(row.id.clone()));
                line
            }));
            let rest = counted.count.saturating_sub(counted.first.len());
            let more = match (rest, counted.more) {
                (0, false) => "open the list, to act on several".to_owned(),
                (rest, more) => format!("open the list: {rest}{} more", if more { "+" } else { "" }),
            };
            panel.lines.push(Line::of(more, Role::Link).opens(gauge.place()));
        }
    }
    panel
}

/// What the last checks of ledger and audit chain found.
fn findings(app: &App) -> Panel {
    let mut panel = Panel { title: "Findings of the checks".to_owned(), lines: Vec::new() };
    for (title, name) in [("ledger", "ledger"), ("audit chain", "audit")] {
        let (said, role) = match app.checks.get(name) {
            None => ("not checked yet: C checks it".to_owned(), Role::Dim),
            Some(Asked::Loading) => ("checking …".to_owned(), Role::Dim),
            Some(Asked::Failed(text)) => (clean(text).into_owned(), Role::Bad),
            Some(Asked::Have(found, _)) => (verdict(found), if broken(found).is_some() { Role::Bad } else { Role::Good }),
        };
        panel.lines.push(Line::of(fit(title, 18, false), Role::Plain).and(said, role).opens(Place::Health));
    }
    panel
}
