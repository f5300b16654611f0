//! Screens that are not lists, as panels of lines: the dashboard, an object, a deal, exceptions, health, the calls, the notes. Made from the model, drawn by the view.

mod dash;
mod flow;
mod health;
mod object;
mod platform;
mod queue;

pub use dash::dashboard;
pub use health::call;
pub use object::{changes, describe, glance, origin, place_of, title};
pub use platform::service;
pub use queue::queues;

use crate::model::{App, Asked};
use crate::route::Place;
use crate::text::clean;
use crate::theme::Role;

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
        Place::Dash => dash::panels(app, columns),
        Place::Object { resource, id } => object::panels(app, resource, id, columns),
        Place::Flow(id) => flow::panels(app, id, columns),
        Place::Exceptions => queues(app, columns),
        Place::Health => health::panels(app, columns),
        Place::Calls => health::calls(app),
        Place::Notes => health::notes(app),
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

/// The time of day, in UTC.
pub fn clock(ms: i64) -> String {
    let text = causeway_value::Instant(ms.saturating_mul(1_000)).to_string();
    text.get(11..19).unwrap_or_default().to_owned()
}
