//! Drawing: the model in, cells out. Where things are is told by the same functions that find what a click meant.

mod deed;
mod frame;
mod list;
mod lookup;
mod popup;
mod preview;
mod sheet;
#[cfg(test)]
mod tests;

use crate::model::App;
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

pub use deed::{deed_at, deed_scroll, hit_at, offered};
pub use frame::{breadcrumb, suspended, tab_at};
pub use list::{column_at, list_area};
pub use popup::{choice_at, text_rows};
pub use preview::previews;
pub use sheet::{line_at, line_row};

/// The smallest terminal that anything fits in.
pub const SMALLEST: (u16, u16) = (60, 16);

/// Whether nothing can be read in a terminal of this size: then nothing is done there, either.
pub const fn too_small(size: (u16, u16)) -> bool {
    size.0 < SMALLEST.0 || size.1 < SMALLEST.1
}

/// Draws everything; gives the place of the text cursor when something is typed.
pub fn draw(app: &App, buf: &mut Buffer) -> Option<Position> {
    let area = buf.area;
    if too_small((area.width, area.height)) {
        let text = format!("too small: {}x{}, needs {}x{}", area.width, area.height, SMALLEST.0, SMALLEST.1);
        put(app, buf, 0, 0, area.width, &text, Role::Plain);
        return None;
    }
    frame::head(app, buf);
    if app.list().is_some() {
        list::draw(app, buf);
    } else {
        sheet::draw(app, buf);
    }
    let cursor = frame::foot(app, buf);
    popup::draw(app, buf).or(cursor)
}

/// The part of the screen between the two first and the two last lines.
pub const fn body(app: &App) -> Rect {
    Rect { x: 0, y: 2, width: app.size.0, height: app.size.1.saturating_sub(4) }
}

/// Writes a text, at most `columns` wide; gives the column after it.
fn put(app: &App, buf: &mut Buffer, x: u16, y: u16, columns: u16, text: &str, role: Role) -> u16 {
    if !buf.area.contains(Position { x, y }) {
        return x;
    }
    let text: &str = &if app.theme.ascii {
        std::borrow::Cow::Owned(text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect::<String>())
    } else {
        std::borrow::Cow::Borrowed(text)
    };
    buf.set_stringn(x, y, text, usize::from(columns), app.theme.style(role)).0
}

/// A box with a title, and something said in its lower edge.
fn panel(app: &App, buf: &mut Buffer, area: Rect, title: &str, right: &str, below: &str, role: Role) {
    if area.width < 4 || area.height < 2 {
        return;
    }
    let s = |unicode, ascii| app.theme.symbol(unicode, ascii);
    let (right_edge, bottom) = (area.right().saturating_sub(1), area.bottom().saturating_sub(1));
    let inner = area.width.saturating_sub(2);
    let rule = s("─", "-").repeat(usize::from(inner));
    for (y, left, end) in [(area.y, s("┌", "+"), s("┐", "+")), (bottom, s("└", "+"), s("┘", "+"))] {
        put(app, buf, area.x, y, 1, left, Role::Border);
        put(app, buf, area.x.saturating_add(1), y, inner, &rule, Role::Border);
        put(app, buf, right_edge, y, 1, end, Role::Border);
    }
    for y in area.y.saturating_add(1)..bottom {
        put(app, buf, area.x, y, 1, s("│", "|"), Role::Border);
        put(app, buf, right_edge, y, 1, s("│", "|"), Role::Border);
    }
    let room = inner.saturating_sub(2);
    if !title.is_empty() {
        put(app, buf, area.x.saturating_add(2), area.y, room, &format!(" {title} "), role);
    }
    let wide = u16::try_from(crate::text::width(right)).unwrap_or(u16::MAX).saturating_add(2);
    let taken = u16::try_from(crate::text::width(title)).unwrap_or(u16::MAX).saturating_add(4);
    if !right.is_empty() && taken.saturating_add(wide).saturating_add(2) < inner {
        put(app, buf, right_edge.saturating_sub(wide).saturating_sub(1), area.y, wide, &format!(" {right} "), Role::Dim);
    }
    if !below.is_empty() {
        put(app, buf, area.x.saturating_add(2), bottom, room, &format!(" {below} "), Role::Dim);
    }
}

/// The room within a box.
const fn inside(area: Rect) -> Rect {
    Rect { x: area.x.saturating_add(1), y: area.y.saturating_add(1), width: area.width.saturating_sub(2), height: area.height.saturating_sub(2) }
}

/// Reverses or marks a whole row.
fn highlight(app: &App, buf: &mut Buffer, area: Rect, y: u16, role: Role) {
    buf.set_style(Rect { x: area.x, y, width: area.width, height: 1 }.intersection(buf.area), app.theme.style(role));
}
