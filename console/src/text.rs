//! Text for a terminal: what a server sent is stripped before it is shown, and every cell is cut to its width.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Text from outside as it may be shown: without control characters (which could move the cursor or retitle the window), without the characters that
/// reverse or hide what follows, and without those whose columns terminals do not agree on: flags become their letters.
pub fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| shown(c) == c) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(shown).collect())
}

/// From a regional indicator to its letter.
const INDICATOR: u32 = 0x1f1e6 - 0x41;

fn shown(c: char) -> char {
    match c {
        '\u{1f1e6}'..='\u{1f1ff}' => char::from_u32(u32::from(c).saturating_sub(INDICATOR)).unwrap_or(' '),
        // What makes a picture of the character before it, and a key of a digit.
        '\u{fe0e}' | '\u{fe0f}' | '\u{20e3}' => ' ',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    }
}

/// The columns that a text takes.
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text in exactly `columns` columns: cut with `~` or padded.
pub fn fit(text: &str, columns: usize, right: bool) -> String {
    let wide = width(text);
    if wide <= columns {
        let pad = " ".repeat(columns.saturating_sub(wide));
        return if right { pad + text } else { text.to_owned() + &pad };
    }
    let mut out = cut(text, columns.saturating_sub(1));
    let used = width(&out);
    if columns > 0 {
        out.push('~');
        out.push_str(&" ".repeat(columns.saturating_sub(used.saturating_add(1))));
    }
    out
}

/// An id in exactly `columns` columns: those of one kind begin alike, so that its end tells it from others, behind what kind it is where there is room.
pub fn fit_id(id: &str, columns: usize) -> String {
    if width(id) <= columns {
        return fit(id, columns, false);
    }
    let kind = id.split_inclusive('_').next().filter(|kind| width(kind).saturating_add(5) <= columns && kind.ends_with('_')).unwrap_or_default();
    let room = columns.saturating_sub(width(kind)).saturating_sub(1);
    let starts = id.char_indices().map(|(at, _)| at);
    let tail = starts.filter_map(|at| id.get(at..)).find(|tail| width(tail) <= room).unwrap_or_default();
    fit(&format!("{kind}~{tail}"), columns, false)
}

/// As much of the text as fits.
pub fn cut(text: &str, columns: usize) -> String {
    let mut used: usize = 0;
    text.chars()
        .take_while(|c| {
            used = used.saturating_add(c.width().unwrap_or(0));
            used <= columns
        })
        .collect()
}

/// The text in lines of at most `columns` columns, broken between words where possible.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest = word;
        while let Some(line) = lines.last_mut() {
            let gap = usize::from(!line.is_empty());
            if width(line).saturating_add(gap).saturating_add(width(rest)) <= columns {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(rest);
                break;
            }
            if line.is_empty() {
                let part = cut(rest, columns);
                rest = rest.strip_prefix(part.as_str()).unwrap_or_default();
                *line = part;
            }
            lines.push(String::new());
        }
    }
    lines
}

/// A line as it is where it fits, else in several, broken at a space where there is one; what goes on is set in.
pub fn fold(line: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let (mut lines, mut rest) = (Vec::new(), line.to_owned());
    while width(rest.trim_end()) > columns {
        let part = cut(&rest, columns);
        // Not within the spaces that set it in or line it up.
        let at = part.rfind(' ').filter(|at| *at > columns / 2).unwrap_or(part.len());
        let (head, tail) = (part.get(..at).unwrap_or(&part).to_owned(), rest.get(at..).unwrap_or_default().trim_start().to_owned());
        if head.is_empty() {
            break;
        }
        lines.push(head.trim_end().to_owned());
        rest = format!("  {tail}");
    }
    lines.push(rest);
    lines
}

/// A duration in words of two units at most: `41m`, `7h 10m`, `2d 4h`.
pub fn span(seconds: i64) -> String {
    let seconds = seconds.max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, minutes) => format!("{minutes}m"),
        (0, hours, minutes) => format!("{hours}h {minutes}m"),
        (days, hours, _) => format!("{days}d {hours}h"),
    }
}

/// A latency, coarse on purpose: a number that flickers would redraw an idle screen.
pub const fn latency(ms: u64) -> &'static str {
    match ms {
        0..=4 => "<5ms",
        5..=19 => "<20ms",
        20..=49 => "<50ms",
        50..=99 => "<100ms",
        100..=249 => "<250ms",
        250..=999 => "<1s",
        _ => ">1s",
    }
}

/// How well `pattern` matches `text` as a subsequence, ignoring case: higher is better, `None` when it does not.
pub fn fuzzy(pattern: &str, text: &str) -> Option<i64> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let (mut score, mut at, mut run) = (0_i64, 0_usize, 0_i64);
    for wanted in pattern.chars().flat_map(char::to_lowercase) {
        if wanted == ' ' {
            run = 0;
            continue;
        }
        let found = text.iter().skip(at).position(|c| *c == wanted)?.saturating_add(at);
        let starts_word = found == 0 || found.checked_sub(1).and_then(|before| text.get(before)).is_some_and(|c| !c.is_alphanumeric());
        run = if found == at { run.saturating_add(2) } else { 0 };
        score = score.saturating_add(run).saturating_add(if starts_word { 4 } else { 0 });
        at = found.saturating_add(1);
    }
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    Some(score.saturating_mul(16).saturating_sub(length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_goes_on_in_the_next() {
        assert_eq!(fold("status    draft", 20), ["status    draft"]);
        assert_eq!(fold("totals    amounts 0.00, 0.00, total 0.00", 24), ["totals    amounts 0.00,", "  0.00, total 0.00"]);
        assert_eq!(fold("0123456789abcdef", 8), ["01234567", "  89abcd", "  ef"]);
        assert_eq!(fold("", 8), [""]);
    }

    #[test]
    fn escape_sequences_and_bidirectional_overrides_do_not_survive() {
        assert_eq!(clean("Bor\u{1b}]0;owned\u{7}ealis"), "Bor ]0;owned ealis");
        assert_eq!(clean("a\u{202e}b\u{9b}c\r\nd"), "a b c  d");
        assert!(matches!(clean("Ünïcode 株式会社"), Cow::Borrowed(_)));
    }

    /// What a cell takes is what its characters take, one by one: nothing joins its neighbour.
    #[test]
    fn flags_and_keycaps_become_plain_and_as_wide_as_their_characters() {
        for (text, wanted) in [("Acme \u{1f1e9}\u{1f1ea} Ltd", "Acme DE Ltd"), ("1\u{fe0f}\u{20e3}", "1  "), ("\u{2764}\u{fe0f} tea", "\u{2764}  tea")] {
            let cleaned = clean(text);
            assert_eq!(cleaned, wanted);
            assert_eq!(width(&cleaned), cleaned.chars().filter_map(UnicodeWidthChar::width).sum::<usize>(), "{text}");
        }
    }

    #[test]
    fn a_cell_has_exactly_its_width() {
        for (text, columns) in [("Borealis SAS", 8), ("株式会社アクメ", 7), ("a", 0), ("", 4), ("exact", 5)] {
            assert_eq!(width(&fit(text, columns, false)), columns, "{text} in {columns}");
            assert_eq!(width(&fit(text, columns, true)), columns, "{text} in {columns}");
        }
        assert_eq!(fit("771.12", 9, true), "   771.12");
        assert_eq!(fit("Borealis SAS", 8, false), "Boreali~");
    }

    #[test]
    fn ids_are_told_apart_by_their_ends() {
        let fitted = |columns| fit_id("dln_01m8pqqeeeek7bjcd1xs0wden0", columns);
        assert_eq!([fitted(10), fitted(4), fitted(1), fitted(32)].join("|"), "dln_~wden0|~en0|~|dln_01m8pqqeeeek7bjcd1xs0wden0  ");
    }

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text = "The order cannot be confirmed: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa blocks it.";
        let lines = wrap(text, 12);
        assert!(lines.iter().all(|line| width(line) <= 12), "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }

    #[test]
    fn words_match_by_their_letters_and_better_at_the_start_of_words() {
        assert!(fuzzy("cnf", "orders confirm").is_some());
        assert!(fuzzy("xyz", "orders confirm").is_none());
        assert!(fuzzy("ord con", "orders confirm") > fuzzy("ord con", "records of icons"));
    }

    #[test]
    fn spans_have_two_units() {
        assert_eq!([span(41 * 60), span(25_800), span(187_200), span(9)].join(", "), "41m, 7h 10m, 2d 4h, 9s");
    }
}
