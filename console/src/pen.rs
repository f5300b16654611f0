//! The terminal's pen: which style it has, and the shortest sequence that gives it another one.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// A style as the terminal keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

/// What each modifier is called when it is set; bold and dim end together.
const MODIFIERS: [(Modifier, &str, Modifier, &str); 5] = [
    (Modifier::BOLD, "1", Modifier::DIM, "22"),
    (Modifier::DIM, "2", Modifier::BOLD, "22"),
    (Modifier::ITALIC, "3", Modifier::empty(), "23"),
    (Modifier::UNDERLINED, "4", Modifier::empty(), "24"),
    (Modifier::REVERSED, "7", Modifier::empty(), "27"),
];

impl Pen {
    /// The pen of a terminal that was reset.
    pub const PLAIN: Self = Self { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

    /// The pen that a cell was drawn with.
    pub const fn of(cell: &Cell) -> Self {
        Self { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }

    /// Whether a blank drawn with it looks like one that was erased: there is nothing for the colour of letters to colour.
    pub fn erases(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(Modifier::REVERSED | Modifier::UNDERLINED)
    }

    /// The sequence that makes this pen `to`; empty when it is already.
    pub fn change(self, to: Self) -> String {
        if self == to {
            return String::new();
        }
        if to == Self::PLAIN {
            return "\x1b[m".to_owned();
        }
        let from_here = self.steps(to).join(";");
        let anew = std::iter::once("0".to_owned()).chain(Self::PLAIN.steps(to)).collect::<Vec<_>>().join(";");
        let shorter = if from_here.len() <= anew.len() { from_here } else { anew };
        format!("\x1b[{shorter}m")
    }

    fn steps(self, to: Self) -> Vec<String> {
        let mut steps = Vec::new();
        let mut left = self.modifier;
        for (modifier, _, with, off) in MODIFIERS {
            if left.contains(modifier) && !to.modifier.contains(modifier) {
                steps.push(off.to_owned());
                left -= modifier | with;
            }
        }
        let set = to.modifier - left;
        steps.extend(MODIFIERS.iter().filter(|(modifier, ..)| set.contains(*modifier)).map(|(_, on, ..)| (*on).to_owned()));
        if self.fg != to.fg {
            steps.push(color(to.fg, 30));
        }
        if self.bg != to.bg {
            steps.push(color(to.bg, 40));
        }
        steps
    }
}

/// A colour, counted from 30 for letters and from 40 for what is behind them.
fn color(color: Color, base: u8) -> String {
    let sixteen = |number: u8| if number < 8 { base.saturating_add(number) } else { base.saturating_add(52).saturating_add(number) }.to_string();
    match color {
        Color::Reset => base.saturating_add(9).to_string(),
        Color::Black => sixteen(0),
        Color::Red => sixteen(1),
        Color::Green => sixteen(2),
        Color::Yellow => sixteen(3),
        Color::Blue => sixteen(4),
        Color::Magenta => sixteen(5),
        Color::Cyan => sixteen(6),
        Color::Gray => sixteen(7),
        Color::DarkGray => sixteen(8),
        Color::LightRed => sixteen(9),
        Color::LightGreen => sixteen(10),
        Color::LightYellow => sixteen(11),
        Color::LightBlue => sixteen(12),
        Color::LightMagenta => sixteen(13),
        Color::LightCyan => sixteen(14),
        Color::White => sixteen(15),
        Color::Indexed(number) => format!("{};5;{number}", base.saturating_add(8)),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base.saturating_add(8)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, modifier: Modifier) -> Pen {
        Pen { fg, modifier, ..Pen::PLAIN }
    }

    #[test]
    fn a_change_says_only_what_changes() {
        let green = pen(Color::Indexed(114), Modifier::empty());
        assert_eq!(Pen::PLAIN.change(green), "\x1b[38;5;114m");
        assert_eq!(green.change(green), "");
        assert_eq!(green.change(Pen::PLAIN), "\x1b[m");
        let bold = pen(Color::Indexed(114), Modifier::BOLD);
        assert_eq!(green.change(bold), "\x1b[1m");
        assert_eq!(bold.change(green), "\x1b[22m");
        assert_eq!(bold.change(pen(Color::DarkGray, Modifier::REVERSED)), "\x1b[0;7;90m");
        assert_eq!(Pen::PLAIN.change(pen(Color::Rgb(1, 22, 255), Modifier::empty())), "\x1b[38;2;1;22;255m");
    }

    #[test]
    fn dim_outlives_the_end_of_bold() {
        let both = pen(Color::Reset, Modifier::BOLD | Modifier::DIM);
        assert_eq!(both.change(pen(Color::Reset, Modifier::DIM)), "\x1b[0;2m");
    }

    #[test]
    fn a_theme_without_colours_writes_none() {
        assert_eq!(Pen::PLAIN.change(pen(Color::Reset, Modifier::REVERSED)), "\x1b[7m");
        assert_eq!(color(Color::LightRed, 30), "91");
        assert_eq!(color(Color::LightRed, 40), "101");
    }
}
