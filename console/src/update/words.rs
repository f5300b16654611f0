//! Which commands fit the words that somebody types: those of the console, in any order, and those that people use instead; one wrong letter is forgiven.

use crate::model::{Choice, Does};
use crate::route::Place;
use crate::text::fuzzy;

/// What people call it, and what it is called here.
const MEANT: &[(&str, &[&str])] = &[
    ("create", &["new"]),
    ("add", &["new"]),
    ("make", &["new"]),
    ("change", &["edit"]),
    ("modify", &["edit"]),
    ("update", &["edit"]),
    ("delete", &["delete", "cancel", "revoke", "reverse", "disqualify"]),
    ("remove", &["delete", "cancel", "revoke", "reverse"]),
    ("void", &["cancel", "reverse"]),
    ("customer", &["parties"]),
    ("client", &["parties"]),
    ("supplier", &["parties"]),
    ("vendor", &["parties"]),
    ("person", &["users", "contacts", "parties"]),
    ("deal", &["opportunities", "flow"]),
    ("sale", &["opportunities", "orders"]),
    ("offer", &["quotes"]),
    ("proposal", &["quotes"]),
    ("bill", &["invoices"]),
    ("article", &["products"]),
    ("item", &["products"]),
    ("goods", &["products", "deliveries"]),
    ("shipment", &["deliveries"]),
    ("shipping", &["deliveries"]),
    ("dispatch", &["deliveries"]),
    ("money", &["payments"]),
    ("bank", &["payments"]),
    ("receipt", &["payments", "deliveries"]),
    ("dunning", &["aging", "statement", "invoices"]),
    ("reminder", &["aging", "statement", "activities"]),
    ("overdue", &["aging", "exceptions"]),
    ("debt", &["aging"]),
    ("receivables", &["aging"]),
    ("task", &["activities"]),
    ("todo", &["activities", "exceptions"]),
    ("vat", &["taxes", "tax"]),
    ("permission", &["permissions", "roles"]),
    ("right", &["permissions", "roles"]),
    ("group", &["teams", "roles"]),
    ("employee", &["users"]),
    ("staff", &["users"]),
    ("account", &["accounts", "users"]),
    ("token", &["keys"]),
    ("secret", &["keys"]),
    ("logout", &["sign"]),
    ("signout", &["sign"]),
    ("logoff", &["sign"]),
    ("exit", &["quit", "leave", "sign"]),
    ("close", &["leave", "quit", "lock"]),
    ("2fa", &["totp"]),
    ("mfa", &["totp"]),
    ("otp", &["totp"]),
    ("authenticator", &["totp"]),
    ("settings", &["companies", "tenants", "retention"]),
    ("preferences", &["companies", "theme"]),
    ("configuration", &["companies", "tenants"]),
    ("limit", &["usage", "tenants", "credit"]),
    ("quota", &["usage", "tenants"]),
    ("approve", &["approvals", "approve"]),
    ("approval", &["approvals", "approve"]),
    ("log", &["audit", "security", "events"]),
    ("history", &["history", "audit"]),
    ("ledger", &["journal", "ledger", "accounts"]),
    ("bookkeeping", &["journal", "accounts"]),
    ("stock", &["products", "deliveries"]),
    ("colour", &["theme"]),
    ("color", &["theme"]),
    ("home", &["dash"]),
    ("dashboard", &["dash"]),
    ("print", &["pdf"]),
    ("paper", &["pdf"]),
    ("download", &["export", "pdf"]),
    ("tenant", &["tenants", "profile"]),
];

/// What a choice is found by, the best first: how well it fits adds less than the way to the next.
const BY_KEY: i64 = 6_000_000;
const BY_PLACE: i64 = 5_000_000;
const BY_NAME: i64 = 4_000_000;
const BY_DEED: i64 = 3_000_000;
const BY_TEXT: i64 = 2_000_000;
const BY_TYPO: i64 = 1_500_000;
const LETTERS: i64 = 1_000_000;

/// Letters of a word from which one may be wrong.
const LONG: usize = 4;

/// How well a word that is typed fits one that is there: the same, its beginning, or what is meant by it.
const SAME: i64 = 4;
const BEGINS: i64 = 3;
const MEANS: i64 = 2;

/// The choices that fit what is typed, the best first.
pub fn fitting<'a>(choices: &'a [Choice], typed: &str) -> Vec<&'a Choice> {
    let typed = typed.trim();
    if typed.is_empty() {
        return choices.iter().collect();
    }
    // A place, a link or an id is no words, and finds what is written so.
    let wanted = if typed.contains(['_', '/', '?', '=', ':', '<', '>']) { Vec::new() } else { words(typed) };
    let mut found: Vec<_> = choices.iter().filter_map(|choice| Some((fits(choice, typed, &wanted)?, choice))).collect();
    // What cannot be done now is shown, but never before what can.
    found.sort_by_key(|(score, choice)| (choice.off.is_some(), std::cmp::Reverse(*score)));
    found.into_iter().map(|(_, choice)| choice).collect()
}

/// The words of a name or of what is typed, in small letters: `EnrolTotp` has two, and so has `api-keys`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut small = false;
    for c in text.chars() {
        if (c.is_uppercase() && small) || !c.is_alphanumeric() {
            words.push(String::new());
        }
        small = c.is_lowercase();
        if let (true, Some(last)) = (c.is_alphanumeric(), words.last_mut()) {
            last.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A word without its ending for several: parties and party, taxes and tax, invoices and invoice are the same.
fn stem(word: &str) -> String {
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    for ending in ["xes", "sses", "ches", "shes"] {
        if word.ends_with(ending) {
            return word.strip_suffix("es").unwrap_or(word).to_owned();
        }
    }
    word.strip_suffix('s').filter(|stem| stem.len() > 2 && !stem.ends_with('s')).unwrap_or(word).to_owned()
}

/// How well one word fits the words of a text.
fn word_fits(wanted: &str, there: &[String]) -> Option<i64> {
    let wanted_stem = stem(wanted);
    let direct = |word: &String| {
        if *word == wanted || stem(word) == wanted_stem {
            Some(SAME)
        } else {
            (word.starts_with(wanted) || stem(word).starts_with(&wanted_stem)).then_some(BEGINS)
        }
    };
    let meant = || {
        let (_, names) = MEANT.iter().find(|(word, _)| *word == wanted || *word == wanted_stem)?;
        there.iter().any(|word| names.iter().any(|name| *name == word || stem(name) == stem(word))).then_some(MEANS)
    };
    there.iter().filter_map(direct).max().or_else(meant)
}

/// How well all words fit those of a text, in any order.
fn all_fit(wanted: &[String], there: &[String]) -> Option<i64> {
    if wanted.is_empty() {
        return None;
    }
    wanted.iter().map(|word| word_fits(word, there)).try_fold(0_i64, |sum, score| Some(sum.saturating_add(score?)))
}

/// Whether each word is the one at its place, and not only its beginning.
fn named(wanted: &[String], place: &[String]) -> bool {
    let whole = |(typed, there): (&String, &String)| word_fits(typed, std::slice::from_ref(there)).is_some_and(|score| score != BEGINS);
    wanted.iter().zip(place).all(whole)
}

/// How well a choice fits: by its key, as the place of that name, by the words of its name, by those of what it does, then by letters alone.
fn fits(choice: &Choice, typed: &str, wanted: &[String]) -> Option<i64> {
    // A document by its number.
    let number = matches!(choice.does, Does::Go(Place::Object { .. })) && choice.name.eq_ignore_ascii_case(typed);
    if choice.key == typed || number {
        return Some(BY_KEY);
    }
    let name = words(&choice.name);
    let short = |score: i64| score.saturating_mul(1_000).saturating_sub(i64::try_from(choice.name.len()).unwrap_or(0));
    if let Some(("go", place)) = name.split_first().map(|(first, rest)| (first.as_str(), rest))
        && place.len() == wanted.len()
        && let Some(score) = all_fit(wanted, place).filter(|_| named(wanted, place))
    {
        return Some(BY_PLACE.saturating_add(short(score)));
    }
    if let Some(score) = all_fit(wanted, &name) {
        return Some(BY_NAME.saturating_add(short(score)));
    }
    let about: Vec<String> = name.iter().cloned().chain(words(&choice.about)).collect();
    if let Some(score) = all_fit(wanted, &about) {
        return Some(BY_DEED.saturating_add(short(score)));
    }
    if choice.about.to_lowercase().contains(&typed.to_lowercase()) {
        return Some(BY_TEXT);
    }
    if let Some(score) = nearly(choice, &name, wanted) {
        return Some(BY_TYPO.saturating_add(score));
    }
    fuzzy(typed, &choice.name).map(|score| score.clamp(LETTERS.saturating_neg(), LETTERS))
}

/// How well a choice fits when of each longer word one letter may be wrong, missing, too much, or in the wrong place.
fn nearly(choice: &Choice, name: &[String], wanted: &[String]) -> Option<i64> {
    let near = |word: &String| word_fits(word, name).is_some() || name.iter().any(|there| one_off(word, there) || one_off(&stem(word), &stem(there)));
    (!wanted.is_empty() && wanted.iter().all(near)).then(|| i64::try_from(choice.name.len()).unwrap_or(0).saturating_neg())
}

/// Whether two words are one: in the singular or the plural, or but for one letter.
pub fn same_word(a: &str, b: &str) -> bool {
    stem(a) == stem(b) || one_off(a, b) || one_off(&stem(a), &stem(b))
}

/// Whether one word is the other but for one letter.
fn one_off(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().min(b.len()) < LONG || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    match (a, b) {
        ([], []) => true,
        ([x, y, rest @ ..], [v, w, other @ ..]) if x == w && y == v && rest == other => true,
        _ => a.get(1..) == b.get(1..) || a.get(1..) == Some(b) || b.get(1..) == Some(a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(name: &str, about: &str) -> Choice {
        Choice { name: name.to_owned(), about: about.to_owned(), key: String::new(), off: None, does: Does::Told }
    }

    #[test]
    fn one_wrong_letter_is_one_of_four_kinds() {
        for (typed, meant) in
            [("invioce", "invoice"), ("qoute", "quote"), ("ordr", "order"), ("paymment", "payment"), ("delivary", "delivery"), ("quote", "quote")]
        {
            assert!(one_off(typed, meant) && one_off(meant, typed), "{typed}");
        }
        for (typed, other) in [("key", "keg"), ("orders", "quotes"), ("lead", "ledger"), ("tax", "taxi")] {
            assert!(!one_off(typed, other), "{typed}");
        }
    }

    #[test]
    fn words_of_a_name_are_parted_wherever_they_meet() {
        assert_eq!(words("call EnrolTotp"), ["call", "enrol", "totp"]);
        assert_eq!(words("go api-keys"), ["go", "api", "keys"]);
        assert_eq!(
            ["parties", "taxes", "invoices", "deliveries", "addresses", "status", "gas"].map(stem).join(" "),
            "party tax invoice delivery address statu gas"
        );
    }

    #[test]
    fn the_best_comes_first_and_letters_alone_last() {
        let choices = [
            choice("report compliance/definition", "What it means"),
            choice("go parties", "Lists parties"),
            choice("parties new", "Creates a party, a customer or supplier"),
            choice("orders confirm", "Confirms an order"),
        ];
        let names = |typed: &str| fitting(&choices, typed).iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names("client")[..2], ["go parties", "parties new"]);
        assert_eq!(names("new customer"), ["parties new"]);
        assert_eq!(names("confirm order"), ["orders confirm"], "in any order");
        assert_eq!(names("cnf").first(), Some(&"orders confirm"));
        assert_eq!(names("ordres"), ["orders confirm"]);
        assert!(names("orders confirm ord_77").is_empty(), "a verb with its object is no choice");
    }
}
