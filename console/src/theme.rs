//! Colours and symbols. A theme without colours holds none at all, so that nothing resets the reverse video of a selected row.

use clap::ValueEnum;
use ratatui::style::{Color, Modifier, Style};

/// What a piece of text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Text.
    Plain,
    /// Text that matters less.
    Dim,
    /// Heads and titles.
    Head,
    /// What can be opened.
    Link,
    /// Good.
    Good,
    /// Needs a look.
    Warn,
    /// Bad, or dangerous.
    Bad,
    /// The row under the cursor.
    Selected,
    /// A marked row.
    Marked,
    /// Borders.
    Border,
    /// A key one can press.
    Key,
}

/// How many colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Depth {
    /// None: bold, dim and reverse only.
    Mono,
    /// The terminal's sixteen.
    #[value(name = "16")]
    Sixteen,
    /// 256.
    #[value(name = "256")]
    Palette,
    /// 24 bits.
    True,
}

/// How everything looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// How many colours.
    pub depth: Depth,
    /// Whether only ASCII is drawn.
    pub ascii: bool,
}

impl Depth {
    /// What the environment says the terminal can do.
    pub fn detect(var: impl Fn(&str) -> Option<String>) -> Self {
        if var("NO_COLOR").is_some_and(|value| !value.is_empty()) {
            return Self::Mono;
        }
        let term = var("TERM").unwrap_or_default();
        if matches!(var("COLORTERM").as_deref(), Some("truecolor" | "24bit")) || term.ends_with("-direct") {
            return Self::True;
        }
        match term.as_str() {
            "" | "dumb" | "vt100" | "vt220" => Self::Mono,
            term if term.contains("256") => Self::Palette,
            _ => Self::Sixteen,
        }
    }
}

impl Theme {
    /// The style of a role.
    pub fn style(self, role: Role) -> Style {
        let plain = Style::new();
        let modified = match role {
            Role::Head | Role::Bad | Role::Key => plain.add_modifier(Modifier::BOLD),
            Role::Dim | Role::Border if self.depth == Depth::Mono => plain.add_modifier(Modifier::DIM),
            Role::Selected => plain.add_modifier(Modifier::REVERSED),
            Role::Marked => plain.add_modifier(Modifier::BOLD),
            Role::Link if self.depth == Depth::Mono => plain.add_modifier(Modifier::UNDERLINED),
            _ => plain,
        };
        self.color(role).map_or(modified, |color| modified.fg(color))
    }

    const fn color(self, role: Role) -> Option<Color> {
        let (sixteen, palette, full) = match role {
            // Keys are bold, which costs the line of hints far fewer bytes than a colour for each.
            Role::Plain | Role::Selected | Role::Key => return None,
            Role::Dim | Role::Border => (Color::DarkGray, 245, (138, 143, 152)),
            Role::Head => (Color::Cyan, 80, (94, 196, 196)),
            Role::Link => (Color::Blue, 111, (126, 170, 255)),
            Role::Good => (Color::Green, 114, (126, 204, 126)),
            Role::Warn | Role::Marked => (Color::Yellow, 221, (240, 200, 90)),
            Role::Bad => (Color::Red, 203, (255, 107, 107)),
        };
        match self.depth {
            Depth::Mono => None,
            Depth::Sixteen => Some(sixteen),
            Depth::Palette => Some(Color::Indexed(palette)),
            Depth::True => Some(Color::Rgb(full.0, full.1, full.2)),
        }
    }

    /// A symbol, or what stands for it in ASCII.
    pub const fn symbol(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        if self.ascii { ascii } else { unicode }
    }

    /// A bar of `part` in `whole`, `columns` long at most.
    pub fn bar(self, part: i128, whole: i128, columns: usize) -> String {
        let filled = i128::try_from(columns)
            .ok()
            .and_then(|columns| part.max(0).checked_mul(columns)?.checked_div(whole.max(1)))
            .and_then(|filled| usize::try_from(filled).ok());
        self.symbol("█", "#").repeat(filled.unwrap_or(0).min(columns))
    }

    /// Values as a line of small bars.
    pub fn spark(self, values: &[u64]) -> String {
        let steps: &[char] = if self.ascii { &['_', '.', '-', '=', '^'] } else { &['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] };
        let most = values.iter().copied().max().unwrap_or(0).max(1);
        let last = u64::try_from(steps.len().saturating_sub(1)).unwrap_or(0);
        values.iter().filter_map(|value| steps.get(usize::try_from(value.saturating_mul(last) / most).ok()?)).collect()
    }
}

/// What a state means, by its word: never the only sign, the word is always there.
pub fn of_state(state: &str) -> Role {
    match state {
        "active" | "won" | "accepted" | "confirmed" | "fulfilled" | "done" | "paid" | "posted" | "allocated" | "succeeded" | "ready" | "qualified" | "yes"
        | "approved" => Role::Good,
        "held" | "in_approval" | "part_paid" | "part_allocated" | "unallocated" | "open" | "pending" | "queued" | "running" | "scheduled" | "sent" => {
            Role::Warn
        }
        "suspended" | "failed" | "lost" | "declined" | "cancelled" | "reversed" | "disqualified" | "expired" | "written_off" | "no" => Role::Bad,
        _ => Role::Plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_how_many_colours() {
        let depth = |vars: &'static [(&str, &str)]| Depth::detect(|name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()));
        assert_eq!(depth(&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]), Depth::Mono);
        assert_eq!(depth(&[("NO_COLOR", ""), ("TERM", "xterm-256color")]), Depth::Palette);
        assert_eq!(depth(&[("COLORTERM", "truecolor"), ("TERM", "xterm")]), Depth::True);
        assert_eq!(depth(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(depth(&[("TERM", "dumb")]), Depth::Mono);
    }

    #[test]
    fn the_theme_without_colours_has_none() {
        let theme = Theme { depth: Depth::Mono, ascii: true };
        for role in [Role::Plain, Role::Dim, Role::Head, Role::Link, Role::Good, Role::Warn, Role::Bad, Role::Selected, Role::Marked, Role::Border, Role::Key] {
            let style = theme.style(role);
            assert_eq!((style.fg, style.bg), (None, None), "{role:?}");
        }
    }

    #[test]
    fn bars_and_sparks_are_to_scale() {
        let theme = Theme { depth: Depth::Mono, ascii: true };
        assert_eq!(theme.bar(50, 100, 10), "#####");
        assert_eq!(theme.bar(-3, 100, 10), "");
        assert_eq!(theme.spark(&[0, 2, 4]), "_-^");
    }
}
