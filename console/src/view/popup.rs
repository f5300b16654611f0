//! What lies above the screen.

use super::{highlight, inside, panel, put};
use crate::call::Call;
use crate::form::{Field, Takes};
use crate::line::Input;
use crate::model::{App, Choice, Does, Login, Popup};
use crate::resource;
use crate::text::{clean, cut, fit, width, wrap};
use crate::theme::Role;
use crate::update::{fitting, names_of};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

pub(super) fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    match app.popup.as_ref()? {
        Popup::Filter(_) | Popup::Pipe(_) => None,
        Popup::Choose { title, input, choices, cursor } => choose(app, buf, title, input, choices, *cursor),
        Popup::Deed(deed) => super::deed::draw(app, buf, deed),
        Popup::Secret { title, secrets, copied, .. } => {
            let several = secrets.len() > 1;
            let keep = if several { "Keep them now: they are not shown again." } else { "Keep it now: it is not shown again." };
            let mut lines = vec![(keep.to_owned(), Role::Plain), (String::new(), Role::Plain)];
            // All of it is seen: what does not fit in a line goes on in the next.
            let room = usize::from(buf.area.width.min(110)).saturating_sub(6);
            for (at, once) in secrets.iter().enumerate() {
                if several {
                    let done = if copied.contains(&at) { ", copied" } else { "" };
                    lines.push((format!("{} {}{done}:", at.saturating_add(1), clean(&once.name)), Role::Plain));
                }
                lines.extend(once.text.lines().flat_map(|line| wrap(&clean(line), room)).map(|line| (line, Role::Warn)));
                lines.push((String::new(), Role::Plain));
            }
            let keys = if several { "y copies the next of them, its number one of them; esc closes" } else { "y copies it; esc closes" };
            lines.push((keys.to_owned(), Role::Plain));
            if app.renewed.is_some() {
                lines.push(("This was the key of this console: g goes on with the new secret.".to_owned(), Role::Plain));
            }
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
            let area = text_area(buf.area);
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

/// Where a text is read.
fn text_area(whole: Rect) -> Rect {
    centred(whole, whole.width.saturating_sub(8).min(120), whole.height.saturating_sub(4))
}

/// Lines of a text that are seen at once.
pub fn text_rows(app: &App) -> usize {
    usize::from(inside(text_area(Rect::new(0, 0, app.size.0, app.size.1))).height)
}

pub(super) fn at(y: u16, row: usize) -> u16 {
    y.saturating_add(u16::try_from(row).unwrap_or(u16::MAX))
}

pub(super) fn centred(whole: Rect, columns: u16, rows: u16) -> Rect {
    let (columns, rows) = (columns.min(whole.width), rows.min(whole.height));
    Rect { x: whole.width.saturating_sub(columns) / 2, y: whole.height.saturating_sub(rows) / 2, width: columns, height: rows }
}

/// An empty box; gives the room in it.
pub(super) fn open(app: &App, buf: &mut Buffer, area: Rect, title: &str, below: &str) -> Rect {
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
    let area = centred(buf.area, u16::try_from(wide).unwrap_or(u16::MAX).clamp(40, 110), u16::try_from(lines.len().saturating_add(4)).unwrap_or(20));
    let inner = open(app, buf, area, title, "");
    for (row, (line, role)) in lines.iter().enumerate() {
        put(app, buf, inner.x.saturating_add(2), at(inner.y.saturating_add(1), row), inner.width.saturating_sub(3), line, *role);
    }
}

/// The box of a list to choose from: where, how many rows it shows, and the first.
fn chooser(whole: Rect, cursor: usize) -> (Rect, usize, usize) {
    let area = centred(whole, whole.width.saturating_sub(8).min(110), whole.height.saturating_sub(4).min(30));
    let rows = usize::from(inside(area).height).saturating_sub(4);
    (area, rows, cursor.saturating_add(1).saturating_sub(rows))
}

/// The choice at a place of the screen, among those that fit what is typed.
pub fn choice_at(app: &App, column: u16, row: u16) -> Option<usize> {
    let Some(Popup::Choose { input, choices, cursor, .. }) = &app.popup else { return None };
    let (area, rows, top) = chooser(Rect::new(0, 0, app.size.0, app.size.1), *cursor);
    let inner = inside(area);
    let offset = usize::from(row.checked_sub(inner.y.saturating_add(2))?);
    let at = top.saturating_add(offset);
    (inner.contains(Position { x: column, y: row }) && offset < rows && at < fitting(choices, input.value()).len()).then_some(at)
}

fn choose(app: &App, buf: &mut Buffer, title: &str, input: &Input, choices: &[Choice], cursor: usize) -> Option<Position> {
    let (area, rows, top) = chooser(buf.area, cursor);
    let shown = fitting(choices, input.value());
    let inner = open(app, buf, area, &format!("{title}   {} of {}", shown.len(), choices.len()), "enter run   ctrl-o run, stay   up earlier   esc close");
    let x = put(app, buf, inner.x.saturating_add(1), inner.y, 2, ": ", Role::Key);
    let typed = put_input(app, buf, Rect { x, y: inner.y, width: inner.right().saturating_sub(x), height: 1 }, input);
    if shown.is_empty() {
        let none = "Nothing fits. Try another word or fewer letters; what is done to a row is found in its room: go there, then m. A place such as orders?status:draft, or an id, is gone to with enter.";
        for (row, line) in wrap(none, usize::from(inner.width).saturating_sub(4)).iter().enumerate().take(rows) {
            put(app, buf, inner.x.saturating_add(2), at(inner.y.saturating_add(2), row), inner.width.saturating_sub(3), line, Role::Dim);
        }
    }
    // Names and keys take what they need, so that there is room for what they do.
    let longest = |text: fn(&Choice) -> &str, most| shown.iter().skip(top).take(rows).map(|choice| width(text(choice))).max().unwrap_or(0).clamp(1, most);
    // Rows of a field are all name.
    let rows_only = choices.iter().all(|choice| choice.about.is_empty() && choice.off.is_none());
    let most = if rows_only { usize::from(inner.width).saturating_sub(8) } else { 32 };
    let (names, keys) = (longest(|choice| &choice.name, most), longest(|choice| &choice.key, 12));
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
    Some(typed)
}

/// A line that is typed, as far as it has room around the text cursor; gives the place of that.
pub(super) fn put_input(app: &App, buf: &mut Buffer, area: Rect, input: &Input) -> Position {
    let text = clean(input.value());
    let (visible, typed) = window(&text, input.cursor(), usize::from(area.width.saturating_sub(1)));
    put(app, buf, area.x, area.y, area.width, visible, Role::Plain);
    Position { x: area.x.saturating_add(u16::try_from(typed).unwrap_or(0)), y: area.y }
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

/// The least columns of the names of fields.
const NAMES: usize = 16;

/// A field as it is called, with a sign when it must be filled in.
fn label(field: &Field) -> String {
    format!("{}{}", field.path, if field.required { " *" } else { "" })
}

/// The columns of the names of a form's fields: what the longest needs, as long as more is left for what is typed.
pub(super) fn label_columns(fields: &[Field], columns: u16) -> u16 {
    let longest = fields.iter().map(|field| width(&label(field))).max().unwrap_or(0).max(NAMES);
    u16::try_from(longest).unwrap_or(u16::MAX).min(columns.saturating_mul(9) / 20)
}

/// A name in exactly so many columns: its beginning says what it belongs to, its end tells it from its neighbours, and what is between them gives way.
fn fit_middle(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return fit(text, columns, false);
    }
    let head = cut(text, columns / 3);
    let room = columns.saturating_sub(width(&head)).saturating_sub(1);
    let starts = text.char_indices().map(|(at, _)| at);
    let tail = starts.filter_map(|at| text.get(at..)).find(|tail| width(tail) <= room).unwrap_or_default();
    fit(&format!("{head}~{tail}"), columns, false)
}

/// One field in one line; gives the place of the text cursor when it has it.
pub(super) fn draw_field(app: &App, buf: &mut Buffer, field: &Field, area: Rect, label_width: u16, focused: bool) -> Option<Position> {
    let wrong = !field.wrong.is_empty();
    let role = if wrong {
        Role::Bad
    } else if focused {
        Role::Key
    } else {
        Role::Dim
    };
    put(app, buf, area.x.saturating_sub(1), area.y, 1, if wrong { "!" } else { " " }, Role::Bad);
    put(app, buf, area.x, area.y, label_width, &fit_middle(&label(field), usize::from(label_width)), role);
    let x = area.x.saturating_add(label_width).saturating_add(1);
    // Who an id belongs to, as soon as it is known.
    let about = names_of(app, field.input.value()).unwrap_or_else(|| field.about());
    let about_width = u16::try_from(width(&about)).unwrap_or(u16::MAX).saturating_add(1).min(area.width / 3);
    let room = area.right().saturating_sub(x).saturating_sub(about_width).saturating_sub(2);
    let value = match field.takes {
        Takes::Secret => "*".repeat(field.input.value().chars().count()),
        // A line break is seen as one.
        _ => clean(&field.input.value().replace('\n', app.theme.symbol("⏎", "|"))).into_owned(),
    };
    let (visible, typed) = window(&value, field.input.cursor(), usize::from(room.saturating_sub(1)));
    put(app, buf, x, area.y, 1, "[", Role::Dim);
    put(app, buf, x.saturating_add(1), area.y, room, &fit(visible, usize::from(room), false), Role::Plain);
    put(app, buf, x.saturating_add(1).saturating_add(room), area.y, 1, "]", Role::Dim);
    put(app, buf, x.saturating_add(3).saturating_add(room), area.y, about_width, &about, Role::Dim);
    focused.then(|| Position { x: x.saturating_add(1).saturating_add(u16::try_from(typed).unwrap_or(0)), y: area.y })
}

/// What of a line is seen in so many columns when the text cursor stands before its character `cursor`, and the columns before the cursor.
/// Some characters take two columns and some none, so that neither bytes nor characters can be counted.
fn window(text: &str, cursor: usize, columns: usize) -> (&str, usize) {
    let at = text.char_indices().nth(cursor).map_or(text.len(), |(at, _)| at);
    let starts = text.char_indices().map(|(start, _)| start).take_while(|start| *start < at).chain([at]);
    let before = |start: usize| text.get(start..at).map_or(0, width);
    let start = starts.into_iter().find(|start| before(*start) <= columns).unwrap_or(at);
    (text.get(start..).unwrap_or_default(), before(start))
}

fn login(app: &App, buf: &mut Buffer, login: &Login) -> Option<Position> {
    let area = centred(buf.area, 70, 12);
    let title = if login.then.is_some() { "Prove again that it is you".to_owned() } else { format!("Sign in at {}", clean(&app.scope.url)) };
    let inner = open(app, buf, area, &title, "enter next, then sign in   esc cancel");
    let (x, room) = (inner.x.saturating_add(2), inner.width.saturating_sub(4));
    let mut cursor = None;
    let names = label_columns(&login.form.fields, room);
    for (row, field) in login.form.fields.iter().enumerate() {
        let here = draw_field(app, buf, field, Rect { x, y: at(inner.y.saturating_add(1), row), width: room, height: 1 }, names, row == login.focus);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_is_seen_at_both_ends() {
        assert_eq!(fit_middle("owner.name *", 14), "owner.name *  ");
        assert_eq!(fit_middle("document_rules.invoice_sale", 14), "docu~oice_sale");
        assert_eq!(fit_middle("日本語日本語", 6), "日~語 ");
    }

    #[test]
    fn the_end_of_a_long_line_is_seen_where_the_cursor_is_however_wide_its_letters_are() {
        assert_eq!(window("Borealis", 8, 20), ("Borealis", 8));
        assert_eq!(window("Borealis", 8, 4), ("alis", 4));
        assert_eq!(window("Borealis", 2, 4), ("Borealis", 2));
        assert_eq!(window("株式会社アクメ商事", 9, 6), ("メ商事", 6));
        assert_eq!(window("株式会社アクメ商事", 9, 7), ("メ商事", 6));
        assert_eq!(window("株式会社アクメ商事", 0, 6), ("株式会社アクメ商事", 0));
        assert_eq!(window("", 0, 0), ("", 0));
    }
}
