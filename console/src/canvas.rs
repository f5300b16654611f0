//! What is on the terminal, and the fewest bytes that make it another picture: whoever works over a slow line pays for each of them.
//!
//! A picture is compared with the one before. Lines that only moved are moved by the terminal; long blanks are erased instead of written; the pen and the
//! place of the cursor are known, so that neither is said twice. A picture that is the same costs nothing.

mod way;

use crate::pen::Pen;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use std::io::Write;
use unicode_width::UnicodeWidthStr;
use way::{times, way};

/// Blanks that are erased instead of written: erasing leaves the cursor before them, which costs as much again where something follows.
const ERASED: u16 = 6;
const ERASED_BEFORE: u16 = 10;
/// Blanks up to the end of a line that are erased.
const CLEARED: u16 = 4;
/// Lines that must be spared before the terminal is asked to move some.
const WORTH: usize = 3;
/// Cells between two changes that are written anew when that is no longer than going round them.
const BRIDGED: u16 = 3;
/// Up to so many bytes come to the terminal in one piece, and are shown at once anyway.
const SHORT: usize = 1_000;
/// The terminal shows the whole picture at once, if it can.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// A terminal that is drawn on.
pub struct Canvas<W> {
    out: W,
    shown: Buffer,
    next: Buffer,
    bytes: String,
    pen: Pen,
    at: Option<Position>,
    cursor: Option<Position>,
    known: bool,
}

impl<W: Write> Canvas<W> {
    /// A canvas of this size, about which nothing is known yet.
    pub fn new(out: W, columns: u16, rows: u16) -> Self {
        let empty = Buffer::empty(Rect::new(0, 0, columns, rows));
        Self { out, shown: empty.clone(), next: empty, bytes: String::new(), pen: Pen::PLAIN, at: None, cursor: None, known: false }
    }

    /// What it writes to.
    pub const fn out(&mut self) -> &mut W {
        &mut self.out
    }

    /// Another size, or something else wrote on the terminal: the next picture is drawn from nothing.
    pub fn forget(&mut self, columns: u16, rows: u16) {
        let area = Rect::new(0, 0, columns, rows);
        self.shown.resize(area);
        self.next.resize(area);
        self.known = false;
    }

    /// The size: columns and rows.
    pub const fn size(&self) -> (u16, u16) {
        (self.next.area.width, self.next.area.height)
    }

    /// Draws a picture; `paint` says where the cursor blinks, if it does. Gives the bytes that it took.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Buffer) -> Option<Position>) -> std::io::Result<usize> {
        self.next.reset();
        let cursor = paint(&mut self.next);
        // A blank that looks like one that was erased is one, whatever colour its letters would have.
        self.next.content.iter_mut().filter(|cell| cell.symbol() == " " && Pen::of(cell).erases()).for_each(Cell::reset);
        self.bytes.clear();
        self.begin();
        self.scroll();
        self.wipe();
        self.cells();
        self.place(cursor);
        if self.bytes.is_empty() {
            return Ok(0);
        }
        if self.bytes.len() > SHORT {
            self.bytes.insert_str(0, BEGIN);
            self.bytes.push_str(END);
        }
        self.out.write_all(self.bytes.as_bytes())?;
        self.out.flush()?;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(self.bytes.len())
    }

    fn begin(&mut self) {
        if !self.known {
            self.known = true;
            self.shown.reset();
            self.bytes.push_str("\x1b[m\x1b[2J\x1b[?25l");
            (self.pen, self.at, self.cursor) = (Pen::PLAIN, None, None);
        }
    }

    /// Lets the terminal move the lines that only moved.
    fn scroll(&mut self) {
        let Some(moved) = moved(&lines(&self.shown), &lines(&self.next)) else { return };
        self.erasing();
        let (from, to, by) = (moved.from.saturating_add(1), moved.to.saturating_add(1), moved.by);
        let word = if moved.up { 'M' } else { 'L' };
        self.bytes.push_str(&format!("\x1b[{from};{to}r\x1b[{from}H\x1b[{}{word}\x1b[r", times(by)));
        self.at = None;
        let width = usize::from(self.shown.area.width);
        let start = usize::from(moved.from).saturating_mul(width);
        let end = usize::from(moved.to).saturating_add(1).saturating_mul(width);
        let cells = usize::from(by).saturating_mul(width);
        if let Some(region) = self.shown.content.get_mut(start..end) {
            if moved.up {
                region.rotate_left(cells)
            } else {
                region.rotate_right(cells)
            }
            let new = if moved.up { region.len().saturating_sub(cells)..region.len() } else { 0..cells };
            region.get_mut(new).into_iter().flatten().for_each(Cell::reset);
        }
    }

    /// Erases lines that change and hold letters of several characters, before or after: how many columns those take is for the terminal to say, and
    /// what is left of them beside their place would stay.
    fn wipe(&mut self) {
        let width = usize::from(self.shown.area.width).max(1);
        let lines = self.shown.content.chunks(width).zip(self.next.content.chunks(width)).enumerate();
        let wiped = lines.filter(|(_, (old, new))| old != new && old.iter().chain(new.iter()).any(joined));
        let lines: Vec<usize> = wiped.map(|(y, _)| y).collect();
        for y in lines {
            self.erasing();
            self.go(0, u16::try_from(y).unwrap_or(u16::MAX));
            self.bytes.push_str("\x1b[2K");
            self.shown.content.chunks_mut(width).nth(y).into_iter().flatten().for_each(Cell::reset);
        }
    }

    fn cells(&mut self) {
        // Both are put back below: nothing in between fails.
        let (shown, next) = (std::mem::take(&mut self.shown), std::mem::take(&mut self.next));
        let updates = shown.diff(&next);
        let mut left = updates.as_slice();
        while let [(x, y, cell), rest @ ..] = left {
            self.bridge(*x, *y, &next);
            let blank = blank(left, &next);
            if blank.is_worth_erasing() {
                self.go(*x, *y);
                self.erasing();
                self.bytes.push_str(&blank.erased());
                left = left.get(blank.updates..).unwrap_or_default();
                continue;
            }
            self.go(*x, *y);
            // With a pen that leaves no trace a blank is a blank.
            if cell.symbol() != " " || !Pen::of(cell).erases() || !self.pen.erases() {
                self.change(Pen::of(cell));
            }
            self.bytes.push_str(cell.symbol());
            let after = x.saturating_add(1);
            // Beyond the last column, after wide letters and after letters of several characters, terminals differ in where the cursor is.
            self.at = (after < next.area.width && cell.symbol().width() == 1 && !joined(cell)).then_some(Position { x: after, y: *y });
            left = rest;
        }
        (self.shown, self.next) = (shown, next);
    }

    /// Writes the few cells that did not change between the cursor and a place further on in its line, when the pen is right for them.
    fn bridge(&mut self, x: u16, y: u16, next: &Buffer) {
        let Some(at) = self.at.filter(|at| at.y == y && at.x < x && x.saturating_sub(at.x) <= BRIDGED) else { return };
        let mut between = String::new();
        for column in at.x..x {
            let Some(cell) = next.cell(Position { x: column, y }) else { return };
            let blank = cell.symbol() == " " && Pen::of(cell).erases() && self.pen.erases();
            if !blank && (Pen::of(cell) != self.pen || cell.symbol().width() != 1 || joined(cell)) {
                return;
            }
            between.push_str(cell.symbol());
        }
        if between.len() <= usize::from(BRIDGED) {
            self.bytes.push_str(&between);
            self.at = Some(Position { x, y });
        }
    }

    fn change(&mut self, pen: Pen) {
        self.bytes.push_str(&self.pen.change(pen));
        self.pen = pen;
    }

    /// What is erased looks like what was never written.
    fn erasing(&mut self) {
        if !self.pen.erases() {
            self.change(Pen::PLAIN);
        }
    }

    fn go(&mut self, x: u16, y: u16) {
        let to = Position { x, y };
        if self.at != Some(to) {
            self.bytes.push_str(&way(self.at, to));
        }
        self.at = Some(to);
    }

    /// Shows the cursor where something is typed, and hides it elsewhere.
    fn place(&mut self, cursor: Option<Position>) {
        match cursor {
            Some(to) => {
                self.go(to.x, to.y);
                if self.cursor.is_none() {
                    self.bytes.push_str("\x1b[?25h");
                }
            }
            None if self.cursor.is_some() => self.bytes.push_str("\x1b[?25l"),
            None => {}
        }
        self.cursor = cursor;
    }
}

/// Whether a cell holds several characters that make one letter.
fn joined(cell: &Cell) -> bool {
    cell.symbol().chars().nth(1).is_some()
}

/// Blanks next to each other in a line, of which the first and the last are news.
struct Blank {
    columns: u16,
    /// How many of the updates they are.
    updates: usize,
    /// Whether all that comes after them in the line is blank, too.
    last: bool,
    /// Whether what comes right after them is written anew.
    before: bool,
}

impl Blank {
    const fn is_worth_erasing(&self) -> bool {
        self.columns
            >= if self.last {
                CLEARED
            } else if self.before {
                ERASED_BEFORE
            } else {
                ERASED
            }
    }

    fn erased(&self) -> String {
        if self.last { "\x1b[K".to_owned() } else { format!("\x1b[{}X", self.columns) }
    }
}

/// The blanks at the start of the updates; those between that are blank already are written over as well.
fn blank(updates: &[(u16, u16, &Cell)], next: &Buffer) -> Blank {
    let mut blank = Blank { columns: 0, updates: 0, last: false, before: false };
    let Some((first, line, _)) = updates.first() else { return blank };
    let erased = |x: &u16| next.cell(Position { x: *x, y: *line }).is_some_and(|cell| cell.symbol() == " " && Pen::of(cell).erases());
    let end = (*first..next.area.width).find(|x| !erased(x)).unwrap_or(next.area.width);
    let within: Vec<u16> = updates.iter().take_while(|(x, y, _)| y == line && *x < end).map(|(x, ..)| *x).collect();
    let after = within.last().map_or(*first, |last| last.saturating_add(1));
    blank.columns = after.saturating_sub(*first);
    blank.updates = within.len();
    blank.last = end == next.area.width;
    blank.before = updates.get(within.len()).is_some_and(|(x, y, _)| y == line && *x == after);
    blank
}

/// Lines that moved within a part of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Moved {
    from: u16,
    to: u16,
    by: u16,
    up: bool,
}

/// A number for each line: lines with the same text have the same one. Two that share it by chance, or differ in colour, cost bytes and nothing else.
fn lines(buffer: &Buffer) -> Vec<u64> {
    let mix = |number: u64, part: u64| (number ^ part).wrapping_mul(0x0100_0000_01b3);
    let of_cell = |number: u64, cell: &Cell| mix(cell.symbol().bytes().fold(number, |number, byte| mix(number, byte.into())), cell.modifier.bits().into());
    buffer.content.chunks(usize::from(buffer.area.width).max(1)).map(|line| line.iter().fold(0xcbf2_9ce4_8422_2325, of_cell)).collect()
}

/// The move that spares the most lines, if it spares enough.
fn moved(shown: &[u64], next: &[u64]) -> Option<Moved> {
    let differ = shown.iter().zip(next).filter(|(a, b)| a != b).count();
    if differ <= WORTH {
        return None;
    }
    let most = shown.len() / 2;
    let tries = (1..=most).flat_map(|by| [(by, true), (by, false)]);
    let best = tries.filter_map(|(by, up)| spared(shown, next, by, up)).max_by_key(|(spared, _)| *spared)?;
    (best.0 >= WORTH).then_some(best.1)
}

/// How many lines a move by so many spares, less those that it spoils, and between which lines.
fn spared(shown: &[u64], next: &[u64], by: usize, up: bool) -> Option<(usize, Moved)> {
    // From where the line comes that is to stand at `at`.
    let source = |at: usize| if up { at.checked_add(by) } else { at.checked_sub(by) }.and_then(|at| shown.get(at));
    let gains = |at: usize| source(at) == next.get(at) && shown.get(at) != next.get(at);
    let first = (0..next.len()).find(|at| gains(*at))?;
    let last = (0..next.len()).rev().find(|at| gains(*at))?;
    let (from, to) = if up { (first, last.checked_add(by)?) } else { (first.checked_sub(by)?, last) };
    let gained = (first..=last).filter(|at| gains(*at)).count();
    let spoiled = (from..=to).filter(|at| shown.get(*at) == next.get(*at) && source(*at) != next.get(*at)).count();
    let narrow = |number: usize| u16::try_from(number).ok();
    Some((gained.checked_sub(spoiled)?, Moved { from: narrow(from)?, to: narrow(to)?, by: narrow(by)?, up }))
}

#[cfg(test)]
mod tests;
