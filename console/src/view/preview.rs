//! What a list tells of the row that the cursor rested on: nearly all of what changes when it moves on, and therefore most of what a slow line carries.

use super::list::list_area;
use super::{body, inside, panel, put};
use crate::columns::called_by;
use crate::list::List;
use crate::model::App;
use crate::sheet::{self, Line};
use crate::text::{fit, width};
use crate::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use serde_json::Value;

/// The lines of the first table, its name and heads included, so that what comes after it stays where it is.
const TABLE: usize = 9;
/// From so many lines on there is room for that, and for other tables.
const HIGH: usize = 12;

/// Whether there is room for a preview.
pub fn previews(app: &App) -> bool {
    area(app).is_some()
}

fn area(app: &App) -> Option<Rect> {
    let (body, list) = (body(app), list_area(app));
    if list.height < body.height {
        return Some(Rect { y: list.bottom(), height: body.height.saturating_sub(list.height), ..body });
    }
    (list.width < body.width).then(|| Rect { x: list.right(), width: body.width.saturating_sub(list.width), ..body })
}

pub(super) fn draw(app: &App, list: &List, buf: &mut Buffer) {
    let Some(area) = area(app) else { return };
    let Some(record) = list.previewed() else {
        panel(app, buf, area, "Preview", "", "", Role::Head);
        return;
    };
    let mut value = record.value();
    title(app, buf, area, &value);
    let inner = inside(area);
    // Ids say nothing to who looks: y copies the one, f goes to the deal, and enter shows both. What it is called stands above.
    let called = called_by(&value);
    if let Value::Object(fields) = &mut value {
        let nameless = |value: &Value| value.as_str().is_some_and(|id| sheet::place_of(id).is_some() && app.name_of(id) == id);
        fields.retain(|name, value| name != "id" && name != "flow_id" && Some(name.as_str()) != called && !nameless(value));
    }
    let mut lines = sheet::glance(app, &value, usize::from(inner.width).saturating_sub(2));
    // A low preview has two columns.
    let two = inner.width >= 90 && lines.len() > usize::from(inner.height);
    let half = if two { inner.width / 2 } else { inner.width };
    if two {
        lines = sheet::glance(app, &value, usize::from(half).saturating_sub(2));
    }
    let height = usize::from(inner.height);
    let mut columns = if two { beside(lines, height) } else { [lines, Vec::new()] };
    if let ([_, tables], true) = (&mut columns, height < HIGH) {
        // Where there is no room for that, only the first table is told.
        let first = tables.iter().position(|line| line.parts.is_empty()).unwrap_or(tables.len());
        tables.truncate(first);
    }
    for (column, x) in columns.into_iter().zip([inner.x.saturating_add(1), inner.x.saturating_add(1).saturating_add(half)]) {
        let column = if height < HIGH { column } else { steadied(column) };
        for (line, y) in column.iter().take(height).zip(inner.y..) {
            let mut at = x;
            for (text, role) in &line.parts {
                let room = x.saturating_add(half).saturating_sub(at).saturating_sub(2);
                at = put(app, buf, at, y, room, &fit(text, width(text).min(usize::from(room)), false), *role);
            }
        }
    }
}

/// The frame: of the title the kind has a colour, and what the object is called has none.
fn title(app: &App, buf: &mut Buffer, area: Rect, value: &Value) {
    let title = sheet::title(value);
    panel(app, buf, area, &title, "", "enter: open", Role::Head);
    let columns = |text: &str| u16::try_from(width(text)).unwrap_or(u16::MAX);
    let kind = title.split_inclusive(' ').next().unwrap_or_default();
    let x = area.x.saturating_add(3).saturating_add(columns(kind));
    let called = columns(&title).saturating_sub(columns(kind)).min(area.right().saturating_sub(1).saturating_sub(x));
    buf.set_style(Rect { x, y: area.y, width: called, height: 1 }.intersection(buf.area), Style::reset());
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

/// The lines with the same room for the first table, however many rows it has.
fn steadied(mut lines: Vec<Line>) -> Vec<Line> {
    let Some(start) = lines.iter().position(|line| line.parts.first().is_some_and(|(_, role)| *role == Role::Head)) else { return lines };
    let rows = lines.iter().skip(start).take_while(|line| !line.parts.is_empty()).count();
    let (end, most) = (start.saturating_add(rows), start.saturating_add(TABLE));
    if rows <= TABLE {
        lines.splice(end..end, std::iter::repeat_n(Line::default(), TABLE.saturating_sub(rows)));
    } else {
        let more = rows.saturating_sub(TABLE).saturating_add(1);
        lines.splice(most.saturating_sub(1)..end, [Line { parts: vec![(format!("  and {more} more"), Role::Dim)], ..Line::default() }]);
    }
    lines
}
