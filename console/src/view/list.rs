//! A list: only the rows that are visible are built.

use super::{body, highlight, inside, panel, put};
use crate::columns::Kind;
use crate::list::{List, Stage, to_the_right};
use crate::model::App;
use crate::sheet::{self, Line};
use crate::text::{fit, fit_id, width, wrap};
use crate::theme::{Role, of_state};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::Value;

/// The columns before the first cell: cursor and mark.
const MARGIN: u16 = 3;

/// Where the list is; the rest of the body is the preview.
pub fn list_area(app: &App) -> Rect {
    let body = body(app);
    match (app.wide, app.size.0) {
        (false, 100..=139) if body.height >= 20 => Rect { height: body.height.saturating_mul(3) / 5, ..body },
        (false, 140..) => Rect { width: body.width.saturating_mul(3) / 5, ..body },
        _ => body,
    }
}

/// Whether there is room for a preview.
pub fn previews(app: &App) -> bool {
    preview_area(app).is_some()
}

fn preview_area(app: &App) -> Option<Rect> {
    let (body, list) = (body(app), list_area(app));
    if list.height < body.height {
        return Some(Rect { y: list.bottom(), height: body.height.saturating_sub(list.height), ..body });
    }
    (list.width < body.width).then(|| Rect { x: list.right(), width: body.width.saturating_sub(list.width), ..body })
}

/// The least columns in which the last one is shown.
const LEAST: u16 = 6;

/// The shown columns: which of the resource's, where, and how wide.
fn placed(app: &App, list: &List) -> Vec<(usize, u16, u16)> {
    let area = inside(list_area(app));
    let room = area.width.saturating_sub(MARGIN);
    let shown = list.shown(room, app.wide);
    let used: u16 = shown.iter().map(|(_, column)| column.width.saturating_add(1)).sum();
    // What is left goes to the widest texts, where names are cut first.
    let grows = shown.iter().filter(|(_, column)| matches!(column.kind, Kind::Text | Kind::Ref) && column.width >= 12).count().max(1);
    let extra = room.saturating_sub(used) / u16::try_from(grows).unwrap_or(1);
    let mut x = area.x.saturating_add(MARGIN);
    let mut placed = Vec::new();
    for (at, column) in shown {
        let grown = if matches!(column.kind, Kind::Text | Kind::Ref) && column.width >= 12 { column.width.saturating_add(extra.min(24)) } else { column.width };
        let grown = grown.min(area.right().saturating_sub(x));
        // Of a column that has no room, one letter says nothing.
        if grown < column.width.min(LEAST) && !placed.is_empty() {
            break;
        }
        placed.push((at, x, grown));
        x = x.saturating_add(grown).saturating_add(1);
        if x >= area.right() {
            break;
        }
    }
    placed
}

/// The field of the head at a column.
pub fn column_at(app: &App, column: u16) -> Option<&'static str> {
    let list = app.list()?;
    let (at, ..) = placed(app, list).into_iter().find(|(_, x, wide)| (*x..x.saturating_add(*wide)).contains(&column))?;
    list.resource.columns.get(at).map(|column| column.field)
}

pub(super) fn draw(app: &App, buf: &mut Buffer) {
    let Some(list) = app.list() else { return };
    let area = list_area(app);
    let at = if list.view.is_empty() { 0 } else { list.cursor.saturating_add(1) };
    let counted = format!("{at}/{}{}", list.view.len(), if list.next.is_some() { "+" } else { "" });
    let title = format!("{} {counted}", list.resource.name);
    let right = if !app.online() {
        "offline, cached"
    } else if app.suspended.is_some() {
        "suspended"
    } else if app.unanswered().is_some() {
        "no answer"
    } else if list.stale.is_some() {
        "stale"
    } else if list.stage == Stage::Loading || list.more {
        "loading"
    } else {
        "live"
    };
    let unseen = if list.unseen > 0 { format!(", {} not in view", list.unseen) } else { String::new() };
    let below = if list.marks.is_empty() { String::new() } else { format!("{} marked{unseen}: verbs and export act on them; esc clears", list.marks.len()) };
    panel(app, buf, area, &title, right, &below, Role::Head);
    // Where one is changes with every move, and is cheapest without a colour.
    let x = area.x.saturating_add(4).saturating_add(u16::try_from(width(list.resource.name)).unwrap_or(0));
    let counted = u16::try_from(width(&counted)).unwrap_or(0).min(area.right().saturating_sub(x));
    buf.set_style(Rect { x, y: area.y, width: counted, height: 1 }.intersection(buf.area), Style::reset());
    let inner = inside(area);
    let columns = placed(app, list);
    for (at, x, wide) in &columns {
        let Some(column) = list.resource.columns.get(*at) else { continue };
        let sorted = list.sort.as_ref().filter(|(field, _)| field == column.field).map_or("", |(_, down)| if *down { "v" } else { "^" });
        // The arrow is seen however narrow the column is.
        let head = crate::text::cut(column.head, usize::from(*wide).saturating_sub(sorted.len()));
        let text = fit(&format!("{head}{sorted}"), usize::from(*wide), to_the_right(column.kind));
        put(app, buf, *x, inner.y, *wide, &text, if *at == list.column { Role::Link } else { Role::Dim });
    }
    if list.view.is_empty() {
        empty(app, list, inner, buf);
    }
    for row in 0..inner.height.saturating_sub(1) {
        let y = inner.y.saturating_add(1).saturating_add(row);
        draw_row(app, list, list.top.saturating_add(usize::from(row)), &columns, inner, y, buf);
    }
    preview(app, list, buf);
}

fn draw_row(app: &App, list: &List, at: usize, columns: &[(usize, u16, u16)], inner: Rect, y: u16, buf: &mut Buffer) {
    let Some(record) = list.row(at) else { return };
    let (selected, marked) = (at == list.cursor, list.marks.contains(&record.id));
    // What the filter would not find any more stays until it is asked for anew, and is seen to be over.
    let gone = list.gone.contains(&record.id);
    put(app, buf, inner.x, y, 1, if selected { ">" } else { " " }, Role::Plain);
    // Without a mark there is nothing to colour: reversed, it would be a block of that colour.
    put(app, buf, inner.x.saturating_add(1), y, 1, if marked { "*" } else { " " }, if marked { Role::Warn } else { Role::Plain });
    for (at, x, wide) in columns {
        let (Some(column), Some(cell)) = (list.resource.columns.get(*at), record.cell(*at)) else { continue };
        let text: &str = if column.kind == Kind::Ref { app.name_of(cell) } else { cell };
        let role = match column.kind {
            // One style for the row under the cursor: its words say the state, and moving costs fewer bytes.
            _ if selected => Role::Plain,
            _ if gone => Role::Dim,
            Kind::State => of_state(text),
            Kind::Time => Role::Dim,
            _ if marked => Role::Marked,
            _ => Role::Plain,
        };
        // What has no name that is known is told by the end of its id.
        let id = column.kind == Kind::Ref && std::ptr::eq(text, cell) && cell.contains('_');
        let text = if id { fit_id(text, usize::from(*wide)) } else { fit(text, usize::from(*wide), to_the_right(column.kind)) };
        put(app, buf, *x, y, *wide, &text, role);
    }
    if selected {
        highlight(app, buf, inner, y, Role::Selected);
    }
}

/// What a list without rows says: why, and what to do.
fn empty(app: &App, list: &List, inner: Rect, buf: &mut Buffer) {
    let (text, role) = match &list.stage {
        Stage::New | Stage::Loading if app.online() => ("Loading …".to_owned(), Role::Dim),
        Stage::New | Stage::Loading => ("Offline, and nothing of this list is cached. It loads when the server is there again.".to_owned(), Role::Warn),
        Stage::Failed(text) => (format!("{text}  ctrl-r tries again."), Role::Bad),
        Stage::Denied(text) => (format!("Not permitted: {text}"), Role::Bad),
        // What was asked for is not understood: that nothing matches would be false.
        Stage::Ready if list.filter.unknown(list.resource).is_some() => (list.filter.unknown(list.resource).unwrap_or_default(), Role::Bad),
        Stage::Ready if !list.text.is_empty() && (list.more || list.next.is_some()) => {
            (format!("Nothing of the first {} rows matches {:?}; looking further …", list.records.len(), list.text), Role::Dim)
        }
        Stage::Ready if !list.text.is_empty() => (format!("Nothing matches {:?}. esc clears the filter.", list.text), Role::Dim),
        Stage::Ready if list.resource.operation("new").is_some_and(|new| app.missing(new).is_none()) => {
            (format!("No {} yet. + makes the first.", list.resource.name), Role::Dim)
        }
        Stage::Ready => (format!("No {} yet.", list.resource.name), Role::Dim),
    };
    for (row, line) in wrap(&crate::text::clean(&text), usize::from(inner.width).saturating_sub(6)).iter().enumerate() {
        let y = inner.y.saturating_add(2).saturating_add(u16::try_from(row).unwrap_or(0));
        if y < inner.bottom() {
            put(app, buf, inner.x.saturating_add(MARGIN), y, inner.width.saturating_sub(MARGIN), line, role);
        }
    }
}

fn preview(app: &App, list: &List, buf: &mut Buffer) {
    let Some(area) = preview_area(app) else { return };
    let Some(record) = list.previewed() else {
        panel(app, buf, area, "Preview", "", "", Role::Head);
        return;
    };
    let mut value = record.value();
    panel(app, buf, area, &sheet::title(&value), "", "enter: open", Role::Head);
    let inner = inside(area);
    // Ids say nothing to who looks: y copies the one, f goes to the deal, and enter shows both.
    if let Value::Object(fields) = &mut value {
        fields.retain(|name, _| name != "id" && name != "flow_id");
    }
    let mut lines = sheet::describe(app, &value, usize::from(inner.width).saturating_sub(2));
    // A low preview has two columns.
    let two = inner.width >= 90 && lines.len() > usize::from(inner.height);
    let half = if two { inner.width / 2 } else { inner.width };
    if two {
        lines = sheet::describe(app, &value, usize::from(half).saturating_sub(2));
    }
    let height = usize::from(inner.height);
    let columns = if two { beside(lines, height) } else { [lines, Vec::new()] };
    for (column, x) in columns.iter().zip([inner.x.saturating_add(1), inner.x.saturating_add(1).saturating_add(half)]) {
        for (line, y) in column.iter().take(height).zip(inner.y..) {
            let mut at = x;
            for (text, role) in &line.parts {
                let room = x.saturating_add(half).saturating_sub(at).saturating_sub(2);
                at = put(app, buf, at, y, room, &fit(text, width(text).min(usize::from(room)), false), *role);
            }
        }
    }
}

/// Lines in two columns: fields to the left and tables to the right, so that a longer table moves no field; without a table the fields go on to the right.
fn beside(lines: Vec<Line>, height: usize) -> [Vec<Line>; 2] {
    let [mut fields, mut tables] = [Vec::new(), Vec::new()];
    for part in lines.split(|line| line.parts.is_empty()) {
        // A table begins with its name.
        let table = part.first().and_then(|line| line.parts.first()).is_some_and(|(_, role)| *role == Role::Head);
        if table && !tables.is_empty() {
            tables.push(Line::default());
        }
        if table { &mut tables } else { &mut fields }.extend_from_slice(part);
    }
    if tables.is_empty() && fields.len() > height {
        tables = fields.split_off(height);
    }
    [fields, tables]
}
