//! The mouse: a click selects, two open or do it, a click on a head sorts, on a tab goes there; the wheel scrolls what it is over.

use crate::model::{App, Popup};
use crate::view;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Two clicks within this time (milliseconds) are a double click.
const DOUBLE: i64 = 400;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        match mouse.kind {
            MouseEventKind::ScrollUp if self.popup.is_none() && self.over_rows(mouse) => self.step(-3),
            MouseEventKind::ScrollDown if self.popup.is_none() && self.over_rows(mouse) => self.step(3),
            // What lies beside the list is about one row, and has no other.
            MouseEventKind::ScrollUp | MouseEventKind::ScrollDown if self.popup.is_none() => return,
            MouseEventKind::ScrollUp => self.turn(-3),
            MouseEventKind::ScrollDown => self.turn(3),
            MouseEventKind::Down(MouseButton::Left) if self.popup.is_none() => self.click(mouse.column, mouse.row),
            MouseEventKind::Down(MouseButton::Left) => self.click_box(mouse.column, mouse.row),
            _ => return,
        }
        self.dirty = true;
    }

    /// Whether the mouse is over rows: those of the list, or of a screen that is none.
    fn over_rows(&self, mouse: MouseEvent) -> bool {
        self.list().is_none() || view::list_area(self).contains(Position { x: mouse.column, y: mouse.row })
    }

    /// Whether this click is the second one at its place.
    fn twice(&mut self, column: u16, row: u16) -> bool {
        let double = self.clicked.is_some_and(|(x, y, at)| (x, y) == (column, row) && self.now.saturating_sub(at) <= DOUBLE);
        self.clicked = Some((column, row, self.now));
        double
    }

    /// In a box: a click chooses, or goes to a field or the button; two run what is chosen, or do it.
    fn click_box(&mut self, column: u16, row: u16) {
        let double = self.twice(column, row);
        let choice = view::choice_at(self, column, row);
        let place = if let Some(Popup::Deed(deed)) = &self.popup { view::deed_at(self, deed, column, row) } else { None };
        let hit = if let Some(Popup::Deed(deed)) = &self.popup { view::hit_at(self, deed, column, row) } else { None };
        if let (Some(hit), Some(Popup::Deed(deed))) = (hit, &mut self.popup) {
            if let Some(lookup) = &mut deed.lookup {
                lookup.cursor = hit;
            }
            self.take_hit();
            return;
        }
        match &mut self.popup {
            Some(Popup::Choose { cursor, .. }) => {
                let Some(at) = choice else { return };
                let same = *cursor == at;
                *cursor = at;
                if double && same {
                    self.chosen();
                }
            }
            Some(Popup::Deed(deed)) => {
                let Some(at) = place else { return };
                let button = at.saturating_add(1) == deed.places();
                deed.focus = at;
                if double && button {
                    self.run();
                } else if at >= deed.form.fields.len() {
                    self.foresee();
                }
            }
            _ => {}
        }
    }

    fn click(&mut self, column: u16, row: u16) {
        let double = self.twice(column, row);
        if row == 1 {
            if let Some(place) = view::tab_at(self, column) {
                self.go(place);
            }
            return;
        }
        if self.list().is_some() {
            self.click_list(column, row, double);
        } else if let Some(at) = view::line_at(self, column, row) {
            if let Some(spot) = self.way.last_mut() {
                spot.cursor = at;
            }
            if double {
                self.open();
            }
        }
    }

    fn click_list(&mut self, column: u16, row: u16, double: bool) {
        let area = view::list_area(self);
        if !area.contains(Position { x: column, y: row }) {
            return;
        }
        let head = area.y.saturating_add(1);
        if row == head {
            if let Some(field) = view::column_at(self, column) {
                self.sort_by(field);
            }
            return;
        }
        let Some(offset) = row.checked_sub(head.saturating_add(1)).filter(|offset| *offset < area.height.saturating_sub(3)) else { return };
        if let Some(list) = self.list_mut() {
            let at = list.top.saturating_add(usize::from(offset));
            if at < list.view.len() {
                list.go(at);
                if double {
                    self.open();
                }
            }
        }
    }
}
