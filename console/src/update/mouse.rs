//! The mouse: a click selects, two open, a click on a head sorts, on a tab goes there; the wheel scrolls.

use crate::model::App;
use crate::view;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

/// Two clicks within this time (milliseconds) are a double click.
const DOUBLE: i64 = 400;

impl App {
    pub(super) fn mouse(&mut self, mouse: MouseEvent) {
        match mouse.kind {
            MouseEventKind::ScrollUp if self.popup.is_none() => self.step(-3),
            MouseEventKind::ScrollDown if self.popup.is_none() => self.step(3),
            MouseEventKind::ScrollUp => self.turn(-3),
            MouseEventKind::ScrollDown => self.turn(3),
            MouseEventKind::Down(MouseButton::Left) if self.popup.is_none() => self.click(mouse.column, mouse.row),
            _ => return,
        }
        self.dirty = true;
    }

    fn click(&mut self, column: u16, row: u16) {
        let double = self.clicked.is_some_and(|(x, y, at)| (x, y) == (column, row) && self.now.saturating_sub(at) <= DOUBLE);
        self.clicked = Some((column, row, self.now));
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
