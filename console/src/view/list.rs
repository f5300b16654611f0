//! A list: only the rows that are visible are built.

use super::{body, highlight, inside, panel, preview, put};
use crate::columns::Kind;
use crate::list::{List, Stage, to_the_right};
use crate::model::App;
use crate::text::{fit, fit_id, width, wrap};
use crate::theme::{Role, of_state};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

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
    preview::draw(app, list, buf);
}

/// Cells that begin within so many columns are in the block of the row under the cursor: what it is called by, also where a short cell stands before that.
const BLOCK: u16 = 16;

/// How many columns are reversed in the row under the cursor: what tells which one it is. What comes after keeps its colours, and moving costs few bytes.
fn block(columns: &[(usize, u16, u16)], inner: Rect) -> usize {
    columns.iter().take_while(|(_, x, _)| x.saturating_sub(inner.x) < BLOCK).count().max(1)
}

fn draw_row(app: &App, list: &List, at: usize, columns: &[(usize, u16, u16)], inner: Rect, y: u16, buf: &mut Buffer) {
    let Some(record) = list.row(at) else { return };
    let (selected, marked) = (at == list.cursor, list.marks.contains(&record.id));
    // What the filter would not find any more stays until it is asked for anew, and is seen to be over.
    let gone = list.gone.contains(&record.id);
    put(app, buf, inner.x, y, 1, if selected { ">" } else { " " }, Role::Plain);
    // Without a mark there is nothing to colour: reversed, it would be a block of that colour.
    put(app, buf, inner.x.saturating_add(1), y, 1, if marked { "*" } else { " " }, if marked { Role::Warn } else { Role::Plain });
    let block = block(columns, inner);
    for (place, (at, x, wide)) in columns.iter().enumerate() {
        let (Some(column), Some(cell)) = (list.resource.columns.get(*at), record.cell(*at)) else { continue };
        let text: &str = if column.kind == Kind::Ref { app.name_of(cell) } else { cell };
        let role = match column.kind {
            _ if selected && place < block => Role::Plain,
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
    if selected && let Some((_, x, wide)) = columns.get(block.saturating_sub(1)) {
        let end = x.saturating_add(*wide).min(inner.right());
        highlight(app, buf, Rect { width: end.saturating_sub(inner.x), ..inner }, y, Role::Selected);
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
