//! What was found by name, below the field that wants an id.

use super::popup::{at, open};
use super::{highlight, inside, put};
use crate::model::{App, Deed, Lookup};
use crate::text::{clean, fit, width};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The columns of the box at most.
const WIDE: u16 = 72;

/// The box: below the field where there is room, else above it. The two last lines of the screen stay free.
fn area(lookup: &Lookup, whole: Rect, field: Rect) -> Rect {
    let wanted = u16::try_from(lookup.hits.len().max(1)).unwrap_or(1).saturating_add(2);
    let (below, above) = (whole.height.saturating_sub(field.y).saturating_sub(3), field.y);
    let width = field.width.min(WIDE);
    let x = field.right().saturating_sub(width);
    if wanted <= below || below >= above {
        return Rect { x, y: field.y.saturating_add(1), width, height: wanted.min(below) };
    }
    let height = wanted.min(above);
    Rect { x, y: field.y.saturating_sub(height), width, height }
}

/// The first that is seen.
fn first(lookup: &Lookup, rows: u16) -> usize {
    lookup.cursor.saturating_add(1).saturating_sub(usize::from(rows).max(1))
}

/// The hit at a place of the screen.
pub(super) fn hit_at(deed: &Deed, whole: Rect, field: Rect, column: u16, row: u16) -> Option<usize> {
    let lookup = deed.lookup.as_ref()?;
    let inner = inside(area(lookup, whole, field));
    let offset = usize::from(row.checked_sub(inner.y)?);
    let hit = first(lookup, inner.height).saturating_add(offset);
    (inner.contains(Position { x: column, y: row }) && hit < lookup.hits.len()).then_some(hit)
}

pub(super) fn draw(app: &App, buf: &mut Buffer, deed: &Deed, field: Option<Rect>) {
    let (Some(lookup), Some(field)) = (&deed.lookup, field) else { return };
    let area = area(lookup, buf.area, field);
    let keys = if lookup.hits.is_empty() { "esc closes" } else { "enter takes it   down up   esc closes" };
    let inner = open(app, buf, area, lookup.resource, keys);
    if lookup.hits.is_empty() {
        let (text, role) = match &lookup.wrong {
            Some(wrong) => (clean(wrong).into_owned(), Role::Bad),
            None if lookup.answered => (format!("no {} called {}", lookup.resource, clean(&lookup.words)), Role::Dim),
            None => ("looking …".to_owned(), Role::Dim),
        };
        put(app, buf, inner.x.saturating_add(1), inner.y, inner.width, &fit(&text, usize::from(inner.width).saturating_sub(1), false), role);
        return;
    }
    let top = first(lookup, inner.height);
    let names = lookup.hits.iter().map(|hit| width(&hit.name)).max().unwrap_or(0).min(usize::from(inner.width).saturating_mul(3) / 5);
    for (row, hit) in lookup.hits.iter().enumerate().skip(top).take(usize::from(inner.height)) {
        let y = at(inner.y, row.saturating_sub(top));
        put(app, buf, inner.x, y, 1, if row == lookup.cursor { ">" } else { " " }, Role::Key);
        let role = if lookup.answered { Role::Plain } else { Role::Dim };
        let x = put(app, buf, inner.x.saturating_add(1), y, inner.width, &fit(&hit.name, names, false), role).saturating_add(2);
        let room = inner.right().saturating_sub(x);
        put(app, buf, x, y, room, &fit(&hit.about, usize::from(room), false), Role::Dim);
        if row == lookup.cursor {
            highlight(app, buf, inner, y, Role::Selected);
        }
    }
}
