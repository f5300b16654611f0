//! Screens that are not lists: panels below each other, or side by side on the dashboard of a wide terminal.

use super::{body, highlight, inside, panel, put};
use crate::model::App;
use crate::route::Place;
use crate::sheet::{Panel, panels};
use crate::text::{fit, width};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A panel in the plane that the body is a window on: its place there, and the number of its first line.
struct Placed {
    panel: Panel,
    x: u16,
    y: usize,
    width: u16,
    height: usize,
    first: usize,
}

fn placed(app: &App) -> Vec<Placed> {
    let body = body(app);
    let panels = panels(app, usize::from(body.width).saturating_sub(4));
    let side_by_side = *app.place() == Place::Dash && body.width >= 96;
    let mut first = 0;
    let mut bottoms = [0_usize; 2];
    let mut out = Vec::new();
    let alone = panels.len() == 1;
    for (at, panel) in panels.into_iter().enumerate() {
        let lines = panel.lines.len();
        let column = if side_by_side { at % 2 } else { 0 };
        let [left, right] = &mut bottoms;
        let bottom = if column == 0 { left } else { right };
        let height = if alone { lines.saturating_add(2).max(usize::from(body.height)) } else { lines.saturating_add(2) };
        let half = body.width / 2;
        let (x, width) = match (side_by_side, column) {
            (false, _) => (0, body.width),
            (true, 0) => (0, half),
            (true, _) => (half, body.width.saturating_sub(half)),
        };
        out.push(Placed { panel, x, y: *bottom, width, height, first });
        *bottom = bottom.saturating_add(height);
        first = first.saturating_add(lines);
    }
    // Panels in one row are equally high.
    if side_by_side {
        level(&mut out);
    }
    out
}

fn level(panels: &mut [Placed]) {
    let mut y = 0;
    for row in panels.chunks_mut(2) {
        let height = row.iter().map(|placed| placed.height).max().unwrap_or(0);
        for placed in row.iter_mut() {
            placed.y = y;
            placed.height = height;
        }
        y = y.saturating_add(height);
    }
}

/// The row of a line in the plane.
pub fn line_row(app: &App, line: usize) -> usize {
    let found = placed(app).into_iter().find(|placed| (placed.first..placed.first.saturating_add(placed.panel.lines.len())).contains(&line));
    found.map_or(0, |placed| placed.y.saturating_add(1).saturating_add(line.saturating_sub(placed.first)))
}

/// The line at a place of the screen.
pub fn line_at(app: &App, column: u16, row: u16) -> Option<usize> {
    let top = app.way.last().map_or(0, |spot| spot.top);
    let y = usize::from(row.checked_sub(body(app).y)?).saturating_add(top);
    let found = placed(app).into_iter().find(|placed| {
        (placed.x..placed.x.saturating_add(placed.width)).contains(&column) && (placed.y..placed.y.saturating_add(placed.height)).contains(&y)
    })?;
    let line = y.checked_sub(placed_first_row(&found))?;
    (line < found.panel.lines.len()).then(|| found.first.saturating_add(line))
}

const fn placed_first_row(placed: &Placed) -> usize {
    placed.y.saturating_add(1)
}

pub(super) fn draw(app: &App, buf: &mut Buffer) {
    let body = body(app);
    let (top, cursor) = app.way.last().map_or((0, 0), |spot| (spot.top, spot.cursor));
    for placed in placed(app) {
        let bottom = placed.y.saturating_add(placed.height);
        if bottom <= top || placed.y >= top.saturating_add(usize::from(body.height)) {
            continue;
        }
        let row = |y: usize| u16::try_from(y.saturating_sub(top)).unwrap_or(u16::MAX).saturating_add(body.y);
        let shown =
            Rect { x: placed.x, y: row(placed.y), width: placed.width, height: u16::try_from(bottom.saturating_sub(placed.y.max(top))).unwrap_or(u16::MAX) }
                .intersection(body);
        panel(app, buf, shown, &placed.panel.title, "", "", Role::Head);
        let inner = inside(Rect { x: placed.x, y: 0, width: placed.width, height: 0 });
        for (at, line) in placed.panel.lines.iter().enumerate() {
            let y = placed_first_row(&placed).saturating_add(at);
            if y <= top && placed.y < top {
                continue;
            }
            let y = row(y);
            if y >= shown.bottom().saturating_sub(1) {
                break;
            }
            let right = inner.x.saturating_add(inner.width);
            let mut x = inner.x.saturating_add(1);
            for (text, role) in &line.parts {
                let room = usize::from(right.saturating_sub(x));
                // What is cut says so.
                if width(text.trim_end()) > room {
                    x = put(app, buf, x, y, right.saturating_sub(x), &fit(text, room, false), *role);
                    break;
                }
                x = put(app, buf, x, y, right.saturating_sub(x), text, *role);
            }
            if placed.first.saturating_add(at) == cursor && buf.area.contains(Position { x: inner.x, y }) {
                put(app, buf, inner.x, y, 1, ">", Role::Key);
                highlight(app, buf, Rect { x: inner.x, y, width: inner.width, height: 1 }, y, Role::Selected);
            }
        }
    }
}
