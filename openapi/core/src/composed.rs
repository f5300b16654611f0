//! One text, one sequence of characters (api.md, section 6): a letter with its accent is one character, not two that look like it (Unicode NFC). What a Mac
//! sends as `e` and an accent is what everybody else sends as `é`, so that references, codes and names are found again however they were typed.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// The text with its characters composed. Text of ASCII alone is as it should be, and stays where it is.
#[must_use]
pub fn composed(text: String) -> String {
    if text.is_ascii() || is_nfc(&text) { text } else { text.nfc().collect() }
}

#[cfg(test)]
mod tests {
    use super::composed;

    #[test]
    fn a_letter_and_its_accent_are_one_character() {
        for (sent, kept) in
            [("", ""), ("plain", "plain"), ("Café", "Café"), ("Cafe\u{301}", "Café"), ("A\u{308}o\u{308}", "Äö"), ("\u{1112}\u{1161}\u{11ab}", "한")]
        {
            assert_eq!(composed(sent.to_owned()), kept, "{sent:?}");
        }
        // What looks alike and is not the same stays: a ligature, letters of full width.
        assert_eq!(composed("ﬁ Ａ".to_owned()), "ﬁ Ａ");
    }
}
