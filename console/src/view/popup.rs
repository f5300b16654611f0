//! What lies above the screen.

use super::{highlight, inside, panel, put};
use crate::call::Call;
use crate::columns::plain;
use crate::form::{Field, Takes};
use crate::model::{App, Choice, Deed, Does, Login, Popup};
use crate::resource;
use crate::text::{clean, fit, width, wrap};
use crate::theme::Role;
use crate::update::fitting;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::Value;

pub(super) fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    match app.popup.as_ref()? {
        Popup::Filter(_) => None,
        Popup::Choose { title, input, choices, cursor } => choose(app, buf, title, input, choices, *cursor),
        Popup::Deed(deed) => draw_deed(app, buf, deed),
        Popup::Secret { title, secret } => {
            let mut lines = vec![("Keep it now: it is not shown again.".to_owned(), Role::Plain), (String::new(), Role::Plain)];
            // All of it is seen: what does not fit in a line goes on in the next.
            let room = usize::from(buf.area.width.min(110)).saturating_sub(6);
            lines.extend(secret.lines().flat_map(|line| wrap(&clean(line), room)).map(|line| (line, Role::Warn)));
            lines.extend([String::new(), "y copies it; esc closes".to_owned()].map(|line| (line, Role::Plain)));
            message(app, buf, title, &lines);
            None
        }
        Popup::Login(open) => login(app, buf, open),
        Popup::Visit { tenant, key, until } => {
            let time = crate::columns::minute(until);
            let lines = [
                &format!("You may look into {} until {time} UTC, reading only.", clean(tenant)),
                "",
                key,
                "",
                "enter goes in   y copies the key   esc leaves it",
            ];
            let lines: Vec<_> = lines.iter().enumerate().map(|(row, line)| ((*line).to_owned(), if row == 2 { Role::Warn } else { Role::Plain })).collect();
            message(app, buf, "The tenant is open; it reads your reason in its trail", &lines);
            None
        }
        Popup::Text { title, lines, top } => {
            let area = centred(buf, buf.area.width.saturating_sub(8).min(120), buf.area.height.saturating_sub(4));
            let last = top.saturating_add(usize::from(area.height).saturating_sub(2)).min(lines.len());
            let below = format!("{}-{last} of {}   j k space scroll   y copy   esc close", top.saturating_add(1).min(last), lines.len());
            let inner = open(app, buf, area, &clean(title), &below);
            for (row, line) in lines.iter().skip(*top).take(usize::from(inner.height)).enumerate() {
                put(app, buf, inner.x.saturating_add(1), at(inner.y, row), inner.width.saturating_sub(2), line, Role::Plain);
            }
            None
        }
    }
}

fn at(y: u16, row: usize) -> u16 {
    y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX))
}

fn centred(buf: &Buffer, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(buf.area.width), rows.min(buf.area.height));
    Rect { x: buf.area.width.saturating_sub(columns) / 2, y: buf.area.height.saturating_sub(rows) / 2, width: columns, height: rows }
}

/// An empty box; gives the room in it.
fn open(app: &App, buf: &mut Buffer, area: Rect, title: &str, below: &str) -> Rect {
    for y in area.y..area.bottom() {
        for x in area.x..area.right() {
            if let Some(cell) = buf.cell_mut(Position { x, y }) {
                cell.reset();
            }
        }
    }
    panel(app, buf, area, title, &app.scope.badge, below, Role::Head);
    inside(area)
}

fn message(app: &App, buf: &mut Buffer, title: &str, lines: &[(String, Role)]) {
    let wide = lines.iter().map(|(line, _)| width(line)).max().unwrap_or(0).max(width(title)).saturating_add(6);
    let area = centred(buf, u16::try_from(wide).unwrap_or(u16::MAX).clamp(40, 110), u16::try_from(lines.len().saturating_add(4)).unwrap_or(20));
    let inner = open(app, buf, area, title, "");
    for (row, (line, role)) in lines.iter().enumerate() {
        put(app, buf, inner.x.saturating_add(2), at(inner.y.saturating_add(1), row), inner.width.saturating_sub(3), line, *role);
    }
}

fn choose(app: &App, buf: &mut Buffer, title: &str, input: &tui_input::Input, choices: &[Choice], cursor: usize) -> Option<Position> {
    let area = centred(buf, buf.area.width.saturating_sub(8).min(110), buf.area.height.saturating_sub(4).min(30));
    let shown = fitting(choices, input.value());
    let inner = open(app, buf, area, &format!("{title}   {} of {}", shown.len(), choices.len()), "enter run   esc close");
    let x = put(app, buf, inner.x.saturating_add(1), inner.y, 2, ": ", Role::Key);
    put(app, buf, x, inner.y, inner.right().saturating_sub(x), input.value(), Role::Plain);
    let rows = usize::from(inner.height).saturating_sub(4);
    let top = cursor.saturating_add(1).saturating_sub(rows);
    // Names and keys take what they need, so that there is room for what they do.
    let longest = |text: fn(&Choice) -> &str, most| shown.iter().skip(top).take(rows).map(|choice| width(text(choice))).max().unwrap_or(0).clamp(1, most);
    let (names, keys) = (longest(|choice| &choice.name, 32), longest(|choice| &choice.key, 12));
    for (row, choice) in shown.iter().skip(top).take(rows).enumerate() {
        let y = at(inner.y.saturating_add(2), row);
        let selected = row.saturating_add(top) == cursor;
        let role = if choice.off.is_some() { Role::Dim } else { Role::Plain };
        let about = choice.off.as_ref().map_or_else(|| choice.about.clone(), |why| format!("off: {why}"));
        put(app, buf, inner.x, y, 1, if selected { ">" } else { " " }, Role::Key);
        let room = inner.width.saturating_sub(2);
        let mut x = put(app, buf, inner.x.saturating_add(2), y, room, &fit(&clean(&choice.name), names, false), role);
        x = put(app, buf, x.saturating_add(1), y, inner.right().saturating_sub(x), &fit(&choice.key, keys, false), Role::Key).saturating_add(1);
        put(app, buf, x, y, inner.right().saturating_sub(x), &clean(&about), Role::Dim);
        if selected {
            highlight(app, buf, inner, y, Role::Selected);
        }
    }
    if let Some(choice) = shown.get(cursor) {
        let y = inner.bottom().saturating_sub(1);
        put(app, buf, inner.x.saturating_add(1), y, inner.width.saturating_sub(2), &preview(app, choice), Role::Link);
    }
    Some(Position { x: x.saturating_add(u16::try_from(input.visual_cursor()).unwrap_or(0)), y: inner.y })
}

/// The call that a choice makes.
fn preview(app: &App, choice: &Choice) -> String {
    match &choice.does {
        Does::Verb(name, word) => {
            let Some((_, operation)) = resource::operation_of(name, word) else { return String::new() };
            let targets = app.list().map(|list| list.targets().len()).filter(|count| *count > 1).map_or(String::new(), |count| format!("  {count} ids"));
            format!("{} {}{targets}  needs {}", operation.row.method.word(), operation.row.path, operation.row.permission)
        }
        Does::Go(place) => match place.resource().and_then(resource::named) {
            Some(resource) => Call::of(&resource.list, &[]).line(),
            None => place.write(),
        },
        _ => choice.about.clone(),
    }
}

fn draw_deed(app: &App, buf: &mut Buffer, deed: &Deed) -> Option<Position> {
    let fields = deed.form.fields.len();
    let wide = buf.area.width.saturating_sub(6).min(100);
    let room = usize::from(wide).saturating_sub(6);
    // What the field with the cursor means stands above what comes of it; always as many lines, so that the box does not jump.
    let mut said: Vec<(String, Role)> = Vec::new();
    if fields > 0 {
        let meaning = deed.form.fields.get(deed.focus).map(|field| clean(&field.meaning).into_owned()).unwrap_or_default();
        said.extend(wrap(&meaning, room).into_iter().chain([String::new(), String::new()]).take(2).map(|line| (line, Role::Dim)));
    }
    said.extend(consequences(deed, room));
    let tenant = if app.scope.platform { "the platform".to_owned() } else { format!("tenant {}", app.scope.tenant) };
    let about = wrap(&clean(&format!("On {tenant}: {}", deed.operation.row.summary)), room);
    let wanted = fields.saturating_add(said.len()).saturating_add(about.len()).saturating_add(7);
    let area = centred(buf, wide, u16::try_from(wanted).unwrap_or(u16::MAX).clamp(8, buf.area.height.saturating_sub(2)));
    let count = if deed.targets.len() > 1 { format!(" {} objects", deed.targets.len()) } else { String::new() };
    let title = format!("{}{count}", deed.operation.called(deed.resource));
    let keys = if fields > 0 { "tab next   ctrl-s button   " } else { "" };
    let keys = format!("{keys}{}esc cancel", if deed.operation.foresees() { "ctrl-r dry run   " } else { "" });
    let place = if deed.focus < fields { format!("   {} of {fields}", deed.focus.saturating_add(1)) } else { String::new() };
    let inner = open(app, buf, area, &title, &format!("{keys}{place}"));
    let x = inner.x.saturating_add(2);
    let room = inner.width.saturating_sub(4);
    for (row, line) in about.iter().enumerate() {
        put(app, buf, x, at(inner.y, row), room, line, Role::Plain);
    }
    let above = about.len().saturating_add(1);
    let rows = usize::from(inner.height).saturating_sub(above.saturating_add(2)).saturating_sub(said.len().min(usize::from(inner.height) / 2));
    let top = deed.focus.min(fields.saturating_sub(1)).saturating_add(1).saturating_sub(rows.max(1));
    let mut y = at(inner.y, above);
    let mut cursor = None;
    for (number, field) in deed.form.fields.iter().enumerate().skip(top).take(rows.max(1)) {
        let here = draw_field(app, buf, field, Rect { x, y, width: room, height: 1 }, number == deed.focus);
        cursor = cursor.or(here);
        y = y.saturating_add(1);
    }
    y = y.saturating_add(u16::from(fields > 0));
    let last = inner.bottom().saturating_sub(1);
    for (text, role) in &said {
        if y >= last {
            break;
        }
        put(app, buf, x, y, room, text, *role);
        y = y.saturating_add(1);
    }
    let mut at = x;
    if let Some(word) = deed.word() {
        at = put(app, buf, at, last, room, &format!("type {word} to enable: ["), Role::Warn);
        let typed = fit(deed.typed.value(), word.len(), false);
        if deed.focus == fields {
            cursor = Some(Position { x: at.saturating_add(u16::try_from(deed.typed.visual_cursor()).unwrap_or(0)), y: last });
        }
        at = put(app, buf, at, last, room, &format!("{typed}]   "), Role::Plain);
    }
    let on_button = deed.focus.saturating_add(1) == deed.places();
    let label = if deed.batch.is_some() { "running …".to_owned() } else { format!("[ {} ]", deed.operation.word) };
    let role = if deed.operation.hint.hard { Role::Bad } else { Role::Good };
    let end = put(app, buf, at, last, inner.right().saturating_sub(at), &label, role);
    if on_button {
        highlight(app, buf, Rect { x: at, y: last, width: end.saturating_sub(at), height: 1 }, last, Role::Selected);
    }
    cursor
}

/// What would come of it, what came of it, and what is wrong.
fn consequences(deed: &Deed, room: usize) -> Vec<(String, Role)> {
    let mut lines = Vec::new();
    let mut say = |text: &str, role: Role| lines.extend(wrap(&clean(text), room).into_iter().map(|line| (line, role)));
    let label = |id: &str| {
        let value = deed.before.get(id);
        let named = value.and_then(|value| ["number", "name", "title", "slug", "description"].iter().find_map(|field| value.get(field)?.as_str()));
        named.unwrap_or(id).to_owned()
    };
    for id in deed.targets.iter().take(6) {
        let name = label(id);
        match deed.preview.get(id) {
            Some(Ok(changes)) if changes.is_empty() => say(&format!("{name}: no visible change"), Role::Plain),
            Some(Ok(changes)) => say(&format!("{name}: {}", changes.join("; ")), Role::Plain),
            Some(Err(why)) => say(&format!("{name}: refused: {why}"), Role::Bad),
            None => say(&format!("{name}{}", deed.before.get(id).map(facts).unwrap_or_default()), Role::Plain),
        }
    }
    if deed.unseen > 0 {
        say(
            &format!("{} of {} marked are not in view: hidden by the filter, or not loaded. esc twice clears the marks.", deed.unseen, deed.targets.len()),
            Role::Warn,
        );
    }
    if deed.targets.len() > 6 {
        say(&format!("and {} more", deed.targets.len().saturating_sub(6)), Role::Dim);
    }
    if !deed.preview.is_empty() {
        let refused = deed.preview.values().filter(|result| result.is_err()).count();
        let asked =
            if deed.targets.len() > deed.preview.len() { format!("Dry run of {} of {}", deed.preview.len(), deed.targets.len()) } else { "Dry run".to_owned() };
        say(&format!("{asked}: {} ok, {refused} refused. Nothing is written yet.", deed.preview.len().saturating_sub(refused)), Role::Link);
    } else if deed.operation.foresees() {
        say("Dry run follows when the fields are filled (ctrl-r).", Role::Dim);
    }
    let back = if deed.operation.hint.inverse.is_some() || deed.operation.aim == resource::Aim::Edit { "u takes it back." } else { "" };
    let back = if deed.operation.hint.hard { "Hard to take back." } else { back };
    if !back.is_empty() {
        say(back, if deed.operation.hint.hard { Role::Warn } else { Role::Dim });
    }
    for (id, result) in &deed.results {
        match result {
            Ok(()) => say(&format!("{} done", label(id)), Role::Good),
            Err(failure) => say(&format!("{} {}", label(id), failure.again()), Role::Bad),
        }
    }
    if let Some(wrong) = deed.wrong.as_ref().filter(|_| deed.results.values().all(Result::is_ok)) {
        say(wrong, Role::Bad);
    }
    lines
}

/// What weighs in a decision whose result the service does not tell beforehand: the amount, and why somebody is asked.
fn facts(object: &Value) -> String {
    let text = |name: &str| object.get(name).filter(|value| value.is_string()).map(plain);
    let mut facts = Vec::new();
    facts.extend(text("total_amount").map(|amount| format!("{amount} {}", text("currency").unwrap_or_default())));
    facts.extend(text("margin_percent").map(|margin| format!("margin {margin} %")));
    let reasons = object.get("approval_reasons").and_then(Value::as_array).into_iter().flatten();
    facts.extend(reasons.filter_map(|reason| reason.get("because")).map(plain));
    if facts.is_empty() { String::new() } else { format!(": {}", facts.join("; ")) }
}

/// One field in one line; gives the place of the text cursor when it has it.
fn draw_field(app: &App, buf: &mut Buffer, field: &Field, area: Rect, focused: bool) -> Option<Position> {
    let label = format!("{}{}", field.path, if field.required { " *" } else { "" });
    let label_width = 24.min(area.width / 3);
    put(app, buf, area.x, area.y, label_width, &fit(&label, usize::from(label_width), false), if focused { Role::Key } else { Role::Dim });
    let x = area.x.saturating_add(label_width).saturating_add(1);
    // Who an id belongs to, as soon as it is known.
    let about = app.names.get(field.input.value()).cloned().unwrap_or_else(|| field.about());
    let about_width = u16::try_from(width(&about)).unwrap_or(u16::MAX).saturating_add(1).min(area.width / 3);
    let room = area.right().saturating_sub(x).saturating_sub(about_width).saturating_sub(2);
    let value = match field.takes {
        Takes::Secret => "*".repeat(field.input.value().chars().count()),
        _ => clean(field.input.value()).into_owned(),
    };
    let scroll = field.input.visual_scroll(usize::from(room.saturating_sub(1)));
    let visible: String = value.chars().skip(scroll).collect();
    put(app, buf, x, area.y, 1, "[", Role::Dim);
    put(app, buf, x.saturating_add(1), area.y, room, &fit(&visible, usize::from(room), false), Role::Plain);
    put(app, buf, x.saturating_add(1).saturating_add(room), area.y, 1, "]", Role::Dim);
    put(app, buf, x.saturating_add(3).saturating_add(room), area.y, about_width, &about, Role::Dim);
    focused
        .then(|| Position { x: x.saturating_add(1).saturating_add(u16::try_from(field.input.visual_cursor().saturating_sub(scroll)).unwrap_or(0)), y: area.y })
}

fn login(app: &App, buf: &mut Buffer, login: &Login) -> Option<Position> {
    let area = centred(buf, 70, 12);
    let title = if login.then.is_some() { "Prove again that it is you".to_owned() } else { format!("Sign in at {}", clean(&app.scope.url)) };
    let inner = open(app, buf, area, &title, "enter next, then sign in   esc cancel");
    let (x, room) = (inner.x.saturating_add(2), inner.width.saturating_sub(4));
    let mut cursor = None;
    for (row, field) in login.form.fields.iter().enumerate() {
        let here = draw_field(app, buf, field, Rect { x, y: at(inner.y.saturating_add(1), row), width: room, height: 1 }, row == login.focus);
        cursor = cursor.or(here);
    }
    let said = match (&login.wrong, &login.then) {
        (Some(wrong), _) => clean(wrong).into_owned(),
        (None, Some(_)) => "This change needs a sign-in of the last minutes. It is done right after.".to_owned(),
        (None, None) => "Or set CAUSEWAY_API_KEY, or name a profile with --profile.".to_owned(),
    };
    let y = at(inner.y.saturating_add(2), login.form.fields.len());
    for (row, line) in wrap(&said, usize::from(room)).iter().take(4).enumerate() {
        put(app, buf, x, at(y, row), room, line, if login.wrong.is_some() { Role::Bad } else { Role::Dim });
    }
    cursor
}
