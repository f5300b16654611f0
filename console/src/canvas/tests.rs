use super::*;
use proptest::prelude::*;
use ratatui::style::{Color, Modifier, Style};

/// The least terminal that understands what a canvas writes. Anything else is a mistake.
struct Paper {
    cells: Buffer,
    at: (u16, u16),
    style: Style,
    region: (u16, u16),
}

impl Paper {
    fn new(columns: u16, rows: u16) -> Self {
        let mut cells = Buffer::empty(Rect::new(0, 0, columns, rows));
        // What the shell left there.
        (0..rows).for_each(|row| cells.set_string(0, row, "$".repeat(columns.into()), Style::new()));
        Self { cells, at: (0, 0), style: Style::new(), region: (0, rows - 1) }
    }

    fn read(&mut self, bytes: &str) {
        let mut rest = bytes;
        while let Some(c) = rest.chars().next() {
            if let Some(sequence) = rest.strip_prefix("\x1b[") {
                let (words, tail) = sequence.split_at(sequence.find(|c: char| c.is_ascii_alphabetic()).expect("an end"));
                let mut tail = tail.chars();
                self.obey(words, tail.next().expect("a letter"));
                rest = tail.as_str();
            } else if let '\n' | '\r' | '\x08' = c {
                match c {
                    '\n' => self.at.1 += 1,
                    '\r' => self.at.0 = 0,
                    _ => self.at.0 -= 1,
                }
                assert!(self.at.1 < self.cells.area.height, "it would scroll");
                rest = rest.strip_prefix(c).expect("it begins so");
            } else {
                self.cells[self.at].set_symbol(&c.to_string()).set_style(Style::reset().patch(self.style));
                let wide = u16::try_from(c.to_string().width()).unwrap();
                (1..wide).for_each(|column| {
                    let second = &mut self.cells[(self.at.0 + column, self.at.1)];
                    second.reset();
                    second.set_style(self.style);
                });
                self.at.0 += wide;
                rest = rest.strip_prefix(c).expect("it begins so");
            }
        }
    }

    fn obey(&mut self, words: &str, letter: char) {
        if words.starts_with('?') {
            return;
        }
        let numbers: Vec<u16> = words.split(';').map(|word| word.parse().unwrap_or(0)).collect();
        let first = numbers[0].max(1);
        match letter {
            'H' => self.at = (numbers.get(1).copied().unwrap_or(1) - 1, first - 1),
            'A' => self.at.1 -= first,
            'B' => self.at.1 += first,
            'C' => self.at.0 += first,
            'D' => self.at.0 -= first,
            'G' => self.at.0 = first - 1,
            'd' => self.at.1 = first - 1,
            'J' => self.cells.reset(),
            'K' if words.is_empty() => (self.at.0..self.cells.area.width).for_each(|column| self.cells[(column, self.at.1)].reset()),
            'K' => (0..self.cells.area.width).for_each(|column| self.cells[(column, self.at.1)].reset()),
            'X' => (0..first).for_each(|column| self.cells[(self.at.0 + column, self.at.1)].reset()),
            'r' => self.region = if words.is_empty() { (0, self.cells.area.height - 1) } else { (first - 1, numbers[1] - 1) },
            'M' => (0..first).for_each(|_| self.shift(self.at.1, self.region.1)),
            'L' => (0..first).for_each(|_| self.shift(self.region.1, self.at.1)),
            'm' => self.pen(&numbers),
            _ => panic!("{words}{letter}"),
        }
    }

    /// Takes the line at `gone` out and lets a blank one in at `new`.
    fn shift(&mut self, gone: u16, new: u16) {
        let width = usize::from(self.cells.area.width);
        let mut lines: Vec<Vec<Cell>> = self.cells.content.chunks(width).map(<[Cell]>::to_vec).collect();
        lines.remove(gone.into());
        lines.insert(new.into(), vec![Cell::EMPTY; width]);
        self.cells.content = lines.concat();
    }

    fn pen(&mut self, numbers: &[u16]) {
        self.style = match numbers {
            [] => return,
            [0, ..] => Style::new(),
            [7, ..] => self.style.add_modifier(Modifier::REVERSED),
            [27, ..] => self.style.remove_modifier(Modifier::REVERSED),
            [1, ..] => self.style.add_modifier(Modifier::BOLD),
            [22, ..] => self.style.remove_modifier(Modifier::BOLD | Modifier::DIM),
            [38, 5, index, ..] => self.style.fg(Color::Indexed((*index).try_into().unwrap())),
            [39, ..] => self.style.fg(Color::Reset),
            other => panic!("{other:?}"),
        };
        let used = if numbers[0] == 38 { 3 } else { 1 };
        self.pen(&numbers[used..]);
    }
}

fn looks(buffer: &Buffer) -> Vec<(String, Color, Modifier)> {
    let blank = |cell: &Cell| cell.symbol() == " " && Pen::of(cell).erases();
    let look = |cell: &Cell| if blank(cell) { (" ".to_owned(), Color::Reset, Modifier::empty()) } else { (cell.symbol().to_owned(), cell.fg, cell.modifier) };
    buffer.content.iter().map(look).collect()
}

const SIZE: (u16, u16) = (40, 12);

/// A picture: rows of a list from somewhere on, one of them under the cursor, between a head and a foot.
fn picture(buf: &mut Buffer, first: u16, cursor: u16, foot: &str) {
    let (columns, rows) = SIZE;
    buf.set_string(0, 0, format!("list {cursor}"), Style::new().fg(Color::Indexed(80)).add_modifier(Modifier::BOLD));
    for row in 1..rows - 1 {
        let number = first + row;
        let text = if number.is_multiple_of(7) { "名前".to_owned() } else { format!("row {number}") };
        buf.set_string(1, row, text, Style::new());
        buf.set_string(30, row, if number.is_multiple_of(3) { "open" } else { "paid" }, Style::new().fg(Color::Indexed(114)));
        if number == cursor {
            buf.set_style(Rect::new(0, row, columns, 1), Style::new().add_modifier(Modifier::REVERSED));
        }
    }
    buf.set_string(0, rows - 1, foot, Style::new());
}

proptest! {
    /// Whatever was there before, the terminal shows the picture.
    #[test]
    fn the_terminal_shows_what_was_drawn(steps in prop::collection::vec((0_u16..30, 0_u16..40, "[a-z ]{0,38}"), 1..12)) {
        let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
        let mut paper = Paper::new(SIZE.0, SIZE.1);
        for (first, cursor, foot) in steps {
            let mut wanted = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
            picture(&mut wanted, first, cursor, &foot);
            canvas.draw(|buf| { picture(buf, first, cursor, &foot); None }).unwrap();
            paper.read(&String::from_utf8(std::mem::take(canvas.out())).unwrap());
            prop_assert_eq!(looks(&paper.cells), looks(&wanted));
        }
    }
}

#[test]
fn the_same_picture_costs_nothing() {
    let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
    assert!(
        canvas
            .draw(|buf| {
                picture(buf, 3, 5, "foot");
                None
            })
            .unwrap()
            > 100
    );
    assert_eq!(
        canvas
            .draw(|buf| {
                picture(buf, 3, 5, "foot");
                None
            })
            .unwrap(),
        0
    );
    canvas.forget(SIZE.0, SIZE.1);
    assert!(
        canvas
            .draw(|buf| {
                picture(buf, 3, 5, "foot");
                None
            })
            .unwrap()
            > 100
    );
}

#[test]
fn lines_that_only_moved_are_moved_by_the_terminal() {
    let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
    canvas
        .draw(|buf| {
            picture(buf, 3, 13, "foot");
            None
        })
        .unwrap();
    canvas.out().clear();
    canvas
        .draw(|buf| {
            picture(buf, 4, 14, "foot");
            None
        })
        .unwrap();
    let bytes = String::from_utf8(canvas.out().clone()).unwrap();
    assert!(bytes.contains("\x1b[M") && bytes.len() < 200, "{} {bytes:?}", bytes.len());
    canvas.out().clear();
    canvas
        .draw(|buf| {
            picture(buf, 3, 13, "foot");
            None
        })
        .unwrap();
    assert!(String::from_utf8(canvas.out().clone()).unwrap().contains("\x1b[L"));
}

#[test]
fn the_cursor_blinks_only_where_something_is_typed() {
    let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
    let mut draw = |cursor: Option<Position>| {
        canvas.out().clear();
        canvas.draw(|_| cursor).unwrap();
        String::from_utf8(canvas.out().clone()).unwrap()
    };
    assert!(draw(None).contains("\x1b[?25l"));
    assert_eq!(draw(Some(Position { x: 3, y: 1 })), "\x1b[2;4H\x1b[?25h");
    assert_eq!(draw(Some(Position { x: 3, y: 1 })), "");
    assert_eq!(draw(None), "\x1b[?25l");
}

#[test]
fn only_what_may_come_in_parts_is_held_back_until_it_is_whole() {
    let draw = |columns: u16, rows: u16| {
        let mut canvas = Canvas::new(Vec::new(), columns, rows);
        canvas
            .draw(|buf| {
                (0..rows).for_each(|row| buf.set_string(0, row, "x".repeat(columns.into()), Style::new()));
                None
            })
            .unwrap();
        String::from_utf8(canvas.out().clone()).unwrap()
    };
    assert!(!draw(40, 12).contains(BEGIN));
    let large = draw(100, 30);
    assert!(large.starts_with(BEGIN) && large.ends_with(END));
}

#[test]
fn the_colour_of_a_blank_costs_nothing() {
    let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
    let mut draw = |text: &str, color: Color| {
        canvas.out().clear();
        canvas
            .draw(|buf| {
                buf.set_string(0, 0, text, Style::new().fg(color));
                buf.set_string(6, 0, "x", Style::new());
                None
            })
            .unwrap();
        String::from_utf8(canvas.out().clone()).unwrap()
    };
    draw("      ", Color::Red);
    assert_eq!(draw("      ", Color::Green), "");
    assert_eq!(draw("a     ", Color::Green), "\r\x1b[32ma");
    assert_eq!(draw("b c   ", Color::Green), "\rb c");
}

#[test]
fn a_few_cells_that_stay_are_written_when_that_is_shorter_than_going_round_them() {
    let mut canvas = Canvas::new(Vec::new(), SIZE.0, SIZE.1);
    let mut draw = |text: &str| {
        canvas.out().clear();
        canvas
            .draw(|buf| {
                buf.set_string(0, 0, text, Style::new());
                None
            })
            .unwrap();
        String::from_utf8(canvas.out().clone()).unwrap()
    };
    draw("a1b2c-----d");
    assert_eq!(draw("A1B2C-----D"), "\rA1B2C\x1b[5CD");
}

/// A terminal may give a letter of several characters other columns than we count: what follows has its place said, and a line that changes begins anew.
#[test]
fn letters_of_several_characters_leave_nothing_behind() {
    let mut canvas = Canvas::new(Vec::new(), 40, 2);
    let draw = |canvas: &mut Canvas<Vec<u8>>, text: &str, state: &str| {
        canvas.out.clear();
        canvas
            .draw(|buf| {
                buf.set_string(0, 0, "plain", Style::new());
                buf.set_string(3, 1, text, Style::new());
                buf.set_string(20, 1, state, Style::new());
                None
            })
            .unwrap();
        String::from_utf8(canvas.out.clone()).unwrap()
    };
    let first = draw(&mut canvas, "नमस्ते", "open");
    let after = first.split("ते").nth(1).expect("it is written");
    assert!(after.starts_with("\u{1b}[2;") && after.contains("open"), "{after:?}");
    let second = draw(&mut canvas, "नमस्ते", "paid");
    assert!(second.contains("\u{1b}[2K") && second.contains("paid") && second.contains('न') && !second.contains("plain"), "{second:?}");
    let third = draw(&mut canvas, "hello", "paid");
    assert!(third.contains("\u{1b}[2K") && third.contains("hello"), "{third:?}");
    assert_eq!(draw(&mut canvas, "hello", "paid"), "");
    assert!(!draw(&mut canvas, "hallo", "paid").contains("\u{1b}[2K"));
}
