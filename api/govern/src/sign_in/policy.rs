//! What a password must be (threat 18): long enough, not one that everybody tries, not the person's own name. Nothing about digits and signs.

/// Characters, at least.
const SHORTEST: usize = 12;
/// Different characters, at least.
const DIFFERENT: usize = 5;
/// Characters that must remain when the person's name and address are left out.
const OWN_WORDS_REST: usize = 8;

/// Long passwords, or words to which people add digits, that everybody tries first; lower case, letters and digits only.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "motdepasse",
    "contrasena",
    "passwordpassword",
    "mypassword",
    "changeme",
    "changemenow",
    "pleasechangeme",
    "letmein",
    "letmeinnow",
    "letmeinplease",
    "welcome",
    "welcometoacme",
    "welcomewelcome",
    "administrator",
    "admin",
    "adminadmin",
    "administration",
    "superuser",
    "rootroot",
    "iloveyou",
    "iloveyouforever",
    "iloveyousomuch",
    "trustno",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "monkey",
    "dragon",
    "master",
    "shadow",
    "michael",
    "jennifer",
    "whatever",
    "starwars",
    "computer",
    "corvette",
    "mustang",
    "liverpool",
    "chelsea",
    "arsenal",
    "barcelona",
    "qwerty",
    "qwertyuiop",
    "qwertyqwerty",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedc",
    "qazwsxedcrfv",
    "qweasdzxc",
    "correcthorsebatterystaple",
    "thequickbrownfox",
    "loremipsum",
    "summer",
    "winter",
    "spring",
    "autumn",
    "sommer",
    "secret",
    "secretsecret",
    "topsecret",
    "test",
    "testtest",
    "testing",
    "testuser",
    "default",
    "temporary",
    "temppassword",
    "guest",
    "guestguest",
    "manager",
    "access",
    "accessgranted",
    "google",
    "facebook",
    "causeway",
    "causewaycauseway",
    "company",
    "abcdefghijkl",
    "abcdabcdabcd",
    "aaaabbbbcccc",
    "qwaszx",
    "passw0rd",
    "p4ssword",
    "pa55word",
];

/// Words in a row on a keyboard or in the alphabet.
const ROWS: &[&str] =
    &["abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm", "azertyuiopqsdfghjklmwxcvbn"];

/// What is wrong with a password; none when it will do.
pub(super) fn fault(password: &str, name: &str, email: &str) -> Option<String> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Some(format!("has {length} characters; use at least {SHORTEST}, for example four words that do not belong together"));
    }
    let plain: String = password.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < DIFFERENT {
        return Some(format!("repeats the same few characters; use at least {DIFFERENT} different ones"));
    }
    let word = plain.trim_matches(|letter: char| letter.is_ascii_digit());
    if COMMON.contains(&plain.as_str()) || COMMON.contains(&word) || halves(word).is_some_and(|half| COMMON.contains(&half)) {
        return Some("is one of the passwords that everybody tries first; choose words of your own".to_owned());
    }
    if in_a_row(&plain) {
        return Some("is a row of the keyboard or the alphabet; choose words of your own".to_owned());
    }
    let local = email.split('@').next().unwrap_or_default().to_lowercase();
    let own = name.split_whitespace().map(str::to_lowercase).chain([local]).filter(|own| own.chars().count() >= 3);
    let rest = own.fold(plain, |rest, own| rest.replace(&own, ""));
    (rest.chars().count() < OWN_WORDS_REST && rest.chars().count() < length)
        .then(|| "is mostly your name or mail address; choose words that nobody connects with you".to_owned())
}

/// The half of a word that is the same word twice.
fn halves(word: &str) -> Option<&str> {
    let (first, second) = word.split_at_checked(word.len() / 2)?;
    (first == second).then_some(first)
}

/// Whether the text is a piece of one row, forwards or backwards, or digits that count.
fn in_a_row(plain: &str) -> bool {
    let backwards: String = plain.chars().rev().collect();
    ROWS.iter().any(|row| row.contains(plain) || row.contains(&backwards))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_passwords() {
        for (password, good) in [
            ("correct staple horse 9", true),
            ("tea kettle on the moon", true),
            ("Vier Birnen fallen leise", true),
            ("ünïcödé wörds àre fine", true),
            ("xK9-22mm-plover", true),
            ("            spaces count too", true),
            ("日本語でも大丈夫ですよ、はい", true),
            ("dana likes long walks at sea", true),
            ("password is not this one", true),
            ("0912837465019", true),
            (&"long and longer ".repeat(12), true),
            ("short", false),
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
            ("qwertyuiop123", false),
            ("qwertyuiopas", false),
            ("123456789012", false),
            ("abcdefghijklm", false),
            ("mlkjihgfedcba", false),
            ("correct horse battery staple", false),
            ("Dana.Miller1", false),
            ("dana.m@acme.test", true),
            ("danamdanamdana", false),
        ] {
            let found = fault(password, "Dana Miller", "dana.m@acme.test");
            assert_eq!(found.is_none(), good, "{password}: {found:?}");
        }
    }

    #[test]
    fn the_list_of_common_ones_is_in_the_form_that_is_compared() {
        for word in COMMON {
            assert!(word.chars().all(|letter| letter.is_lowercase() || letter.is_ascii_digit()), "{word}");
        }
    }
}
