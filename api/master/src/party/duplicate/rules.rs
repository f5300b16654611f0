//! How much speaks for two parties being one (MDM-07). Pure.

use crate::party::tax_id;
use causeway_kernel::search::words;
use std::collections::BTreeSet;

/// From here on two parties are taken for one.
pub const LIKELY: i32 = 70;
/// What the same name adds.
const SAME_NAME: i32 = 50;
/// Below this nobody wants to see them side by side.
pub const SHOWN: i32 = 30;

/// What companies write after their names to say what they are, not who.
const LEGAL_FORMS: &[&str] = &[
    "ab",
    "ag",
    "aps",
    "as",
    "bv",
    "bvba",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "eg",
    "ek",
    "eu",
    "gbr",
    "gmbh",
    "hf",
    "holding",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lda",
    "limited",
    "llc",
    "llp",
    "ltd",
    "mbh",
    "nv",
    "ohg",
    "oy",
    "oyj",
    "plc",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sarl",
    "sas",
    "se",
    "sl",
    "slu",
    "snc",
    "spa",
    "spol",
    "srl",
    "sro",
    "the",
    "ug",
    "und",
    "and",
    "zoo",
];

/// A party as far as its likeness needs it. Everything is in the form in which equal things are equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// The telling words of the name, in order of the alphabet.
    pub name: BTreeSet<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// Tax registrations.
    pub tax_ids: BTreeSet<String>,
    /// Mail addresses, its own and those of its contacts.
    pub emails: BTreeSet<String>,
    /// Telephone numbers.
    pub phones: BTreeSet<String>,
    /// Postal codes with the streets that they belong to.
    pub places: BTreeSet<String>,
    /// The postal codes as they are written, to search by.
    pub postal_codes: BTreeSet<String>,
}

impl Profile {
    /// Adds a tax registration, whether or not it is written with the country's prefix.
    pub fn add_tax_id(&mut self, number: &str) {
        let number = tax_id::normalised(number);
        if !number.is_empty() {
            self.tax_ids.insert(number);
        }
    }

    /// Adds a mail address.
    pub fn add_email(&mut self, email: &str) {
        self.emails.insert(mail_key(email));
    }

    /// Adds a telephone number.
    pub fn add_phone(&mut self, phone: &str) {
        self.phones.extend(phone_key(phone));
    }

    /// Adds an address.
    pub fn add_place(&mut self, line1: &str, postal_code: Option<&str>) {
        let street: BTreeSet<String> = words(std::iter::once(line1)).iter().map(|word| street_word(word)).collect();
        let street: Vec<String> = street.into_iter().collect();
        if let Some(code) = postal_code.filter(|_| !street.is_empty()) {
            self.places.insert(format!("{} {}", tax_id::normalised(code), street.join(" ")));
            self.postal_codes.insert(code.to_owned());
        }
    }
}

/// What is written in full or short in streets, and how it is compared. Where the whole ends a longer word, the short one does, too: Hauptstraße, Hauptstr.
const STREETS: &[(&str, &str)] = &[
    ("strasse", "str"),
    ("straße", "str"),
    ("platz", "pl"),
    ("place", "pl"),
    ("avenue", "av"),
    ("ave", "av"),
    ("boulevard", "bd"),
    ("blvd", "bd"),
    ("chemin", "ch"),
    ("route", "rte"),
    ("faubourg", "fbg"),
    ("street", "st"),
    ("road", "rd"),
    ("lane", "ln"),
    ("drive", "dr"),
    ("square", "sq"),
    ("court", "ct"),
    ("saint", "st"),
    ("sankt", "st"),
];

/// The endings that German writes together with the name of the street.
const JOINED: &[&str] = &["strasse", "straße", "platz"];

fn street_word(word: &str) -> String {
    let short = |(whole, short): &(&str, &str)| {
        let name = word.strip_suffix(whole)?;
        (name.is_empty() || JOINED.contains(whole)).then(|| format!("{name}{short}"))
    };
    STREETS.iter().find_map(short).unwrap_or_else(|| word.to_owned())
}

/// Whether two parties are taken for one: enough speaks for it, or they are called the same and no country says otherwise.
#[must_use]
pub fn likely(points: i32, reasons: &[Reason]) -> bool {
    let of = |field: &str| reasons.iter().find(|reason| reason.field == field).map(|reason| reason.points);
    points >= LIKELY || (of("name") == Some(SAME_NAME) && of("country").is_none_or(|points| points > 0))
}

/// What two parties have in common, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The field.
    pub field: &'static str,
    /// What it adds.
    pub points: i32,
    /// What was compared.
    pub detail: String,
}

/// The telling words of a name: without its legal form, accents and punctuation. A name of nothing else keeps all its words.
#[must_use]
pub fn name_words(name: &str) -> BTreeSet<String> {
    let all = words(std::iter::once(name.replace(['.', '\'', '’'], "").as_str()));
    let telling: BTreeSet<String> = all.iter().filter(|word| !LEGAL_FORMS.contains(&word.as_str())).cloned().collect();
    if telling.is_empty() { all } else { telling }
}

/// A mail address in the form in which it is the same however it is capitalised; the indexes on `lower(email)` hold this form.
#[must_use]
pub fn mail_key(email: &str) -> String {
    email.trim().to_ascii_lowercase()
}

/// Whether two mail addresses are one.
#[must_use]
pub fn same_mail(one: Option<&str>, other: Option<&str>) -> bool {
    one.map(mail_key) == other.map(mail_key)
}

/// The last nine digits of a telephone number: what remains the same however its country is dialled. None when there are too few to tell anybody apart.
#[must_use]
pub fn phone_key(phone: &str) -> Option<String> {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 6).then(|| digits.iter().skip(digits.len().saturating_sub(9)).collect())
}

/// The score of two parties, at most 100, with its reasons.
#[must_use]
pub fn score(one: &Profile, other: &Profile) -> (i32, Vec<Reason>) {
    let mut reasons = Vec::new();
    let shared = |one: &BTreeSet<String>, other: &BTreeSet<String>| one.intersection(other).next().cloned();
    if let Some(number) = shared_tax_id(one, other) {
        reasons.push(Reason { field: "tax_id", points: 70, detail: format!("both are registered as {number}") });
    }
    reasons.extend(name_reason(&one.name, &other.name));
    if let Some(email) = shared(&one.emails, &other.emails) {
        reasons.push(Reason { field: "email", points: 40, detail: format!("both have {email}") });
    }
    if let Some(phone) = shared(&one.phones, &other.phones) {
        reasons.push(Reason { field: "phone", points: 25, detail: format!("both have a number that ends in {phone}") });
    }
    if let Some(place) = shared(&one.places, &other.places) {
        reasons.push(Reason { field: "addresses", points: 30, detail: format!("both are at {place}") });
    }
    if let (Some(one), Some(other)) = (&one.country, &other.country)
        && !reasons.is_empty()
    {
        let (points, detail) = if one == other { (10, format!("both are in {one}")) } else { (-20, format!("one is in {one}, the other in {other}")) };
        reasons.push(Reason { field: "country", points, detail });
    }
    let sum: i32 = reasons.iter().map(|reason| reason.points).sum();
    (sum.clamp(0, 100), reasons)
}

/// A registration that both have, with or without the prefix of a country.
fn shared_tax_id(one: &Profile, other: &Profile) -> Option<String> {
    one.tax_ids.iter().find(|number| other.tax_ids.iter().any(|known| tax_id::bare(known) == tax_id::bare(number))).cloned()
}

fn name_reason(one: &BTreeSet<String>, other: &BTreeSet<String>) -> Option<Reason> {
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let spelled = |words: &BTreeSet<String>| words.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
    let (one, other) = (spelled(one), spelled(other));
    let longest = one.chars().count().max(other.chars().count());
    let likeness = 100 - strsim::osa_distance(&one, &other) * 100 / longest.max(1);
    let points = match likeness {
        100 => SAME_NAME,
        85.. => 35,
        70.. => 20,
        _ => return None,
    };
    Some(Reason { field: "name", points, detail: format!("\"{one}\" and \"{other}\" are {likeness} % alike") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str, country: Option<&str>) -> Profile {
        Profile { name: name_words(name), country: country.map(str::to_owned), ..Profile::default() }
    }

    #[test]
    fn names_are_compared_without_form_order_and_accents() {
        for (one, other) in
            [("Borealis SAS", "BOREALIS S.A.S."), ("Müller Bau GmbH & Co. KG", "Bau Muller"), ("L'Oréal", "LOreal SA"), ("The Limited", "The Limited")]
        {
            assert_eq!(name_words(one), name_words(other), "{one} / {other}");
        }
        let points = |one: &str, other: &str| score(&party(one, None), &party(other, None)).0;
        assert_eq!(points("Borealis SAS", "Borealis"), 50);
        assert_eq!(points("Boreallis", "Borealis"), 35, "a typing error");
        assert_eq!(points("Borealis", "Oceanis"), 0);
        assert_eq!(points("", "Borealis"), 0);
    }

    #[test]
    fn the_same_name_is_likely_the_same_party_where_no_country_says_otherwise() {
        let taken = |name: &str, country: Option<&str>| {
            let (points, reasons) = score(&party(name, country), &party("Borealis SAS", Some("FR")));
            likely(points, &reasons)
        };
        assert!(taken("borealis", Some("FR")) && taken("Borealis SA", None));
        assert!(!taken("Borealis SAS", Some("US")) && !taken("Boreallis", Some("FR")));
    }

    #[test]
    fn streets_are_the_same_in_full_and_short() {
        let place = |line1: &str| {
            let mut profile = Profile::default();
            profile.add_place(line1, Some("69001"));
            profile.places
        };
        for (full, short) in [
            ("Hauptstraße 5", "Hauptstr. 5"),
            ("Haupt Strasse 5", "Haupt Str. 5"),
            ("Marktplatz 1", "Marktpl. 1"),
            ("12, Avenue de la République", "12 av de la Republique"),
            ("3 Boulevard Saint-Michel", "3 bd St Michel"),
            ("10 Downing Street", "10 Downing St."),
        ] {
            assert_eq!(place(full), place(short), "{full}");
        }
        assert_ne!(place("Hauptstraße 5"), place("Hauptstraße 6"));
        assert_ne!(place("Birthplace 5"), place("Birthpl 5"), "only German writes them together");
    }

    #[test]
    fn points_need_more_than_a_name() {
        let known = party("Borealis SAS", Some("FR"));
        assert_eq!(score(&party("Borealis", Some("FR")), &known).0, 60);
        assert_eq!(score(&party("Borealis", Some("US")), &known).0, 30);
        let with = |change: &dyn Fn(&mut Profile)| {
            let (mut one, mut other) = (party("Borealis", Some("FR")), known.clone());
            change(&mut one);
            change(&mut other);
            score(&one, &other).0
        };
        assert!(with(&|party| party.add_email("Amy@Borealis.test ")) >= LIKELY);
        assert!(with(&|party| party.add_phone("+33 4 72 10 30 30")) >= LIKELY);
        assert!(with(&|party| party.add_place("1, rue de la Paix", Some("69 001"))) >= LIKELY);
        assert_eq!(with(&|party| party.add_tax_id("FR 40 303 265 045")), 100);
    }

    #[test]
    fn what_is_the_same_is_found_however_it_is_written() {
        let mut one = Profile::default();
        let mut other = Profile::default();
        one.add_tax_id("DE136695976");
        other.add_tax_id("136 695 976");
        one.add_phone("+33 (0)4 72 10 30 30");
        other.add_phone("0472103030");
        let (points, reasons) = score(&one, &other);
        assert_eq!((points, reasons.iter().map(|reason| reason.field).collect::<Vec<_>>()), (95, vec!["tax_id", "phone"]));
        assert_eq!(phone_key("12-34"), None);
        assert_eq!(score(&Profile::default(), &Profile::default()), (0, Vec::new()));
    }
}
