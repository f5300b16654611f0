//! The filter language: `status:draft total_amount>100 !web "exact words" since:24h borealis`.
//!
//! What the server can filter goes to the server; the rest is tested here, on the rows that are loaded.

use crate::columns::{Kind, has};
use crate::list::Record;
use crate::resource::{Resource, of_prefix};
use causeway_value::Instant;
use std::cmp::Ordering;

/// A filter as one typed it, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The query of the list.
    pub server: Vec<(String, String)>,
    /// What is tested here.
    pub local: Vec<Test>,
}

/// One test of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    not: bool,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Words(String),
    /// What is shown of a field holds these words: what an id is called, where it is one.
    Named {
        field: String,
        words: String,
    },
    /// Not older than this instant, by the newest time that the row tells of itself.
    Since(String),
    Field {
        field: String,
        order: Order,
        value: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Is,
    More,
    Less,
    AtLeast,
    AtMost,
}

const SIGNS: &[(&str, Order, &str)] = &[
    (">=", Order::AtLeast, "[gte]"),
    ("<=", Order::AtMost, "[lte]"),
    (">", Order::More, "[gt]"),
    ("<", Order::Less, "[lt]"),
    (":", Order::Is, ""),
    ("=", Order::Is, ""),
];

impl Filter {
    /// Reads a filter for a list of this resource; `now` is milliseconds since 1970, for `since:`.
    pub fn read(text: &str, resource: &Resource, now: i64) -> Self {
        let mut filter = Self::default();
        let tokens = tokens(text);
        let currency = tokens.iter().any(|token| token.starts_with("currency"));
        for token in tokens {
            filter.add(&token, resource, now, currency);
        }
        filter
    }

    fn add(&mut self, token: &str, resource: &Resource, now: i64, currency: bool) {
        let (not, body) = token.strip_prefix('!').map_or((false, token), |rest| (true, rest));
        if body.is_empty() {
            return;
        }
        if let Some(age) = body.strip_prefix("since:").and_then(seconds) {
            let since = Instant(now.saturating_mul(1_000)).plus_seconds(age.saturating_neg()).to_string();
            if !not && resource.filters_by("updated_at", currency) {
                self.server.push(("updated_at[gte]".to_owned(), since));
            } else {
                self.local.push(Test { not, what: What::Since(since) });
            }
            return;
        }
        let Some((field, order, suffix, value)) = comparison(body) else {
            let words = body.trim_matches('"').to_lowercase();
            self.local.push(Test { not, what: What::Words(words) });
            return;
        };
        let (bare, sign) = field.split_once('[').map_or((field, ""), |(name, _)| (name, field.get(name.len()..).unwrap_or_default()));
        // A head is as good as the field below it, and a name as good as the id that it stands for.
        let bare = meant(bare, resource);
        let field = &format!("{bare}{sign}");
        if order == Order::Is && resource.columns.iter().any(|column| column.kind == Kind::Ref && column.field == bare) {
            let id = value.split(',').all(|value| value.split_once('_').is_some_and(|(prefix, rest)| !rest.is_empty() && of_prefix(prefix).is_some()));
            if !id && !value.is_empty() {
                self.local.push(Test { not, what: What::Named { field: bare, words: value.to_lowercase() } });
                return;
            }
        }
        let bare = bare.as_str();
        // What is empty no server looks for.
        if !not && !value.is_empty() && resource.filters_by(bare, currency) {
            let value = match value {
                "yes" if resource.answers_yes_or_no(bare) => "true",
                "no" if resource.answers_yes_or_no(bare) => "false",
                value => value,
            };
            self.server.push((format!("{field}{suffix}"), value.to_owned()));
        } else {
            self.local.push(Test { not, what: What::Field { field: field.to_owned(), order, value: value.to_lowercase() } });
        }
    }

    /// Names the first field that is tested here and that no object of the list has, since nobody finds anything by it; and the names that would work.
    pub fn unknown(&self, resource: &Resource) -> Option<String> {
        let object = resource.list.object();
        let field = self.local.iter().find_map(|test| match &test.what {
            What::Field { field, .. } if !has(&object, field) => Some(field),
            _ => None,
        });
        let Some(field) = field else { return self.no_number(resource) };
        Some(format!("{} have no field {field}. Columns: {}. The server filters by {}.", resource.name, heads(resource), resource.filters().join(", ")))
    }

    /// Whether the server would list this object, as far as that can be told from the object itself.
    pub fn covers(&self, object: &serde_json::Value) -> bool {
        self.server.iter().all(|(name, value)| listed(name, value, object))
    }

    /// Whether the server lists this object no more, which its own fields say: what it filters by that the object does not tell says nothing.
    pub fn left_by(&self, object: &serde_json::Value) -> bool {
        let told = |name: &str| !crate::columns::at(object, name.split_once('[').map_or(name, |(field, _)| field)).is_null();
        self.server.iter().any(|(name, value)| told(name) && !listed(name, value, object))
    }

    /// Names the first comparison of a number with what is none: it would find nothing, as if there were nothing.
    fn no_number(&self, resource: &Resource) -> Option<String> {
        let numbers = |field: &str| {
            let column = resource.columns.iter().find(|column| column.field == field);
            column.is_some_and(|column| matches!(column.kind, Kind::Money | Kind::Number | Kind::Count))
        };
        self.local.iter().find_map(|test| match &test.what {
            What::Field { field, value, .. } if !value.is_empty() && numbers(field) && number(value).is_none() => {
                Some(format!("{field} is a number, and {value:?} is none: {field}>100"))
            }
            _ => None,
        })
    }

    /// Whether a row passes the local tests; `called` says what an id is called.
    pub fn passes<'a>(&self, record: &Record, resource: &Resource, called: impl Fn(&str) -> Option<&'a str> + Copy) -> bool {
        self.local.iter().all(|test| test.not != test.holds(record, resource, called))
    }

    /// Whether words are looked for, which names of ids may hold.
    pub fn looks_at_names(&self) -> bool {
        self.local.iter().any(|test| matches!(test.what, What::Words(_) | What::Named { .. }))
    }
}

/// Whether an object passes one test of the server.
fn listed(name: &str, value: &str, object: &serde_json::Value) -> bool {
    let (field, sign) = name.split_once('[').unwrap_or((name, ""));
    let text = crate::columns::plain(crate::columns::at(object, field));
    match (field, sign) {
        ("q" | "external_ref", _) => false,
        (_, "in]") => value.split(',').any(|one| text == one),
        (_, "gt]") => compare(&text, value) == Ordering::Greater,
        (_, "lt]") => compare(&text, value) == Ordering::Less,
        (_, "gte]") => compare(&text, value) != Ordering::Less,
        (_, "lte]") => compare(&text, value) != Ordering::Greater,
        _ => text == *value || matches!((text.as_str(), value), ("yes", "true") | ("no", "false")),
    }
}

impl Test {
    fn holds<'a>(&self, record: &Record, resource: &Resource, called: impl Fn(&str) -> Option<&'a str> + Copy) -> bool {
        let shown = |cell: &str, words: &str| contains(called(cell).unwrap_or(cell), words);
        match &self.what {
            What::Words(words) => {
                let refers = |at: usize| resource.columns.get(at).is_some_and(|column| column.kind == Kind::Ref);
                let cell = |(at, cell): (usize, &str)| contains(cell, words) || (refers(at) && shown(cell, words));
                record.cells().enumerate().any(cell) || record.id.contains(words.as_str())
            }
            What::Named { field, words } => shown(&record.field(field, resource), words),
            What::Since(since) => {
                let object = record.value();
                let times = ["updated_at", "occurred_at", "at", "created_at", "date"];
                times.iter().find_map(|name| object.get(*name)?.as_str()).is_none_or(|time| time >= since.as_str())
            }
            What::Field { field, order, value } => {
                let text = record.field(field, resource).to_lowercase();
                match order {
                    Order::Is if value.is_empty() => text.is_empty() || text == "-",
                    // An amount is found by its number, too, without the currency behind it.
                    Order::Is => {
                        text == *value || (number(&text).is_some() && number(value).is_some() && !value.contains(' ') && compare(&text, value).is_eq())
                    }
                    Order::More => compare(&text, value) == Ordering::Greater,
                    Order::Less => compare(&text, value) == Ordering::Less,
                    Order::AtLeast => compare(&text, value) != Ordering::Less,
                    Order::AtMost => compare(&text, value) != Ordering::Greater,
                }
            }
        }
    }
}

/// Whether `text` contains `words` (in lower case), without copying ASCII text.
fn contains(text: &str, words: &str) -> bool {
    if !text.is_ascii() || !words.is_ascii() {
        return text.to_lowercase().contains(words);
    }
    text.as_bytes().windows(words.len().max(1)).any(|part| part.eq_ignore_ascii_case(words.as_bytes()))
}

/// Orders texts: numbers (with whatever follows them, such as a currency) by value, all else by letters.
pub fn compare(a: &str, b: &str) -> Ordering {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.cmp(b),
    }
}

/// A decimal in millionths.
fn number(text: &str) -> Option<i128> {
    let head = text.split(' ').next()?;
    let (minus, digits) = head.strip_prefix('-').map_or((false, head), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || fraction.len() > 6 || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i128 = format!("{whole}{fraction:0<6}").parse().ok()?;
    Some(if minus { value.saturating_neg() } else { value })
}

/// The field that a name in a filter means: one that is filtered by, else that of the column under this head, else the name itself; case does not matter.
pub fn meant(name: &str, resource: &Resource) -> String {
    let name = name.to_lowercase();
    if resource.columns.iter().any(|column| column.field == name) || resource.filters_by(&name, true) {
        return name;
    }
    resource.columns.iter().find(|column| word(column.head) == name).map_or(name, |column| column.field.to_owned())
}

/// The head of a column as a word that can be typed: `PROB %` is `prob`, `VALID DAYS` is `valid_days`.
fn word(head: &str) -> String {
    let head = head.split('(').next().unwrap_or(head);
    let words = head.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("_").to_lowercase()
}

/// The names of the columns as they can be typed.
fn heads(resource: &Resource) -> String {
    resource.columns.iter().map(|column| word(column.head)).collect::<Vec<_>>().join(", ")
}

fn comparison(token: &str) -> Option<(&str, Order, &str, &str)> {
    let at = token.find([':', '=', '<', '>'])?;
    let (field, rest) = token.split_at_checked(at)?;
    if field.is_empty() || !field.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'[' | b']')) {
        return None;
    }
    SIGNS.iter().find_map(|(sign, order, suffix)| rest.strip_prefix(sign).map(|value| (field, *order, *suffix, value.trim_matches('"'))))
}

fn seconds(age: &str) -> Option<i64> {
    let (number, unit) = age.split_at_checked(age.len().checked_sub(1)?)?;
    let unit = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<i64>().ok()?.checked_mul(unit)
}

/// Words, with quoted parts kept together.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        if c.is_whitespace() && !quoted {
            tokens.push(String::new());
        } else if let Some(last) = tokens.last_mut() {
            last.push(c);
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::named;
    use serde_json::json;

    #[test]
    fn what_the_server_can_filter_goes_to_the_server() {
        let orders = named("orders").unwrap();
        let filter = Filter::read("status:draft order_date>=2026-11-01 since:24h borealis", orders, 1_795_170_061_000);
        let server: Vec<_> = filter.server.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(server, ["status=draft", "order_date[gte]=2026-11-01", "updated_at[gte]=2026-11-19T10:21:01.000000Z"]);
        assert_eq!(filter.local.len(), 1);
        assert_eq!(Filter::read("order_date[lt]:2026-01-01", orders, 0).server, [("order_date[lt]".to_owned(), "2026-01-01".to_owned())]);
    }

    #[test]
    fn the_rest_is_tested_here() {
        let orders = named("orders").unwrap();
        let row = json!({"id": "ord_1", "number": "SO/2026/00042", "status": "draft", "total_amount": "771.12", "currency": "EUR", "reference": "PO 4711", "margin_percent": "12.5"});
        let record = Record::new(&row, orders);
        let passes = |text: &str| Filter::read(text, orders, 0).passes(&record, orders, |_| None);
        for text in ["so/2026", "\"po 4711\"", "!web", "total_amount>100", "total_amount<=771.12", "margin_percent>=12.5", "!status:confirmed", "ORD_1", ""] {
            assert!(passes(text), "{text}");
        }
        for text in ["!4711", "total_amount>771.12", "margin_percent<3", "nothing", "reference:po"] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn yes_and_no_are_what_the_server_calls_true_and_false_and_every_list_knows_since() {
        let server = |name: &str, text: &str| Filter::read(text, named(name).unwrap(), 1_795_170_061_000).server;
        assert_eq!(server("orders", "late:yes stalled=no"), [("late".to_owned(), "true".to_owned()), ("stalled".to_owned(), "false".to_owned())]);
        for resource in crate::resource::all() {
            let filter = Filter::read("since:24h", resource, 1_795_170_061_000);
            assert_eq!((filter.server.len(), filter.local.len()), if resource.filters_by("updated_at", false) { (1, 0) } else { (0, 1) }, "{}", resource.name);
        }
        let audit = named("audit-entries").unwrap();
        let passes = |at: &str| {
            Filter::read("since:24h", audit, 1_795_170_061_000).passes(&Record::new(&json!({"id": "aud_1", "occurred_at": at}), audit), audit, |_| None)
        };
        assert!(passes("2026-11-20T10:00:00.000000Z") && !passes("2026-11-18T10:00:00.000000Z"));
    }

    #[test]
    fn empty_cells_and_amounts_are_found() {
        let orders = named("orders").unwrap();
        let record = Record::new(&json!({"id": "ord_1", "total_amount": "771.12", "currency": "EUR", "reference": null, "status": "draft"}), orders);
        let passes = |text: &str| Filter::read(text, orders, 0).passes(&record, orders, |_| None);
        for text in ["reference:\"\"", "!status:\"\"", "total_amount:771.12", "total_amount:\"771.12 EUR\"", "total_amount=771.120"] {
            assert!(passes(text), "{text}");
        }
        for text in ["!reference:\"\"", "status:\"\"", "total_amount:\"771.12 USD\"", "total_amount:771"] {
            assert!(!passes(text), "{text}");
        }
    }

    #[test]
    fn words_are_looked_for_in_the_names_that_are_shown() {
        let invoices = named("invoices").unwrap();
        let record = Record::new(&json!({"id": "inv_1", "number": "INV/1", "status": "posted", "party_id": "pty_1"}), invoices);
        let called = |id: &str| (id == "pty_1").then_some("QUICK-Stop");
        let found = |text: &str| {
            let filter = Filter::read(text, invoices, 0);
            assert_eq!(filter.unknown(invoices), None, "{text}");
            (filter.passes(&record, invoices, called), filter.server.len())
        };
        for text in ["QUICK", "quick-stop", "customer:quick", "party_id:Quick"] {
            assert_eq!(found(text), (true, 0), "{text}");
        }
        assert_eq!((found("Bon").0, found("customer:bon").0, found("!customer:quick").0), (false, false, false));
        // An id is what the server filters by, whatever stands above the column.
        assert_eq!(Filter::read("customer:pty_1", invoices, 0).server, [("party_id".to_owned(), "pty_1".to_owned())]);
    }

    #[test]
    fn what_stands_above_a_column_is_a_name_of_its_field() {
        let read = |name: &str, text: &str| {
            let filter = Filter::read(text, named(name).unwrap(), 0);
            assert_eq!(filter.unknown(named(name).unwrap()), None, "{text}");
            filter
        };
        let server = |name: &str, text: &str| read(name, text).server.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<String>();
        assert_eq!(server("invoices", "PAID:open"), "payment_state=open");
        assert_eq!(server("invoices", "due<2026-12-01"), "due_date[lt]=2026-12-01");
        assert_eq!(server("orders", "date>1998-04-01"), "order_date[gt]=1998-04-01");
        assert_eq!(server("orders", "Date[lt]:1998-04-01"), "order_date[lt]=1998-04-01");
        assert_eq!(server("orders", "STATUS:draft"), "status=draft");
        let orders = named("orders").unwrap();
        let record = Record::new(&json!({"id": "ord_1", "total_amount": "1771.12", "currency": "EUR", "party_id": "pty_1"}), orders);
        let called = |id: &str| (id == "pty_1").then_some("Bon app'");
        for (text, found) in [("TOTAL>1000", true), ("total>2000", false), ("Customer:bon", true), ("CUSTOMER:x", false), ("!TOTAL>1000", false)] {
            assert_eq!(read("orders", text).passes(&record, orders, called), found, "{text}");
        }
        // A word and a sign that name no column are not taken for words that nothing holds.
        let wrong = Filter::read("SUM>5", orders, 0).unknown(orders).unwrap_or_default();
        assert!(wrong.contains("no field sum") && wrong.contains("customer, status, total, date"), "{wrong}");
        for resource in crate::resource::all() {
            for column in &resource.columns {
                let head = word(column.head);
                assert!(meant(&head, resource) == column.field || meant(&head, resource) == head, "{} {head}", resource.name);
                assert_eq!(resource.columns.iter().filter(|other| word(other.head) == head).count(), 1, "{} {head}", resource.name);
            }
        }
    }

    #[test]
    fn a_number_that_is_none_is_told() {
        let orders = named("orders").unwrap();
        let told = |text: &str| Filter::read(text, orders, 0).unknown(orders);
        assert!(told("total_amount>abc").unwrap().contains("\"abc\" is none"));
        for right in ["total_amount>100", "total_amount:\"771.12 EUR\"", "total_amount:\"\"", "reference>abc"] {
            assert_eq!(told(right), None, "{right}");
        }
    }

    #[test]
    fn numbers_are_ordered_by_value() {
        assert_eq!(compare("9.00 EUR", "10.00 EUR"), Ordering::Less);
        assert_eq!(compare("-1", "1"), Ordering::Less);
        assert_eq!(compare("b", "a"), Ordering::Greater);
    }
}
