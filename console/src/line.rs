//! The one editor of lines: whatever is typed anywhere goes through it. It moves by what a reader takes for one character, however many code points and
//! columns that has, and knows the keys of a shell.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use unicode_segmentation::UnicodeSegmentation;

/// A text with a cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// In bytes, between two characters.
    at: usize,
    /// What was cut last.
    cut: String,
    /// How it was before each change, with the place of the cursor; the newest last.
    before: Vec<(String, usize)>,
    /// Whether the last change was a letter: a word that is typed is taken back at once.
    typing: bool,
}

/// So many changes can be taken back.
const CHANGES: usize = 100;

/// What a key does to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Puts a character at the cursor.
    Insert(char),
    /// To the character before.
    Left,
    /// Past the next character.
    Right,
    /// To the beginning of the word before the cursor.
    WordLeft,
    /// To the end of the word behind it.
    WordRight,
    /// To the beginning of the line.
    Home,
    /// To its end.
    End,
    /// Takes the character before away.
    Backspace,
    /// Takes the next character away.
    Delete,
    /// Takes what stands between the last blank and the cursor away.
    CutBlank,
    /// Takes the word before the cursor away.
    CutWordLeft,
    /// Takes the word behind it away.
    CutWordRight,
    /// Takes the line before the cursor away.
    CutToStart,
    /// Takes the rest of the line away; at its end the line break.
    CutToEnd,
    /// Puts what was cut last at the cursor.
    Yank,
    /// Takes the last change back.
    Undo,
}

impl Edit {
    /// What a key does; nothing when it is none of these.
    pub fn of(key: KeyEvent) -> Option<Self> {
        let (control, alt) = (key.modifiers.contains(KeyModifiers::CONTROL), key.modifiers.contains(KeyModifiers::ALT));
        let word = control || alt;
        Some(match key.code {
            KeyCode::Home => Self::Home,
            KeyCode::End => Self::End,
            KeyCode::Left if word => Self::WordLeft,
            KeyCode::Right if word => Self::WordRight,
            KeyCode::Left => Self::Left,
            KeyCode::Right => Self::Right,
            KeyCode::Backspace if word => Self::CutWordLeft,
            KeyCode::Backspace => Self::Backspace,
            KeyCode::Delete if word => Self::CutWordRight,
            KeyCode::Delete => Self::Delete,
            // Some keyboards make letters of both together.
            KeyCode::Char(c) if control == alt => Self::Insert(c),
            KeyCode::Char(c) if control => match c {
                'a' => Self::Home,
                'e' => Self::End,
                'b' => Self::Left,
                'f' => Self::Right,
                'h' => Self::Backspace,
                'd' => Self::Delete,
                'w' => Self::CutBlank,
                'u' => Self::CutToStart,
                'k' => Self::CutToEnd,
                'y' => Self::Yank,
                // A terminal sends one byte for `ctrl-_`, `ctrl-/` and `ctrl-7`.
                '7' | '_' | '/' => Self::Undo,
                _ => return None,
            },
            KeyCode::Char('b') => Self::WordLeft,
            KeyCode::Char('f') => Self::WordRight,
            KeyCode::Char('d') => Self::CutWordRight,
            _ => return None,
        })
    }
}

impl Input {
    /// This text, with the cursor at its end.
    pub const fn new(text: String) -> Self {
        let at = text.len();
        Self { text, at, cut: String::new(), before: Vec::new(), typing: false }
    }

    /// The same with the cursor behind so many code points.
    pub fn with_cursor(mut self, chars: usize) -> Self {
        self.at = self.text.char_indices().nth(chars).map_or(self.text.len(), |(at, _)| at);
        self
    }

    /// The text.
    pub fn value(&self) -> &str {
        &self.text
    }

    /// How many code points stand before the cursor.
    pub fn cursor(&self) -> usize {
        self.before().chars().count()
    }

    /// What stands before the cursor.
    pub fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or(&self.text)
    }

    fn behind(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Puts a text at the cursor.
    pub fn insert(&mut self, text: &str) {
        self.keep();
        self.put(text);
    }

    /// Remembers how it is, before it is changed.
    fn keep(&mut self) {
        self.typing = false;
        self.before.push((self.text.clone(), self.at));
        if self.before.len() > CHANGES {
            self.before.remove(0);
        }
    }

    fn put(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.at = self.at.saturating_add(text.len());
    }

    /// Does what a key asks for. Gives whether the text is another one.
    pub fn edit(&mut self, edit: Edit) -> bool {
        let to = match edit {
            Edit::Insert(c) => {
                if !self.typing || c.is_whitespace() {
                    self.keep();
                }
                self.put(c.encode_utf8(&mut [0; 4]));
                self.typing = true;
                return true;
            }
            Edit::Yank => {
                let cut = self.cut.clone();
                if !cut.is_empty() {
                    self.insert(&cut);
                }
                return !cut.is_empty();
            }
            Edit::Undo => {
                self.typing = false;
                let Some((text, at)) = self.before.pop() else { return false };
                let other = text != self.text;
                (self.text, self.at) = (text, at);
                return other;
            }
            Edit::Left | Edit::Backspace => self.at.saturating_sub(self.before().graphemes(true).next_back().map_or(0, str::len)),
            Edit::Right | Edit::Delete => self.at.saturating_add(self.behind().graphemes(true).next().map_or(0, str::len)),
            Edit::WordLeft | Edit::CutWordLeft => word_left(self.before(), char::is_alphanumeric),
            Edit::CutBlank => word_left(self.before(), |c| !c.is_whitespace()),
            Edit::WordRight | Edit::CutWordRight => self.at.saturating_add(word_right(self.behind())),
            Edit::Home | Edit::CutToStart => self.before().rfind('\n').map_or(0, |at| at.saturating_add(1)),
            Edit::CutToEnd if self.behind().starts_with('\n') => self.at.saturating_add(1),
            Edit::End | Edit::CutToEnd => self.at.saturating_add(self.behind().find('\n').unwrap_or(self.behind().len())),
        };
        let (from, until) = (self.at.min(to), self.at.max(to));
        match edit {
            Edit::Left | Edit::Right | Edit::WordLeft | Edit::WordRight | Edit::Home | Edit::End => {
                self.typing = false;
                self.at = to;
                false
            }
            _ if from == until => false,
            _ => {
                self.keep();
                // A single character is typed anew faster than it is fetched.
                if !matches!(edit, Edit::Backspace | Edit::Delete) {
                    self.cut = self.text.get(from..until).unwrap_or_default().to_owned();
                }
                self.text.replace_range(from..until, "");
                self.at = from;
                true
            }
        }
    }
}

/// Where the last word of a text begins.
fn word_left(text: &str, within: impl Fn(char) -> bool) -> usize {
    let word = text.trim_end_matches(|c| !within(c));
    word.trim_end_matches(within).len()
}

/// Where the first word of a text ends.
fn word_right(text: &str) -> usize {
    let word = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = word.trim_start_matches(char::is_alphanumeric);
    text.len().saturating_sub(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The line after these keys, with `|` at the cursor.
    fn after(text: &str, edits: &[Edit]) -> String {
        let at = text.chars().position(|c| c == '|').unwrap();
        let mut input = Input::new(text.replacen('|', "", 1)).with_cursor(at);
        for edit in edits {
            input.edit(*edit);
        }
        format!("{}|{}", input.before(), input.behind())
    }

    #[test]
    fn keys_move_and_cut_as_in_a_shell() {
        for (text, edit, wanted) in [
            ("ab|c", Edit::Left, "a|bc"),
            ("ab|", Edit::Right, "ab|"),
            ("|ab", Edit::Left, "|ab"),
            ("status:dra|ft", Edit::WordLeft, "status:|draft"),
            ("status:|draft", Edit::WordLeft, "|status:draft"),
            ("one  |two three", Edit::WordRight, "one  two| three"),
            ("status:draft x|", Edit::CutBlank, "status:draft |"),
            ("status:draft |x", Edit::CutBlank, "|x"),
            ("status:draft|", Edit::CutWordLeft, "status:|"),
            ("a |status:draft", Edit::CutWordRight, "a |:draft"),
            ("one| two", Edit::CutToStart, "| two"),
            ("one| two", Edit::CutToEnd, "one|"),
            ("one| two", Edit::Home, "|one two"),
            ("one| two", Edit::End, "one two|"),
            ("a|b", Edit::Backspace, "|b"),
            ("a|b", Edit::Delete, "a|"),
            ("a|b", Edit::Insert('x'), "ax|b"),
            // Of several lines it is the one with the cursor.
            ("one\ntw|o\nthree", Edit::Home, "one\n|two\nthree"),
            ("one\ntw|o\nthree", Edit::End, "one\ntwo|\nthree"),
            ("one\ntw|o\nthree", Edit::CutToStart, "one\n|o\nthree"),
            ("one\ntw|o\nthree", Edit::CutToEnd, "one\ntw|\nthree"),
            ("one|\ntwo", Edit::CutToEnd, "one|two"),
        ] {
            assert_eq!(after(text, &[edit]), wanted, "{text} {edit:?}");
        }
    }

    /// What a reader takes for one character is one: letters with their accents, wide letters, families.
    #[test]
    fn a_character_is_what_a_reader_takes_for_one() {
        for one in ["é", "e\u{301}", "株", "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}", "\u{1f1e9}\u{1f1ea}"] {
            let text = format!("a{one}|b");
            assert_eq!(after(&text, &[Edit::Left]), format!("a|{one}b"));
            assert_eq!(after(&text, &[Edit::Left, Edit::Right]), text);
            assert_eq!(after(&text, &[Edit::Backspace]), "a|b");
            assert_eq!(after(&text, &[Edit::Left, Edit::Delete]), "a|b");
        }
    }

    #[test]
    fn keys_are_those_of_a_shell_and_alt_types_nothing() {
        let key = |code, modifiers| Edit::of(KeyEvent::new(code, modifiers));
        let letter = |c, modifiers| key(KeyCode::Char(c), modifiers);
        assert_eq!(letter('b', KeyModifiers::ALT), Some(Edit::WordLeft));
        assert_eq!(letter('d', KeyModifiers::ALT), Some(Edit::CutWordRight));
        assert_eq!((letter('x', KeyModifiers::ALT), letter('q', KeyModifiers::CONTROL)), (None, None));
        assert_eq!(letter('@', KeyModifiers::ALT | KeyModifiers::CONTROL), Some(Edit::Insert('@')));
        assert_eq!((letter('Ä', KeyModifiers::SHIFT), letter('w', KeyModifiers::CONTROL)), (Some(Edit::Insert('Ä')), Some(Edit::CutBlank)));
        assert_eq!(key(KeyCode::Left, KeyModifiers::CONTROL), Some(Edit::WordLeft));
        assert_eq!(key(KeyCode::Backspace, KeyModifiers::ALT), Some(Edit::CutWordLeft));
        assert_eq!(key(KeyCode::Enter, KeyModifiers::NONE), None);
    }

    #[test]
    fn what_was_cut_comes_back_and_changes_are_taken_back() {
        assert_eq!(after("one two|", &[Edit::CutBlank, Edit::Home, Edit::Yank]), "two|one ");
        assert_eq!(after("one| two", &[Edit::CutToEnd, Edit::Yank, Edit::Yank]), "one two two|");
        assert_eq!(after("one|", &[Edit::Backspace, Edit::Yank]), "on|", "a character is typed anew");
        assert_eq!(after("one| two", &[Edit::CutToStart, Edit::Undo]), "one| two");
        let typed = [Edit::Insert('a'), Edit::Insert('b'), Edit::Insert(' '), Edit::Insert('c')];
        assert_eq!(after("|", &[&typed[..], &[Edit::Undo]].concat()), "ab|");
        assert_eq!(after("|", &[&typed[..], &[Edit::Undo, Edit::Undo, Edit::Undo]].concat()), "|");
        assert_eq!(Edit::of(KeyEvent::new(KeyCode::Char('7'), KeyModifiers::CONTROL)), Some(Edit::Undo), "what a terminal sends for ctrl-_");
        assert_eq!(Edit::of(KeyEvent::new(KeyCode::Char('y'), KeyModifiers::CONTROL)), Some(Edit::Yank));
    }

    proptest! {
        #[test]
        fn whatever_is_pressed_the_cursor_stays_within_the_text(text in "\\PC{0,12}", keys in proptest::collection::vec(0_usize..16, 0..30)) {
            let all = [Edit::Insert('\u{301}'), Edit::Left, Edit::Right, Edit::WordLeft, Edit::WordRight, Edit::Home, Edit::End, Edit::Backspace, Edit::Delete,
                Edit::CutBlank, Edit::CutWordLeft, Edit::CutWordRight, Edit::CutToStart, Edit::CutToEnd, Edit::Yank, Edit::Undo];
            let mut input = Input::new(text);
            for key in keys {
                let old = input.value().to_owned();
                let changed = input.edit(all[key]);
                prop_assert_eq!(changed, old != input.value());
                prop_assert_eq!(format!("{}{}", input.before(), input.behind()), input.value());
                prop_assert_eq!(input.before().chars().count(), input.cursor());
            }
        }
    }
}
