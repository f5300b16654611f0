//! People, teams, companies, price lists, categories and templates of quotes are found by words of their names, those that were there before, too.

use crate::table::unforced;
use crate::{Dialect, Migration};

pub(crate) const MIGRATION: Migration = Migration { name: "m0191_names", up, down, tables: Vec::new };

/// What is found from now on: the kind, its table, and the text whose words find it.
const FOUND: [(&str, &str, &str); 6] = [
    ("user", "users", "name || ' ' || email"),
    ("team", "teams", "name"),
    ("company", "companies", "name"),
    ("price_list", "price_lists", "code || ' ' || COALESCE(name, '')"),
    ("category", "categories", "name"),
    ("quote_template", "quote_templates", "name"),
];
/// Letters with an accent, in both sizes, by the letter without: a database may know the sizes of no others than those of ASCII.
const FOLDED: [(&str, &str); 16] = [
    ("àáâãäåāăąÀÁÂÃÄÅĀĂĄ", "a"),
    ("çćčÇĆČ", "c"),
    ("ďđĎĐ", "d"),
    ("èéêëēėęěÈÉÊËĒĖĘĚ", "e"),
    ("ìíîïīÌÍÎÏĪ", "i"),
    ("łŁ", "l"),
    ("ñńňÑŃŇ", "n"),
    ("òóôõöøőÒÓÔÕÖØŐ", "o"),
    ("řŘ", "r"),
    ("śšşŚŠŞ", "s"),
    ("ťţŤŢ", "t"),
    ("ùúûüūůűÙÚÛÜŪŮŰ", "u"),
    ("ýÿÝŸ", "y"),
    ("źżžŹŻŽ", "z"),
    ("!#$%&()*+,-./:;<=>?@[\\]^_`{|}~\n\t\u{a0}–—‘’“”„«»…·•®™©、。", " "),
    ("'", " "),
];

/// Capitals of other writings, whose small letters are theirs in the words of a search.
const CAPITALS: &str = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЁІЇЄҐЎЉЊЏЂЈЋΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΆΈΉΊΌΎΏΪΫĞİȘȚ";

fn up(dialect: Dialect) -> Vec<String> {
    let all: Vec<String> = FOUND.iter().map(|(kind, table, text)| words(dialect, kind, table, text)).collect();
    let tables: Vec<&str> = FOUND.iter().map(|(_, table, _)| *table).chain(["search_words"]).collect();
    unforced(&tables, dialect, &all.iter().map(String::as_str).collect::<Vec<_>>())
}

fn down(dialect: Dialect) -> Vec<String> {
    let kinds = FOUND.map(|(kind, ..)| format!("'{kind}'")).join(", ");
    unforced(&["search_words"], dialect, &[&format!("DELETE FROM \"search_words\" WHERE \"object_type\" IN ({kinds})")])
}

/// Cuts the text of each row at its spaces, one word after the other. The first word is none, collated as the others are.
pub(crate) fn words(dialect: Dialect, kind: &str, table: &str, text: &str) -> String {
    let (place, quote) = match dialect {
        Dialect::Sqlite => ("instr(rest, ' ')", "char(34)"),
        Dialect::Postgres => ("strpos(rest, ' ')", "chr(34)"),
    };
    // A quotation mark would end a name where statements are read for names.
    let plain = plain(&format!("replace({text}, {quote}, ' ')"));
    format!(
        "WITH RECURSIVE cut (tenant_id, object_id, word, rest) AS (SELECT tenant_id, id, substr({text}, 1, 0), {plain} || ' ' FROM \"{table}\" \
         UNION ALL SELECT tenant_id, object_id, substr(rest, 1, {place} - 1), substr(rest, {place} + 1) FROM cut WHERE rest <> '') \
         INSERT INTO \"search_words\" (\"tenant_id\", \"object_type\", \"word\", \"object_id\") \
         SELECT DISTINCT tenant_id, '{kind}', substr(word, 1, 40), object_id FROM cut WHERE word <> ''"
    )
}

/// The text in small letters without accents, with a space where a sign stands.
fn plain(text: &str) -> String {
    let letters = FOLDED.iter().flat_map(|(letters, folded)| letters.chars().map(move |letter| (letter, folded)));
    let folded = letters.fold(text.to_owned(), |text, (letter, folded)| {
        format!("replace({text}, '{}', '{folded}')", if letter == '\'' { "''".to_owned() } else { letter.to_string() })
    });
    let small = CAPITALS.chars().fold(folded, |text, letter| format!("replace({text}, '{letter}', '{}')", letter.to_lowercase()));
    format!("lower({small})")
}
