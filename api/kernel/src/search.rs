//! Words for `q=`: normalised, prefix-searchable, the same on both databases.

use std::collections::BTreeSet;

/// Words of one object, at most.
const WORDS: usize = 64;
/// Characters of a word that count.
const LENGTH: usize = 40;

/// The normalised words of these texts: lower case, letters and digits only, common accents folded.
pub fn words<'a>(texts: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            if !word.is_empty() && words.len() < WORDS {
                words.insert(word.chars().take(LENGTH).flat_map(char::to_lowercase).map(fold).collect());
            }
        }
    }
    words
}

/// The text after every text that starts with `prefix`: the end of its range.
#[must_use]
pub fn prefix_end(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}

fn fold(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'ī' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ť' | 'ţ' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded() {
        let found: Vec<String> = words(["Tailspin-Spezialitäten GmbH", "münchen"].into_iter()).into_iter().collect();
        assert_eq!(found, ["gmbh", "munchen", "spezialitaten", "tailspin"]);
    }
}
