//! Characters of a text that nobody sees, or that let it read otherwise than it is written: by them two names would look alike and be two.

/// What is wrong with a text for the sake of such a character, naming the first one and its place; none when it holds none. Line breaks and tabs are text, and
/// so are the joiners without which Persian, Hindi and many emoji cannot be written (U+200C, U+200D), and the marks of direction of a single letter.
#[must_use]
pub fn unseen(text: &str) -> Option<String> {
    let (place, (letter, what)) = (1..).zip(text.chars()).find_map(|(place, letter)| Some((place, (letter, kind(letter)?))))?;
    Some(format!("must not contain the character U+{:04X}, {what}, which stands at place {place}: take it out", u32::from(letter)))
}

/// The text without such characters.
pub(crate) fn without_unseen(text: &str) -> String {
    text.chars().filter(|letter| kind(*letter).is_none()).collect()
}

/// The longest text of one line, in characters: names, titles, codes, references. What may be longer is told in as many lines as it takes.
pub(crate) const LINE: usize = 200;

/// What is wrong with a text of one line that holds a line break or a tab: lists, papers and files would show it as two.
pub(crate) fn more_than_a_line(text: &str) -> Option<String> {
    let (place, letter) = (1..).zip(text.chars()).find(|(_, letter)| is_break(*letter))?;
    let what = if letter == '\t' { "a tab" } else { "a line break" };
    Some(format!("must be one line: {what} stands at place {place}; put a space there, or take it out"))
}

/// The text as one line.
pub(crate) fn as_a_line(text: &str) -> String {
    text.chars().map(|letter| if is_break(letter) { ' ' } else { letter }).collect()
}

/// Whether a letter ends a line (Unicode's separators of lines and paragraphs do), or leaves its place on it open.
const fn is_break(letter: char) -> bool {
    matches!(letter, '\n' | '\t' | '\u{2028}' | '\u{2029}')
}

/// What such a character is.
fn kind(letter: char) -> Option<&'static str> {
    match letter {
        '\n' | '\t' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => Some("which turns the direction of what follows"),
        '\u{200b}' | '\u{2060}' => Some("a space without width"),
        '\u{feff}' => Some("a mark of byte order"),
        letter if letter.is_control() => Some("a control character"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{as_a_line, more_than_a_line, unseen};

    #[test]
    fn what_nobody_sees_is_named_with_its_place() {
        for (text, code, place) in [
            ("Ali\u{200b}ce", "U+200B", "place 4"),
            ("\u{feff}Alice", "U+FEFF", "place 1"),
            ("Al\u{2060}ice", "U+2060", "place 3"),
            ("abc\u{202e}txt", "U+202E", "place 4"),
            ("\u{2066}abc\u{2069}", "U+2066", "place 1"),
            ("a\u{0}", "U+0000", "place 2"),
            ("a\rb", "U+000D", "place 2"),
            ("a\u{7f}", "U+007F", "place 2"),
            ("a\u{85}", "U+0085", "place 2"),
        ] {
            let detail = unseen(text).unwrap_or_default();
            assert!(detail.contains(code) && detail.contains(place), "{text:?}: {detail}");
        }
    }

    #[test]
    fn a_line_is_one() {
        for (text, what) in [("Desks\nand chairs", "a line break stands at place 6"), ("a\tb", "a tab stands at place 2"), ("a\u{2028}b", "place 2")] {
            let detail = more_than_a_line(text).unwrap_or_default();
            assert!(detail.contains(what), "{text:?}: {detail}");
            assert_eq!(more_than_a_line(&as_a_line(text)), None);
        }
        assert_eq!(more_than_a_line("Desks and chairs"), None);
    }

    #[test]
    fn what_languages_are_written_with_stays() {
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        for text in [
            "",
            "Café & Söhne\n\tGmbH",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            family,
            "a\u{200e}b",
            "\u{2400}",
        ] {
            assert_eq!(unseen(text), None, "{text:?}");
        }
    }
}
