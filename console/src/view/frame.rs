//! The frame: scope and link above, tabs below them; where one is and which keys help at the foot.

use super::put;
use crate::keys::Act;
use crate::model::{App, Asked, Link, Popup};
use crate::resource::{self, Aim};
use crate::route::Place;
use crate::text::{clean, cut, fit, latency, span, width};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Behind a message that has no room: its key shows all of it.
const ALL: &str = "  ! reads it";

pub(super) fn head(app: &App, buf: &mut Buffer) {
    let scope = &app.scope;
    let columns = buf.area.width;
    let mut x = put(app, buf, 1, 0, columns, "Causeway", Role::Head).saturating_add(2);
    let badge = if scope.badge.is_empty() { &scope.profile } else { &scope.badge };
    let danger = badge.to_lowercase().contains("prod");
    x = put(app, buf, x, 0, columns, &clean(badge), if danger { Role::Bad } else { Role::Plain }).saturating_add(2);
    let company = scope.company.as_ref().map_or("all companies", |(_, name)| name.as_str());
    let who = if scope.platform {
        "platform, all tenants".to_owned()
    } else if scope.tenant.is_empty() {
        "no tenant yet".to_owned()
    } else {
        format!("{} / {company}", scope.tenant)
    };
    let (state, shown) = link(app);
    // A sandbox has a clock of its own: whoever looks at what is due there must see by which day.
    let state = match &app.day {
        // On a narrow terminal who one is comes first.
        Some(day) if columns >= 100 && *day != app.wall_day() => format!("day {}  {state}", clean(day)),
        _ => state,
    };
    let right = u16::try_from(width(&state)).unwrap_or(0).saturating_add(1);
    let room = columns.saturating_sub(x).saturating_sub(right).saturating_sub(3);
    let mode = match (app.suspended.is_some(), scope.read_only) {
        (true, _) => "[SUSPENDED]",
        (false, true) => "[RO]",
        (false, false) => "[RW]",
    };
    let wide = u16::try_from(mode.len()).unwrap_or(4);
    // A visitor is announced by the badge.
    let user = if scope.visiting {
        "platform".to_owned()
    } else if scope.platform {
        "administrator".to_owned()
    } else {
        cut(&clean(&scope.user), 20)
    };
    let text = format!("{}   {user} ", clean(&who));
    x = put(app, buf, x, 0, room.saturating_sub(wide).saturating_sub(1), &text, Role::Plain);
    // Never without a gap, however much was cut.
    let x = x.saturating_add(u16::from(buf.cell((x.saturating_sub(1), 0)).is_some_and(|cell| cell.symbol() != " ")));
    let role = match mode {
        "[RW]" => Role::Good,
        "[RO]" => Role::Warn,
        _ => Role::Bad,
    };
    put(app, buf, x, 0, wide, mode, role);
    put(app, buf, columns.saturating_sub(right), 0, right, &state, shown);
    if app.suspended.is_some() {
        // Where the tabs lead to is refused as well.
        put(app, buf, 1, 1, columns.saturating_sub(1), suspended(scope.visiting), Role::Bad);
        return;
    }
    for Tab { x, text, active, .. } in tabs(app) {
        put(app, buf, x, 1, columns.saturating_sub(x), &text, if active { Role::Head } else { Role::Plain });
    }
}

/// What the whole tenant is refused for, and what can be done.
pub const fn suspended(visiting: bool) -> &'static str {
    if visiting {
        "Suspended: all is refused. q goes back to the platform, x there resumes it."
    } else {
        "Suspended: all is refused. Its owner asks the operator. ctrl-r asks again."
    }
}

fn link(app: &App) -> (String, Role) {
    match &app.link {
        Link::Connecting => (format!("{} connecting", app.theme.symbol("○", "o")), Role::Dim),
        Link::Live if app.scope.refused => (format!("{} not signed in", app.theme.symbol("○", "o")), Role::Bad),
        Link::Live if app.unanswered().is_some() => {
            (format!("{} no answer for {}s", app.theme.symbol("○", "o"), app.unanswered().unwrap_or_default()), Role::Warn)
        }
        Link::Live => (format!("{} live {}", app.theme.symbol("●", "*"), latency(app.latency)), Role::Good),
        Link::Offline { since, tries, .. } => {
            let age = span(app.now.saturating_sub(*since) / 1_000);
            (format!("{} OFFLINE {age}, try {tries}", app.theme.symbol("○", "o")), Role::Bad)
        }
    }
}

/// A tab: its first column, its text, whether it is where one is, and where a click leads.
struct Tab {
    x: u16,
    text: String,
    active: bool,
    place: Option<Place>,
}

impl Tab {
    fn end(&self) -> u16 {
        self.x.saturating_add(u16::try_from(width(&self.text)).unwrap_or(u16::MAX))
    }
}

fn tabs(app: &App) -> Vec<Tab> {
    let gap = if app.size.0 < 100 { "" } else { " " };
    let here = app.place().clone();
    let mut tabs: Vec<Tab> = Vec::new();
    for (at, (name, place)) in app.tabs().into_iter().enumerate() {
        let whole = matches!(&place, Place::List { filter, .. } if filter.is_empty());
        let active = place == here || (whole && place.resource() == here.resource());
        let number = at.saturating_add(1);
        let text = if active { format!("[{number} {name}]{}", if gap.is_empty() { " " } else { "" }) } else { format!("{gap}{number} {name} ") };
        tabs.push(Tab { x: tabs.last().map_or(1, Tab::end), text, active, place: Some(place) });
    }
    if !tabs.iter().any(|tab| tab.active) {
        let name = match &here {
            Place::Flow(_) => "flow".to_owned(),
            place => place.resource().map_or_else(|| place.write(), str::to_owned),
        };
        let text = format!("[{name}]");
        // Where one is is told whole: the last numbers give way, which a sign says, and their keys work all the same.
        let latest = |text: &str| app.size.0.saturating_sub(u16::try_from(width(text)).unwrap_or(u16::MAX));
        let whole = tabs.last().is_none_or(|tab| tab.end() <= latest(&text));
        let text = if whole { text } else { format!("~ {text}") };
        tabs.retain(|tab| tab.end() <= latest(&text));
        tabs.push(Tab { x: tabs.last().map_or(1, Tab::end), text, active: true, place: None });
    }
    tabs
}

/// The place of the tab at a column.
pub fn tab_at(app: &App, column: u16) -> Option<Place> {
    tabs(app).into_iter().find(|tab| (tab.x..tab.end()).contains(&column))?.place
}

pub(super) fn foot(app: &App, buf: &mut Buffer) -> Option<Position> {
    let columns = buf.area.width;
    let y = buf.area.height.saturating_sub(2);
    let mut cursor = None;
    if let Some(Popup::Filter(input) | Popup::Pipe(input)) = &app.popup {
        let x = put(app, buf, 1, y, columns, if matches!(app.popup, Some(Popup::Pipe(_))) { "| " } else { "/" }, Role::Key);
        cursor = Some(super::popup::put_input(app, buf, Rect { x, y, width: columns.saturating_sub(x), height: 1 }, input));
    } else if let (true, Some((_, note))) = (app.noted, app.notes.back()) {
        let (note, room) = (clean(note), usize::from(columns.saturating_sub(2)));
        // What is cut says so, and where all of it is.
        let note = if width(&note) > room { format!("{}{ALL}", fit(&note, room.saturating_sub(ALL.len()), false)) } else { note.into_owned() };
        put(app, buf, 1, y, columns.saturating_sub(2), &note, Role::Warn);
    } else {
        let (text, room) = (breadcrumb(app), usize::from(columns.saturating_sub(2)));
        put(app, buf, 1, y, columns.saturating_sub(2), fit(&text, room, false).trim_end(), Role::Plain);
    }
    hints(app, buf);
    cursor
}

/// What a place is called: an object by its number, once it is known.
fn called(app: &App, place: &Place) -> String {
    match place {
        Place::Object { id, .. } => match app.objects.get(id) {
            Some(Asked::Have(value, _)) => crate::sheet::title(value),
            _ => place.write(),
        },
        _ => place.write(),
    }
}

/// When what is shown where there is no list was seen, in milliseconds since 1970.
fn seen(app: &App) -> Option<i64> {
    let asked = match app.place() {
        Place::Dash | Place::Exceptions => return Some(app.counted).filter(|at| *at > 0),
        Place::Object { id, .. } => app.objects.get(id),
        Place::Flow(id) => app.flows.get(id),
        _ => None,
    };
    if let Some(Asked::Have(_, at)) = asked { Some(*at).filter(|at| *at > 0) } else { None }
}

/// Where one is, in words.
pub fn breadcrumb(app: &App) -> String {
    let Some(list) = app.list() else {
        let mut text = app.way.iter().rev().take(3).rev().map(|spot| called(app, &spot.place)).collect::<Vec<_>>().join(" > ");
        if let Some(at) = seen(app).filter(|_| !app.online()) {
            text.push_str(&format!("  cached {} ago", span(app.now.saturating_sub(at) / 1_000)));
        }
        return text;
    };
    let mut text = list.resource.name.to_owned();
    if !list.text.is_empty() {
        text.push_str(&format!("  /{}", clean(&list.text)));
    }
    text.push_str(&format!("  ({}{})", list.counted(), if list.next.is_some() { "+" } else { "" }));
    // The log of events is the only list that may begin at its beginning.
    let usual = if list.resource.list.list.is_some() || list.resource.backwards.is_some() { "newest" } else { "oldest first" };
    let sort = list.sort.as_ref().map_or_else(|| usual.to_owned(), |(field, down)| format!("{field}{}", if *down { " down" } else { " up" }));
    text.push_str(&format!("  sort: {sort}"));
    if let Some(stale) = &list.stale {
        let what = if stale.further { "more was refused" } else { "stale" };
        text.push_str(&format!("  {what}: {}", clean(&stale.why)));
    }
    if !app.online() && list.fetched > 0 {
        text.push_str(&format!("  cached {} ago", span(app.now.saturating_sub(list.fetched) / 1_000)));
    }
    if !list.fresh.is_empty() {
        text.push_str(&format!("  {} new rows: n shows them", list.fresh.len()));
    }
    text
}

/// The actions of the hint line, what one needs first when one does not know the screen: where a narrow terminal ends, the rest is in the help.
const HINTED: [Act; 13] = [
    Act::Verify,
    Act::CopyCurl,
    Act::Open,
    Act::Verbs,
    Act::Filter,
    Act::New,
    Act::Edit,
    Act::Flow,
    Act::Back,
    Act::Sort,
    Act::Mark,
    Act::ExportCsv,
    Act::Copy,
];

/// What the keys do here: the verbs that fit the state first, then the actions with a hint.
pub fn hinted(app: &App) -> Vec<(String, &'static str)> {
    let mut hints = Vec::new();
    let state = app.state_here();
    if let Some(resource) = app.place().resource().and_then(resource::named) {
        for operation in resource.operations.iter().filter(|operation| operation.aim == Aim::One) {
            let fits = operation.off(state.as_deref()).is_none() && app.missing(operation).is_none() && state.is_some() != operation.hint.from.is_empty();
            if let (Some(key), true) = (operation.hint.key, fits) {
                hints.push((key.to_string(), operation.word));
            }
        }
    }
    // The deal goes on with another document where this one is done.
    let may = |next: &&crate::verbs::Next| resource::operation_of(next.makes.0, next.makes.1).is_some_and(|(_, operation)| app.missing(operation).is_none());
    if !hints.iter().any(|(key, _)| key == "c")
        && let Some(next) = app.next_first().filter(may)
    {
        hints.push(("c".to_owned(), next.word));
    }
    let mut actions: Vec<_> = crate::keys::ACTIONS.iter().filter(|action| !action.hint.is_empty() && app.makes_sense(action.at)).collect();
    actions.sort_by_key(|action| HINTED.iter().position(|act| *act == action.act).unwrap_or(HINTED.len()));
    for action in actions {
        let here = app.place().resource().and_then(resource::named);
        let exists = |word| here.and_then(|resource| resource.operation(word)).is_some_and(|operation| app.missing(operation).is_none());
        let possible = match action.act {
            Act::New => exists("new"),
            Act::Edit => exists("edit"),
            Act::Verbs => here.is_some_and(|resource| !resource.operations.is_empty()),
            Act::Flow => here.is_some_and(|resource| resource.in_flow),
            // At the root there is nowhere to go back to.
            Act::Back => app.way.len() > 1 || app.list().is_some_and(|list| !list.text.is_empty()),
            _ => true,
        };
        if possible && let Some(key) = app.keymap.keys(action).first() {
            hints.push(((*key).to_owned(), action.hint));
        }
    }
    hints
}

fn hints(app: &App, buf: &mut Buffer) {
    let y = buf.area.height.saturating_sub(1);
    // Whoever types a filter wants to know by what.
    if let (Some(Popup::Filter(_)), Some(list)) = (&app.popup, app.list()) {
        let end = put(app, buf, 1, y, buf.area.width, "fields ", Role::Key);
        let fields = list.resource.filters().join(" ");
        put(app, buf, end, y, buf.area.width.saturating_sub(end), &fit(&fields, usize::from(buf.area.width.saturating_sub(end)), false), Role::Plain);
        return;
    }
    if let Some(Popup::Pipe(_)) = &app.popup {
        let rows = app.pipes();
        let text = format!("{rows} {} as lines of JSON, to what you type: enter runs it in a shell   esc closes", if rows == 1 { "row" } else { "rows" });
        put(app, buf, 1, y, buf.area.width.saturating_sub(1), &text, Role::Plain);
        return;
    }
    let last = buf.area.width.saturating_sub(16);
    put(app, buf, last, y, 1, ":", Role::Key);
    put(app, buf, last.saturating_add(2), y, 4, "cmd", Role::Plain);
    put(app, buf, last.saturating_add(7), y, 1, "?", Role::Key);
    put(app, buf, last.saturating_add(9), y, 5, "help", Role::Plain);
    let mut x: u16 = 1;
    for (key, word) in hinted(app) {
        let needed = u16::try_from(width(&key).saturating_add(width(word)).saturating_add(3)).unwrap_or(u16::MAX);
        if x.saturating_add(needed) > last {
            break;
        }
        x = put(app, buf, x, y, last, &key, Role::Key).saturating_add(1);
        x = put(app, buf, x, y, last, word, Role::Plain).saturating_add(2);
    }
}
