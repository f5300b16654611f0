//! The box of something that is about to be done: what, with which fields, what would come of it, what came of it.
//!
//! How many go and how many do not is always seen. The objects are below, those that are refused first, and scroll.

use super::popup::{at, centred, draw_field, label_columns, open};
use super::{highlight, inside, put};
use crate::columns::{called, plain};
use crate::model::{App, Deed, Within};
use crate::resource::Aim;
use crate::text::{clean, fit, width, wrap};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde_json::Value;

/// Objects that are told one by one at most.
const TOLD: usize = 200;
/// Below this height (rows of the terminal) the box explains itself in few lines; the rest of it is behind the objects.
const LOW: u16 = 30;
/// Lines of what the field with the cursor means.
const MEANT: usize = 2;
/// Further lines of it for which room is kept.
const MOST_MEANT: usize = 6;
/// Lines of a short explanation.
const BRIEF: usize = 2;

type Said = Vec<(String, Role)>;

/// What stands in the box, and how much of it has room.
struct Parts {
    area: Rect,
    about: Vec<String>,
    fixed: Said,
    listed: Said,
    /// Rows of fields, and the first that is seen.
    fields: (usize, usize),
    /// Rows of the objects, and the first that is seen.
    rows: (usize, usize),
}

/// How far the objects scroll: the first line that is seen when the last one is, and the lines of a page.
pub fn deed_scroll(app: &App, deed: &Deed) -> (usize, usize) {
    let parts = parts(app, deed, Rect::new(0, 0, app.size.0, app.size.1));
    (parts.listed.len().saturating_sub(parts.rows.0), parts.rows.0.saturating_sub(1).max(1))
}

/// The place of the focus at a place of the screen: a field, the word to type, the button.
pub fn deed_at(app: &App, deed: &Deed, column: u16, row: u16) -> Option<usize> {
    let parts = parts(app, deed, Rect::new(0, 0, app.size.0, app.size.1));
    let inner = inside(parts.area);
    if !inner.contains(Position { x: column, y: row }) {
        return None;
    }
    let (shown, first) = parts.fields;
    let offset = usize::from(row.saturating_sub(inner.y)).checked_sub(parts.about.len().saturating_add(1));
    if let Some(offset) = offset.filter(|offset| *offset < shown) {
        return Some(first.saturating_add(offset));
    }
    let button = inner
        .x
        .saturating_add(2)
        .saturating_add(u16::try_from(deed.word().map_or(0, |word| width(&asked(&word)).saturating_add(word.len()).saturating_add(4))).unwrap_or(0));
    let end = button.saturating_add(u16::try_from(width(&label(deed))).unwrap_or(0));
    let last = row == inner.bottom().saturating_sub(1);
    match (last, deed.word()) {
        (true, _) if (button..end).contains(&column) => Some(deed.places().saturating_sub(1)),
        (true, Some(_)) if column < button => Some(deed.form.fields.len()),
        _ => None,
    }
}

/// What stands before the word to type.
fn asked(word: &str) -> String {
    format!("type {word} to enable: [")
}

fn parts(app: &App, deed: &Deed, whole: Rect) -> Parts {
    let wide = whole.width.saturating_sub(6).min(100);
    let room = usize::from(wide).saturating_sub(6);
    let many = deed.form.fields.len();
    let mut fixed = Said::new();
    let mut more = Said::new();
    let told = objects(app, deed);
    let tallied = tally(deed);
    // What has no room above goes on at once, when nothing else is told in between.
    let goes_on = told.is_empty() && tallied.is_empty();
    if many > 0 {
        // What the field with the cursor means; always as many lines, so that the box does not jump.
        let field = deed.form.fields.get(deed.focus);
        let wrong = field.map(|field| clean(&field.wrong).into_owned()).filter(|wrong| !wrong.is_empty());
        let role = if wrong.is_some() { Role::Bad } else { Role::Dim };
        let meaning = wrong.unwrap_or_else(|| field.map(|field| clean(&field.meaning).into_owned()).unwrap_or_default());
        let lines = wrap(&meaning, room);
        // What has no room here is read to its end below, where it scrolls.
        more = lines.iter().skip(MEANT).map(|line| (line.clone(), role)).collect();
        let mut lines: Vec<String> = lines.into_iter().chain([String::new(), String::new()]).take(MEANT).collect();
        if let (Some(last), false) = (lines.last_mut(), more.is_empty() || goes_on) {
            *last = fit(&format!("{last} {}", "~".repeat(room)), room, false);
        }
        fixed.extend(lines.into_iter().map(|line| (line, role)));
    }
    if !app.scope.key.is_empty() && deed.targets.contains(&app.scope.key) && ["RotateApiKey", "RevokeApiKey"].contains(&deed.operation.row.id) {
        fixed.insert(0, ("This is the key of this console: without it one has to sign in.".to_owned(), Role::Warn));
    }
    if let Some(draft) = &deed.draft {
        fixed.insert(0, (offered(draft, app.now), Role::Warn));
    }
    fixed.extend(tallied.into_iter().flat_map(|(text, role)| wrap(&clean(&text), room).into_iter().map(move |line| (line, role))));
    // What would come of it is more than what a field means.
    let mut listed: Said = told.into_iter().flat_map(|(text, role)| wrap(&clean(&text), room).into_iter().map(move |line| (line, role))).collect();
    if !listed.is_empty() && !more.is_empty() {
        listed.push((String::new(), Role::Plain));
    }
    listed.append(&mut more);
    let tenant = if app.scope.platform { "the platform".to_owned() } else { format!("tenant {}", app.scope.tenant) };
    let mut about = match &deed.within {
        Some(within) => vec![format!("{}: nothing is sent before the form itself is.", place(within))],
        None => wrap(&clean(&format!("On {tenant}: {}", deed.operation.row.summary)), room),
    };
    if (whole.height < LOW || deed.targets.len() > 1) && about.len() > BRIEF {
        let summary = deed.operation.row.summary;
        let first = summary.split_inclusive(". ").next().unwrap_or_default();
        let whole = std::mem::replace(&mut about, wrap(&clean(&format!("On {tenant}: {first}")), room));
        // What stands above is not told once more below.
        let rest = if about.len() > BRIEF { whole.into_iter().skip(BRIEF).collect() } else { wrap(summary.strip_prefix(first).unwrap_or_default(), room) };
        listed.extend(std::iter::once(String::new()).chain(rest).map(|line| (line, Role::Dim)));
        if about.len() > BRIEF {
            about.truncate(BRIEF);
            if let Some(last) = about.last_mut() {
                *last = fit(&format!("{last} {}", "~".repeat(room)), room, false);
            }
        }
    }
    // The border, the explanation and a blank, a blank below the fields, the line of the button.
    let gaps = about.len().saturating_add(4).saturating_add(usize::from(many > 0));
    // As high as for the field that says most, so that the box does not jump.
    let meanings = deed.form.fields.iter().map(|field| wrap(&field.meaning, room).len().saturating_sub(MEANT)).max().unwrap_or(0).min(MOST_MEANT);
    let wanted = many.saturating_add(fixed.len()).saturating_add(listed.len().max(meanings)).saturating_add(gaps).saturating_add(1);
    // The two last lines stay free: what was said is read there.
    let most = whole.height.saturating_sub(4).max(8);
    let area = centred(whole, wide, u16::try_from(wanted).unwrap_or(u16::MAX).clamp(8, most));
    let free = usize::from(area.height).saturating_sub(gaps);
    fixed.truncate(free.saturating_sub(usize::from(many > 0)));
    let left = free.saturating_sub(fixed.len());
    let fields = many.min(left.saturating_sub(listed.len().min(left / 3)).max(1)).min(left);
    let rows = left.saturating_sub(fields).min(listed.len());
    let first = deed.focus.min(many.saturating_sub(1)).saturating_add(1).saturating_sub(fields.max(1));
    // From the button one sees what is wrong, from the first such field on.
    let wrong = deed.form.fields.iter().position(|field| !field.wrong.is_empty()).filter(|_| deed.focus >= many);
    let first = wrong.map_or(first, |at| at.min(first));
    let top = deed.top.min(listed.len().saturating_sub(rows));
    Parts { area, about, fixed, listed, fields: (fields, first), rows: (rows, top) }
}

pub(super) fn draw(app: &App, buf: &mut Buffer, deed: &Deed) -> Option<Position> {
    let many = deed.form.fields.len();
    let parts = parts(app, deed, buf.area);
    let count = if deed.targets.len() > 1 { format!(" {} objects", deed.targets.len()) } else { String::new() };
    let title = match &deed.within {
        Some(within) => format!("{}: {}", deed.operation.called(deed.resource), place(within)),
        None => format!("{}{count}", deed.operation.called(deed.resource)),
    };
    let inner = open(app, buf, parts.area, &title, &keys(deed, &parts));
    let x = inner.x.saturating_add(2);
    let room = inner.width.saturating_sub(4);
    for (row, line) in parts.about.iter().enumerate() {
        put(app, buf, x, at(inner.y, row), room, line, Role::Plain);
    }
    let mut y = at(inner.y, parts.about.len().saturating_add(1));
    let mut cursor = None;
    let names = label_columns(&deed.form.fields, room);
    for (number, field) in deed.form.fields.iter().enumerate().skip(parts.fields.1).take(parts.fields.0) {
        let here = draw_field(app, buf, field, Rect { x, y, width: room, height: 1 }, names, number == deed.focus);
        cursor = cursor.or(here);
        y = y.saturating_add(1);
    }
    y = y.saturating_add(u16::from(many > 0));
    for (text, role) in parts.fixed.iter().chain(parts.listed.iter().skip(parts.rows.1).take(parts.rows.0)) {
        put(app, buf, x, y, room, text, *role);
        y = y.saturating_add(1);
    }
    let last = inner.bottom().saturating_sub(1);
    let mut at = x;
    if let Some(word) = deed.word() {
        at = put(app, buf, at, last, room, &asked(&word), Role::Warn);
        let typed = fit(deed.typed.value(), word.len(), false);
        if deed.focus == many {
            cursor = Some(Position { x: at.saturating_add(u16::try_from(width(deed.typed.before())).unwrap_or(0)), y: last });
        }
        at = put(app, buf, at, last, room, &format!("{typed}]   "), Role::Plain);
    }
    let label = label(deed);
    let role = if deed.operation.hint.hard { Role::Bad } else { Role::Good };
    let end = put(app, buf, at, last, inner.right().saturating_sub(at), &label, role);
    if deed.focus.saturating_add(1) == deed.places() {
        highlight(app, buf, Rect { x: at, y: last, width: end.saturating_sub(at), height: 1 }, last, Role::Selected);
    }
    super::lookup::draw(app, buf, deed, field_row(&parts, deed));
    // Nothing is typed before it is said what becomes of the draft.
    cursor.filter(|_| deed.draft.is_none())
}

/// Where the field with the cursor is: its row, and the columns within the box.
fn field_row(parts: &Parts, deed: &Deed) -> Option<Rect> {
    let inner = inside(parts.area);
    let (shown, first) = parts.fields;
    let offset = deed.focus.checked_sub(first).filter(|offset| *offset < shown)?;
    let y = at(at(inner.y, parts.about.len().saturating_add(1)), offset);
    Some(Rect { x: inner.x.saturating_add(2), y, width: inner.width.saturating_sub(4), height: 1 })
}

/// The one of what was found by name at a place of the screen.
pub fn hit_at(app: &App, deed: &Deed, column: u16, row: u16) -> Option<usize> {
    let whole = Rect::new(0, 0, app.size.0, app.size.1);
    super::lookup::hit_at(deed, whole, field_row(&parts(app, deed, whole), deed)?, column, row)
}

/// Which row of which list.
fn place(within: &Within) -> String {
    within.at.map_or_else(|| format!("a new row of {}", within.path), |at| format!("row {} of {}", at.saturating_add(1), within.path))
}

fn label(deed: &Deed) -> String {
    if deed.within.is_some() {
        return "[ put it in ]".to_owned();
    }
    if deed.batch.is_some() { "running …".to_owned() } else { format!("[ {} ]", deed.operation.word) }
}

/// What the keys do, and what of the box is seen.
fn keys(deed: &Deed, parts: &Parts) -> String {
    if deed.draft.is_some() {
        return "enter goes on with the draft   esc drops it".to_owned();
    }
    let many = deed.form.fields.len();
    let fields = if many > 0 { "tab next   ctrl-s button   " } else { "" };
    let ahead = if deed.operation.foresees() { "ctrl-r dry run   " } else { "" };
    let (rows, top) = parts.rows;
    let lines = parts.listed.len();
    let scroll = if rows < lines { format!("pgdn {}-{}/{lines}   ", top.saturating_add(1), top.saturating_add(rows)) } else { String::new() };
    let place = if deed.focus < many { format!("   {} of {many}", deed.focus.saturating_add(1)) } else { String::new() };
    format!("{fields}{ahead}{scroll}esc close{place}")
}

/// What is said of a draft that is offered.
pub fn offered(draft: &crate::store::Draft, now: i64) -> String {
    format!("draft from {}: enter to go on, esc to drop", when(draft.at, now))
}

/// When something was, in UTC: the time of a day, with its day where that is another one than now.
fn when(at: i64, now: i64) -> String {
    let text = |ms: i64| causeway_value::Instant(ms.saturating_mul(1_000)).to_string();
    let (then, now) = (text(at), text(now));
    let minute = crate::columns::minute(&then);
    if then.get(..10) == now.get(..10) { minute.get(11..).unwrap_or_default().to_owned() } else { minute }
}

/// How many would go and how many not, or how many went; and what is wrong. This is always seen.
fn tally(deed: &Deed) -> Said {
    let mut said = Said::new();
    let refused = deed.results.values().filter_map(|result| result.as_ref().err());
    let open = refused.clone().filter(|failure| failure.leaves_open()).count();
    let refused = refused.count().saturating_sub(open);
    let done = deed.results.values().filter(|result| result.is_ok()).count();
    let unknown = if open > 0 { format!(", {open} may have been done") } else { String::new() };
    let many = deed.results.len() > 1 || deed.targets.len() > 1;
    if deed.batch.is_some() {
        if many {
            let left = deed.targets.len().saturating_sub(deed.results.len());
            said.push((format!("{done} done, {refused} refused{unknown}, {left} to go."), Role::Link));
        }
    } else if !deed.results.is_empty() {
        if many {
            let rest = if refused.saturating_add(open) > 0 { "; the refused stay marked, and enter tries only them again" } else { "" };
            said.push((format!("{done} done, {refused} refused{unknown}{rest}."), Role::Link));
        }
    } else if !deed.preview.is_empty() {
        let bad = deed.preview.values().filter(|result| result.is_err()).count();
        let asked =
            if deed.targets.len() > deed.preview.len() { format!("Dry run of {} of {}", deed.preview.len(), deed.targets.len()) } else { "Dry run".to_owned() };
        said.push((format!("{asked}: {} ok, {bad} refused. Nothing is written yet.", deed.preview.len().saturating_sub(bad)), Role::Link));
    } else if deed.operation.foresees() {
        said.push(("Dry run follows when the fields are filled (ctrl-r).".to_owned(), Role::Dim));
    }
    // Of several each says itself why it was refused.
    let each = deed.results.len() > 1 && deed.results.values().any(Result::is_err);
    said.extend(deed.wrong.iter().filter(|_| !each).map(|wrong| (wrong.clone(), Role::Bad)));
    if deed.overtaken {
        said.push(("Somebody else changed it meanwhile. ctrl-r loads it as it stands; what you typed stays.".to_owned(), Role::Link));
    }
    if !deed.changed.is_empty() {
        said.push((format!("Changed by others: {}.", deed.changed.join("; ")), Role::Warn));
    }
    if deed.unseen > 0 {
        let text =
            format!("{} of {} marked are not in view: hidden by the filter, or not loaded. esc twice clears the marks.", deed.unseen, deed.targets.len());
        said.push((text, Role::Warn));
    }
    if deed.operation.locks_out() {
        said.push(("Everybody of it is locked out at once, people and programs, until it is resumed.".to_owned(), Role::Warn));
    }
    if deed.operation.hint.hard && deed.operation.hint.inverse.is_none() {
        said.push(("Hard to take back.".to_owned(), Role::Warn));
    } else if deed.operation.hint.inverse.is_some() || deed.operation.aim == Aim::Edit {
        said.push(("u takes it back.".to_owned(), Role::Dim));
    }
    said
}

/// Object by object what would come of it or what came of it: first what is refused, then what was not done yet, then what was.
fn objects(app: &App, deed: &Deed) -> Said {
    let several = deed.results.len() > 1;
    let told = |id: &str| {
        let known = deed.before.get(id);
        let name = known.and_then(called).unwrap_or(if id.is_empty() { deed.resource } else { id });
        let facts: Vec<String> = known.map(|known| crate::sheet::origin(app, known).into_iter().chain(facts(known)).collect()).unwrap_or_default();
        match (deed.results.get(id).filter(|_| several), deed.preview.get(id)) {
            (Some(Ok(())), _) => (2, format!("{name}: done"), Role::Good),
            (Some(Err(failure)), _) => (0, format!("{name}: refused: {}", failure.again()), Role::Bad),
            (None, Some(Err(why))) => (0, format!("{name}: refused: {why}"), Role::Bad),
            (None, Some(Ok(changes))) => {
                let told: Vec<_> = facts.iter().chain(changes).map(String::as_str).collect();
                (1, format!("{name}: {}", if told.is_empty() { "no visible change".to_owned() } else { told.join("; ") }), Role::Plain)
            }
            (None, None) if facts.is_empty() => (1, name.to_owned(), Role::Plain),
            (None, None) => (1, format!("{name}: {}", facts.join("; ")), Role::Plain),
        }
    };
    let gone = deed.results.keys().filter(|id| several && !deed.targets.contains(id));
    // What is new has no id yet, and what would come of it all the same.
    let new = deed.preview.get_key_value("").map(|(id, _)| id).filter(|_| deed.targets.is_empty() && deed.results.is_empty());
    let mut said: Vec<_> = deed.targets.iter().chain(gone).filter(|id| !id.is_empty()).chain(new).map(|id| told(id)).collect();
    // A stable sort: the order within is that of the marks.
    said.sort_by_key(|(order, ..)| *order);
    let rest = said.len().saturating_sub(TOLD);
    let mut said: Said = said.into_iter().take(TOLD).map(|(_, text, role)| (text, role)).collect();
    if rest > 0 {
        said.push((format!("and {rest} more"), Role::Dim));
    }
    said
}

/// What weighs in a decision besides what changes: the amount, the margin, and why somebody is asked.
fn facts(object: &Value) -> Vec<String> {
    let text = |name: &str| object.get(name).filter(|value| value.is_string()).map(plain);
    let mut facts = Vec::new();
    facts.extend(text("total_amount").map(|amount| format!("{amount} {}", text("currency").unwrap_or_default())));
    facts.extend(text("margin_percent").map(|margin| format!("margin {margin} %")));
    let reasons = object.get("approval_reasons").and_then(Value::as_array).into_iter().flatten();
    facts.extend(reasons.filter_map(|reason| reason.get("because")).map(plain));
    facts
}
