//! What a password must be (threat 18): long enough, and not soon guessed by somebody who knows words, names, keyboards, dates, and the person. Nothing about
//! digits and signs.

use zxcvbn::zxcvbn;

/// Characters, at least.
const SHORTEST: usize = 12;
/// Guesses that a password must stand, at least: a day of a thousand a second after a theft of its hash, and for ever at the door, where guessing waits.
const GUESSES: u64 = 100_000_000;
/// Guesses that the letters of a password must stand by themselves: one word, or two of the person's own, do not become good by digits and signs around them.
const GUESSES_OF_LETTERS: u64 = 1_000_000;
/// Letters, at least, that are looked at by themselves.
const LETTERS: usize = 4;
/// Characters of a word worth knowing.
const WORD: usize = 3;
/// What to do instead.
const INSTEAD: &str = "use four words that do not belong together, and no names, dates or rows of keys";

/// Words that the estimator does not know by itself: of this product, of other languages, and rows of other keyboards.
const WORDS: [&str; 24] = [
    "causeway",
    "passwort",
    "kennwort",
    "geheim",
    "willkommen",
    "sommer",
    "herbst",
    "fruehling",
    "schatz",
    "hallo",
    "firma",
    "buchhaltung",
    "rechnung",
    "motdepasse",
    "bonjour",
    "soleil",
    "contrasena",
    "qwertzuiop",
    "asdfghjkl",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "correcthorsebatterystaple",
    "correct horse battery staple",
];

/// Whom a password is for: what somebody who aims at the person tries first.
#[derive(Clone, Copy, Debug)]
pub(super) struct Whose<'a> {
    /// The person's name.
    pub name: &'a str,
    /// The mail address.
    pub email: &'a str,
    /// The name of the tenant.
    pub tenant: &'a str,
    /// The short name of the tenant.
    pub slug: &'a str,
}

impl Whose<'_> {
    /// The texts as they stand, and their words.
    fn words(&self) -> Vec<String> {
        let texts = [self.name, self.email, self.tenant, self.slug];
        let words = texts.iter().flat_map(|text| text.split(|letter: char| !letter.is_alphanumeric()));
        let mut all: Vec<String> = texts.iter().copied().chain(words).filter(|word| word.chars().count() >= WORD).map(str::to_lowercase).collect();
        all.dedup();
        all
    }
}

/// What is wrong with a password; none when it will do.
pub(super) fn fault(password: &str, whose: &Whose<'_>) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!("has {length} characters; use at least {SHORTEST}, for example four words that do not belong together"));
    }
    let own = whose.words();
    let known: Vec<&str> = own.iter().map(String::as_str).chain(WORDS).collect();
    let estimate = zxcvbn(password, &known);
    let letters: String = password.chars().filter(|letter| letter.is_alphabetic()).collect();
    let many = letters.chars().count();
    // What is mostly digits is no word with something around it.
    let adorned = many >= LETTERS && many.saturating_mul(3) >= length && zxcvbn(&letters, &known).guesses() < GUESSES_OF_LETTERS;
    // Signs between digits hide a date or a row of keys from the estimate, but not from those who guess.
    let digits: String = password.chars().filter(char::is_ascii_digit).collect();
    let numbers = many == 0 && digits.len().saturating_mul(2) >= length && zxcvbn(&digits, &known).guesses() < GUESSES;
    if estimate.guesses() >= GUESSES && !adorned && !numbers {
        return None;
    }
    let lower = password.to_lowercase();
    if own.iter().any(|word| lower.contains(word.as_str())) {
        return Some(format!("is mostly your name, your mail address or your company, and soon guessed; {INSTEAD}"));
    }
    let because = estimate.feedback().and_then(|feedback| feedback.warning());
    let because = because.map(|warning| format!(" ({})", warning.to_string().trim_end_matches('.'))).unwrap_or_default();
    Some(format!("is soon guessed{because}; {INSTEAD}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DANA: Whose<'static> = Whose { name: "Dana Miller", email: "dana.m@acme.test", tenant: "Acme Trading", slug: "acme" };

    #[test]
    fn forty_passwords() {
        let mut wrong = Vec::new();
        for (password, good) in [
            ("correct staple horse 9", true),
            ("tea kettle on the moon", true),
            ("four pears fall softly", true),
            ("Vier Birnen fallen leise", true),
            ("ünïcödé wörds àre fine", true),
            ("xK9-22mm-plover", true),
            ("            spaces count too", true),
            ("日本語でも大丈夫ですよ、はい", true),
            ("dana likes long walks at sea", true),
            ("password is not this one", true),
            ("0912837465019", true),
            ("4f9a72013b58c6e1", true),
            ("short", false),
            ("20261130 2026", false),
            ("1990-01-01 1990", false),
            ("12345 678 90 12", false),
            ("1212 1212 3434 5", false),
            ("elevenchars", false),
            ("", false),
            ("aaaaaaaaaaaa", false),
            ("abababababab", false),
            ("abcabcabcabc", false),
            ("password1234", false),
            ("Password2026!", false),
            ("PASSWORDPASSWORD", false),
            ("Passw0rd12345", false),
            ("administrator", false),
            ("Welcome-2026-1", false),
            ("Chocolate2026", false),
            ("chocolate1234", false),
            ("Ch0c0l@te2026", false),
            ("Liverpool2026", false),
            ("Sunshine12345", false),
            ("Passwort2026!", false),
            ("Sommer2026!!!", false),
            ("Causeway-2026", false),
            ("qwertyuiop123", false),
            ("qwertyuiopas", false),
            ("qwertzuiop123", false),
            ("123456789012", false),
            ("abcdefghijklm", false),
            ("mlkjihgfedcba", false),
            ("correct horse battery staple", false),
            ("Dana.Miller1", false),
            ("dana.m@acme.test", false),
            ("danamdanamdana", false),
            ("AcmeTrading2026", false),
        ] {
            let found = fault(password, &DANA);
            if found.is_none() != good {
                wrong.push(format!("{password}: {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn a_refusal_says_why_and_what_to_do() {
        for (password, why) in
            [("tooshort", "has 8 characters"), ("danamdanamdana", "your name"), ("qwertyuiop123", "soon guessed"), ("aaaaaaaaaaaa", "soon guessed (")]
        {
            let found = fault(password, &DANA).unwrap();
            assert!(found.contains(why) && found.contains("four words that do not belong together"), "{password}: {found}");
        }
    }

    /// A long password is judged by its beginning, which must not take long.
    #[test]
    fn long_ones_are_judged_soon() {
        let begun = std::time::Instant::now();
        for long in ["P4ssw0rd".repeat(400), "@bC3eF1!".repeat(400), "a".repeat(4_000), "long and longer ".repeat(12)] {
            let _ = fault(&long, &DANA);
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}
