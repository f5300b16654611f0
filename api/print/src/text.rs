//! Letters: their glyphs and widths, and the breaking of text into lines. Lengths are twentieths of a point.

use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    /// The font as it stands in the program.
    pub(crate) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => include_bytes!("../fonts/NotoSans-Regular.ttf"),
            Self::SemiBold => include_bytes!("../fonts/NotoSans-SemiBold.ttf"),
        }
    }

    fn face(self) -> &'static Face {
        static REGULAR: LazyLock<Face> = LazyLock::new(|| Face::read(Weight::Regular.bytes()));
        static SEMI_BOLD: LazyLock<Face> = LazyLock::new(|| Face::read(Weight::SemiBold.bytes()));
        match self {
            Self::Regular => &REGULAR,
            Self::SemiBold => &SEMI_BOLD,
        }
    }
}

/// The picture of a letter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Glyph {
    /// Its number in the font.
    pub id: u16,
    /// How far the next one stands from it, in thousandths of the font's size.
    pub advance: u16,
}

#[derive(Default)]
struct Face {
    glyphs: BTreeMap<char, Glyph>,
    missing: Glyph,
}

impl Face {
    /// The letters of a font. Ours have 1000 units per em, which a test checks.
    fn read(bytes: &[u8]) -> Self {
        let Ok(font) = FontRef::new(bytes) else { return Self::default() };
        let Ok(widths) = font.hmtx() else { return Self::default() };
        let glyph = |id: skrifa::GlyphId| Some(Glyph { id: u16::try_from(id.to_u32()).ok()?, advance: widths.advance(id)? });
        let glyphs: BTreeMap<char, Glyph> = font.charmap().mappings().filter_map(|(code, id)| Some((char::from_u32(code)?, glyph(id)?))).collect();
        // The font's own mark for a missing letter is blank, and a name must not vanish from a paper.
        let missing = glyphs.get(&MISSING).copied().unwrap_or_default();
        Self { glyphs, missing }
    }
}

/// What stands for a letter that the fonts do not have.
const MISSING: char = '?';

/// The glyph of a letter. What only joins or varies letters around it has none.
pub(crate) fn glyph(letter: char, weight: Weight) -> Glyph {
    let face = weight.face();
    let missing = if matches!(letter, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}') { Glyph::default() } else { face.missing };
    face.glyphs.get(&letter).copied().unwrap_or(missing)
}

/// How wide a text is at this size.
pub(crate) fn width(text: &str, weight: Weight, size: i32) -> i32 {
    let units: i64 = text.chars().map(|letter| i64::from(glyph(letter, weight).advance)).sum();
    i32::try_from(units * i64::from(size) / 1_000).unwrap_or(i32::MAX)
}

/// A text without what cannot be printed: every control character is a space.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The lines of a text that is `room` wide. Its own line breaks hold; a word that is wider than a line is broken. Always at least one line.
pub(crate) fn lines(text: &str, weight: Weight, size: i32, room: i32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.trim_end().split('\n') {
        let mut line = String::new();
        for word in plain(paragraph).split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width(&longer, weight, size) <= room {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = broken(word, weight, size, room, &mut lines);
        }
        lines.push(line);
    }
    lines
}

/// Adds the full lines of a word and gives the rest of it.
fn broken(word: &str, weight: Weight, size: i32, room: i32, lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for letter in word.chars() {
        line.push(letter);
        if width(&line, weight, size) > room && line.chars().count() > 1 {
            line.pop();
            lines.push(std::mem::replace(&mut line, letter.to_string()));
        }
    }
    line
}

/// The text, cut with an ellipsis to what fits.
pub(crate) fn cut(text: &str, weight: Weight, size: i32, room: i32) -> String {
    let text = plain(text);
    if width(&text, weight, size) <= room {
        return text;
    }
    let mut kept = text;
    while kept.pop().is_some() {
        let shown = format!("{}…", kept.trim_end());
        if width(&shown, weight, size) <= room {
            return shown;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_fonts_have_the_letters_of_our_customers() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            assert_eq!(FontRef::new(weight.bytes()).unwrap().head().unwrap().units_per_em(), 1_000);
            for letter in "AZaz09€£¥₺₴ÄÖÜäöüßẞéèêçñøåæœłőűşğıİčšžþðΑΩάωЖщїєґ–—…„“”‚‘’«»‹›•§%‰−×½™®№".chars()
            {
                assert!(![0, glyph(MISSING, weight).id].contains(&glyph(letter, weight).id), "{letter} in {weight:?}");
            }
            assert_eq!(glyph('漢', weight).id, glyph(MISSING, weight).id);
            assert_eq!(glyph('\u{fe0f}', weight).advance, 0);
        }
    }

    #[test]
    fn text_breaks_at_spaces_and_its_own_breaks() {
        let room = width("Chai and", Weight::Regular, 180);
        assert_eq!(lines("Chai and tea\n\nfor two", Weight::Regular, 180, room), ["Chai and", "tea", "", "for two"]);
        assert_eq!(lines("", Weight::Regular, 180, room), [""]);
        assert_eq!(cut("Chai and tea", Weight::Regular, 180, room), "Chai a…");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_room_and_no_letter_is_lost(text in "[a-zA-Z0-9äöü ]{0,80}", room in 200_i32..4_000) {
            let broken = lines(&text, Weight::Regular, 180, room);
            for line in &broken {
                prop_assert!(width(line, Weight::Regular, 180) <= room || line.chars().count() == 1, "{line}");
            }
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&broken.concat()), letters(&text));
        }
    }
}
