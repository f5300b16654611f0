//! The shortest way of the cursor from one place to another. The terminal is in raw mode: a line feed goes one line down and nowhere else.

use ratatui::layout::Position;

/// The sequence that brings the cursor there; from an unknown place only an absolute one does.
pub fn way(from: Option<Position>, to: Position) -> String {
    let absolute = match (to.x, to.y) {
        (0, 0) => "\x1b[H".to_owned(),
        (0, y) => format!("\x1b[{}H", y.saturating_add(1)),
        (x, y) => format!("\x1b[{};{}H", y.saturating_add(1), x.saturating_add(1)),
    };
    let Some(from) = from else { return absolute };
    let relative = format!("{}{}", lines(from.y, to.y), columns(from.x, to.x));
    if relative.len() < absolute.len() { relative } else { absolute }
}

/// How often, as sequences say it: once is understood.
pub fn times(number: u16) -> String {
    if number == 1 { String::new() } else { number.to_string() }
}

fn lines(from: u16, to: u16) -> String {
    let direct = format!("\x1b[{}d", to.saturating_add(1));
    if from == to {
        String::new()
    } else if let Some(up) = from.checked_sub(to) {
        shorter(format!("\x1b[{}A", times(up)), direct)
    } else {
        let down = to.saturating_sub(from);
        shorter("\n".repeat(down.into()), shorter(format!("\x1b[{}B", times(down)), direct))
    }
}

fn columns(from: u16, to: u16) -> String {
    let direct = format!("\x1b[{}G", to.saturating_add(1));
    if from == to {
        String::new()
    } else if to == 0 {
        "\r".to_owned()
    } else if let Some(left) = from.checked_sub(to) {
        shorter("\x08".repeat(left.into()), shorter(format!("\x1b[{}D", times(left)), direct))
    } else {
        shorter(format!("\x1b[{}C", times(to.saturating_sub(from))), direct)
    }
}

/// The first of two, unless the second is shorter.
fn shorter(first: String, second: String) -> String {
    if second.len() < first.len() { second } else { first }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_takes_the_shortest_way() {
        let at = |x, y| Position { x, y };
        for (from, to, wanted) in [
            (None, at(0, 0), "\x1b[H"),
            (None, at(0, 4), "\x1b[5H"),
            (None, at(7, 4), "\x1b[5;8H"),
            (Some(at(3, 4)), at(8, 4), "\x1b[5C"),
            (Some(at(3, 4)), at(4, 4), "\x1b[C"),
            (Some(at(9, 4)), at(7, 4), "\x08\x08"),
            (Some(at(50, 4)), at(7, 4), "\x1b[8G"),
            (Some(at(50, 4)), at(0, 4), "\r"),
            (Some(at(50, 4)), at(50, 5), "\n"),
            (Some(at(54, 21)), at(50, 22), "\n\x08\x08\x08\x08"),
            (Some(at(70, 21)), at(53, 23), "\n\n\x1b[17D"),
            (Some(at(53, 23)), at(53, 8), "\x1b[9d"),
            (Some(at(53, 23)), at(53, 22), "\x1b[A"),
        ] {
            assert_eq!(way(from, to), wanted, "{from:?} {to:?}");
        }
    }
}
