//! Numbers of tax registrations: how each country writes them and which digit checks the others (MDM-04, MDM-06, MCO-04).
//!
//! The formats are those that the member states of the European Union publish for their VAT numbers, and the ones of the United Kingdom, Switzerland and
//! Norway. A country that is not here is taken as it is.

use causeway_contract::{Code, FieldError};

/// What is known about a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It has its country's form, and its check digit is right where there is one.
    Valid,
    /// It has not the form of its country.
    Malformed,
    /// It has the form, but a digit is wrong.
    WrongChecksum,
    /// Nobody has published a rule for its country, or the country is not known.
    Unchecked,
}

impl Finding {
    /// The word that the API uses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Malformed => "malformed",
            Self::WrongChecksum => "wrong_checksum",
            Self::Unchecked => "unchecked",
        }
    }
}

/// The number without what people write between its parts, in capitals. Two spellings of one registration are equal in this form.
#[must_use]
pub fn normalised(number: &str) -> String {
    number.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The number in the form in which it is the same with and without the prefix of its country.
#[must_use]
pub fn bare(number: &str) -> String {
    let number = normalised(number);
    let bare = number.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    if bare.len() >= 8 { bare.to_owned() } else { number }
}

/// What is known about a number. Without a country the number's own prefix tells it.
#[must_use]
pub fn check(country: Option<&str>, number: &str) -> Finding {
    let number = normalised(number);
    let own = number.get(..2).filter(|prefix| prefix.chars().all(|letter| letter.is_ascii_uppercase()));
    let Some(country) = country.or(own) else { return Finding::Unchecked };
    // Greece writes EL before its numbers, Switzerland CHE.
    let prefixes: &[&str] = match country {
        "GR" | "EL" => &["EL", "GR"],
        "CH" => &["CHE"],
        other => &[other],
    };
    let body = prefixes.iter().find_map(|prefix| number.strip_prefix(prefix)).unwrap_or(&number);
    match_country(country, body)
}

/// What stops a number from standing among the verified ones of a party.
#[must_use]
pub fn error(country: &str, number: &str, pointer: &str) -> Option<FieldError> {
    let detail = match check(Some(country), number) {
        Finding::Valid | Finding::Unchecked => return None,
        Finding::Malformed => format!("has not the form of a registration number of {country}"),
        Finding::WrongChecksum => format!("has the form of a registration number of {country}, but its check digit is wrong: look for a typing error"),
    };
    Some(FieldError::pointer(Code::InvalidValue, pointer, detail))
}

fn match_country(country: &str, body: &str) -> Finding {
    let found = match country {
        "AT" => austria(body),
        "BE" => digits(body, &[10]).map(|d| (97 - number(&d, 0..8) % 97) == number(&d, 8..10)),
        "BG" => digits(body, &[9, 10]).map(|d| d.len() == 10 || bulgaria(&d)),
        "CH" => digits(body.trim_end_matches(|letter: char| letter.is_ascii_uppercase()), &[9]).map(|d| eleven(&d, &[5, 4, 3, 2, 7, 6, 5, 4], 8)),
        "CY" => cyprus(body),
        "CZ" => digits(body, &[8, 9, 10]).map(|d| d.len() != 8 || (11 - weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == at(&d, 7)),
        "DE" => digits(body, &[9]).map(|d| eleven_ten(&d)),
        "DK" => digits(body, &[8]).map(|d| weighted(&d, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
        "EE" => digits(body, &[9]).map(|d| (10 - weighted(&d, &[3, 7, 1, 3, 7, 1, 3, 7]) % 10) % 10 == at(&d, 8)),
        "ES" => spain(body),
        "FI" => digits(body, &[8]).map(|d| eleven(&d, &[7, 9, 10, 5, 8, 4, 2], 7)),
        "FR" => france(body),
        "GB" | "XI" => digits(body, &[9, 12]).map(|d| united_kingdom(&d)),
        "GR" | "EL" => digits(body, &[9]).map(|d| weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == at(&d, 8)),
        "HR" => digits(body, &[11]).map(|d| eleven_ten(&d)),
        "HU" => digits(body, &[8]).map(|d| (10 - weighted(&d, &[9, 7, 3, 1, 9, 7, 3]) % 10) % 10 == at(&d, 7)),
        "IE" => ireland(body),
        "IT" => digits(body, &[11]).map(|d| luhn(&d)),
        "LT" => digits(body, &[9, 12]).map(|d| lithuania(&d)),
        "LU" => digits(body, &[8]).map(|d| number(&d, 0..6) % 89 == number(&d, 6..8)),
        "LV" => digits(body, &[11]).map(|_| true),
        "MT" => digits(body, &[8]).map(|d| 37 - weighted(&d, &[3, 4, 6, 7, 8, 9]) % 37 == number(&d, 6..8)),
        "NL" => netherlands(body),
        "NO" => digits(body.trim_end_matches("MVA"), &[9]).map(|d| eleven(&d, &[3, 2, 7, 6, 5, 4, 3, 2], 8)),
        "PL" => digits(body, &[10]).map(|d| weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == at(&d, 9)),
        "PT" => digits(body, &[9]).map(|d| portugal(&d)),
        "RO" => digits(body, &[2, 3, 4, 5, 6, 7, 8, 9, 10]).map(|d| romania(&d)),
        "SE" => digits(body, &[12]).map(|d| luhn(d.get(..10).unwrap_or_default()) && number(&d, 10..12) > 0),
        "SI" => digits(body, &[8]).map(|d| eleven(&d, &[8, 7, 6, 5, 4, 3, 2], 7)),
        "SK" => digits(body, &[10]).map(|d| number(&d, 0..10).is_multiple_of(11)),
        _ => return Finding::Unchecked,
    };
    match found {
        None => Finding::Malformed,
        Some(false) => Finding::WrongChecksum,
        Some(true) => Finding::Valid,
    }
}

/// The digits of a text that has nothing else and one of these lengths.
fn digits(text: &str, lengths: &[usize]) -> Option<Vec<u64>> {
    let digits: Option<Vec<u64>> = text.chars().map(|letter| letter.to_digit(10).map(u64::from)).collect();
    digits.filter(|digits| lengths.contains(&digits.len()))
}

fn at(digits: &[u64], place: usize) -> u64 {
    digits.get(place).copied().unwrap_or_default()
}

/// The number that these places spell.
fn number(digits: &[u64], places: std::ops::Range<usize>) -> u64 {
    digits.get(places).unwrap_or_default().iter().fold(0, |number, digit| number * 10 + digit)
}

fn weighted(digits: &[u64], weights: &[u64]) -> u64 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The weighted sum and the check digit make a multiple of eleven; a check digit of ten is never given out.
fn eleven(digits: &[u64], weights: &[u64], check: usize) -> bool {
    (11 - weighted(digits, weights) % 11) % 11 == at(digits, check)
}

/// ISO 7064, MOD 11,10.
fn eleven_ten(digits: &[u64]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let product = body.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == *check
}

/// ISO/IEC 7812: every second digit from the right is doubled, its digits are added.
fn luhn(digits: &[u64]) -> bool {
    let sum: u64 = digits.iter().rev().enumerate().map(|(place, digit)| if place % 2 == 0 { *digit } else { cross_sum(digit * 2) }).sum();
    sum.is_multiple_of(10)
}

const fn cross_sum(number: u64) -> u64 {
    number / 10 + number % 10
}

fn austria(body: &str) -> Option<bool> {
    let digits = digits(body.strip_prefix('U')?, &[8])?;
    let sum: u64 = digits.iter().take(7).enumerate().map(|(place, digit)| if place % 2 == 0 { *digit } else { cross_sum(digit * 2) }).sum();
    Some((10 - (sum + 4) % 10) % 10 == at(&digits, 7))
}

fn bulgaria(digits: &[u64]) -> bool {
    let check = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11;
    let check = if check == 10 { weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10 } else { check };
    check == at(digits, 8)
}

fn cyprus(body: &str) -> Option<bool> {
    let letter = body.chars().last().filter(char::is_ascii_uppercase)?;
    let digits = digits(body.strip_suffix(letter)?, &[8])?;
    const EVEN: [u64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let value =
        |(place, digit): (usize, &u64)| if place % 2 == 0 { EVEN.iter().zip(0..).find(|(_, of)| of == digit).map_or(0, |(value, _)| *value) } else { *digit };
    let sum: u64 = digits.iter().enumerate().map(value).sum();
    Some(('A'..='Z').zip(0..).any(|(known, place)| known == letter && place == sum % 26))
}

/// Companies have a letter and a check digit or letter; persons a number whose remainder by 23 picks the letter.
fn spain(body: &str) -> Option<bool> {
    const PERSONS: &str = "TRWAGMYFPDXBNJZSQVHLCKE";
    const COMPANIES: &str = "JABCDEFGHI";
    let mut letters = body.chars();
    let (first, last) = (letters.next()?, letters.next_back()?);
    let middle = letters.as_str();
    if body.chars().count() != 9 {
        return None;
    }
    if first.is_ascii_digit() || matches!(first, 'X' | 'Y' | 'Z') {
        let front = match first {
            'X' => '0',
            'Y' => '1',
            'Z' => '2',
            digit => digit,
        };
        let digits = digits(&format!("{front}{middle}"), &[8])?;
        let place = usize::try_from(number(&digits, 0..8) % 23).ok()?;
        return last.is_ascii_uppercase().then(|| PERSONS.chars().nth(place) == Some(last));
    }
    let digits = digits(middle, &[7]).filter(|_| first.is_ascii_uppercase())?;
    let sum: u64 = digits.iter().enumerate().map(|(place, digit)| if place % 2 == 0 { cross_sum(digit * 2) } else { *digit }).sum();
    let check = (10 - sum % 10) % 10;
    let letter = COMPANIES.chars().nth(usize::try_from(check).ok()?);
    Some(last.to_digit(10).map(u64::from) == Some(check) || letter == Some(last))
}

/// Old style keys of letters are taken without a check.
fn france(body: &str) -> Option<bool> {
    let (key, siren) = body.split_at_checked(2)?;
    let siren = digits(siren, &[9])?;
    match digits(key, &[2]) {
        Some(key) => Some((12 + 3 * (number(&siren, 0..9) % 97)) % 97 == number(&key, 0..2)),
        None => key.chars().all(|letter| letter.is_ascii_alphanumeric() && !matches!(letter, 'I' | 'O')).then_some(true),
    }
}

fn united_kingdom(digits: &[u64]) -> bool {
    let sum = weighted(digits, &[8, 7, 6, 5, 4, 3, 2]) + number(digits, 7..9);
    sum.is_multiple_of(97) || (sum + 55).is_multiple_of(97)
}

/// Seven digits and a letter that checks them, and since 2013 one more letter that counts nine times.
fn ireland(body: &str) -> Option<bool> {
    let (front, letters) = body.split_at_checked(7)?;
    let digits = digits(front, &[7])?;
    let value = |letter: char| ('A'..='Z').zip(1_u64..).find(|(known, _)| *known == letter).map(|(_, value)| value);
    let mut letters = letters.chars();
    let check = value(letters.next()?)? % 23;
    let more = match (letters.next(), letters.next()) {
        (None, _) => 0,
        (Some(second), None) => value(second)?,
        _ => return None,
    };
    Some((weighted(&digits, &[8, 7, 6, 5, 4, 3, 2]) + 9 * more) % 23 == check)
}

fn lithuania(digits: &[u64]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let sum = |from: u64| body.iter().zip(0..).map(|(digit, place)| digit * ((place + from) % 9 + 1)).sum::<u64>() % 11;
    let first = sum(0);
    (if first == 10 { sum(2) % 10 } else { first }) == *check
}

/// The number of a company by elevens, or since 2020 any number by 97 with the letters as numbers.
fn netherlands(body: &str) -> Option<bool> {
    let (front, rest) = body.split_at_checked(9)?;
    let digits_of_company = digits(front, &[9])?;
    digits(rest.strip_prefix('B')?, &[2])?;
    let by_elevens = weighted(&digits_of_company, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == at(&digits_of_company, 8);
    // N is 23, L is 21, B is 11 where letters are numbers.
    let whole = digits(&format!("2321{front}11{}", rest.trim_start_matches('B')), &[17])?;
    Some(by_elevens || number(&whole, 0..17) % 97 == 1)
}

fn portugal(digits: &[u64]) -> bool {
    let rest = 11 - weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    at(digits, 8) == if rest >= 10 { 0 } else { rest }
}

fn romania(digits: &[u64]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let weights = [2, 3, 5, 7, 1, 2, 3, 5, 7];
    let sum: u64 = body.iter().rev().zip(weights).map(|(digit, weight)| digit * weight).sum();
    sum * 10 % 11 % 10 == *check
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Registrations of well-known companies and the examples of tax offices.
    const GOOD: &[&str] = &[
        "ATU13585627",
        "BE0403019261",
        "BG175074752",
        "CHE107787577MWST",
        "CY10259033P",
        "CZ25123891",
        "DE136695976",
        "DK13585628",
        "EE100207415",
        "EL094259216",
        "ESA13585625",
        "FI20774740",
        "FR40303265045",
        "GB980780684",
        "HR33392005961",
        "HU12892312",
        "IE6433435F",
        "IT00743110157",
        "LT119511515",
        "LU15027442",
        "LV40003521600",
        "MT11679112",
        "NL004495445B01",
        "NO995525828MVA",
        "PL8567346215",
        "PT501964843",
        "RO18547290",
        "SE123456789701",
        "SI50223054",
        "SK2022749619",
    ];

    #[test]
    fn good_numbers_are_valid_however_they_are_written() {
        for number in GOOD {
            assert_eq!(check(None, number), Finding::Valid, "{number}");
            let country = match number.split_at(2).0 {
                "EL" => "GR",
                other => other,
            };
            let spaced: String = number.chars().flat_map(|letter| [letter.to_ascii_lowercase(), ' ']).collect();
            assert_eq!(check(Some(country), &spaced), Finding::Valid, "{number} of {country}");
        }
        assert_eq!(check(Some("DE"), "136 695 976"), Finding::Valid, "the country's prefix may be left out");
    }

    #[test]
    fn one_wrong_digit_is_found() {
        for number in GOOD.iter().filter(|number| !number.starts_with("LV")) {
            let first = number.chars().find(char::is_ascii_digit).unwrap();
            let next = char::from_digit((first.to_digit(10).unwrap() + 1) % 10, 10).unwrap();
            let wrong = number.replacen(first, &next.to_string(), 1);
            assert_eq!(check(None, &wrong), Finding::WrongChecksum, "{wrong}");
        }
    }

    #[test]
    fn the_form_is_the_countrys() {
        for (country, number) in [("DE", "12345"), ("AT", "13585627"), ("FR", "IO303265045"), ("NL", "004495445A01"), ("ES", "1"), ("IE", "643343"), ("IT", "")]
        {
            assert_eq!(check(Some(country), number), Finding::Malformed, "{country} {number}");
            assert!(error(country, number, "/tax_ids/0/number").is_some());
        }
        for (country, number) in [(Some("US"), "12-3456789"), (None, "4711"), (None, ""), (None, "Ümlaut")] {
            assert_eq!(check(country, number), Finding::Unchecked, "{number}");
        }
        assert_eq!(error("US", "12-3456789", "/tax_ids/0/number"), None);
    }
}
