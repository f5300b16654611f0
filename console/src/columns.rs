//! How the lists look: a table per resource, in the file of its field. A list that the service gains shows what of the usual fields its objects have.

mod books;
mod deals;
mod settings;

use crate::contract::{Row, Shape};
use crate::text::clean;
use serde_json::Value;

/// How a field is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// As it is.
    Text,
    /// A state, with the colour of its meaning.
    State,
    /// An amount with the object's currency, to the right.
    Money,
    /// A number, to the right.
    Number,
    /// An instant, to the minute; in a column that is wide enough to the second.
    Time,
    /// An id of another object: its name when it is known.
    Ref,
    /// How many there are.
    Count,
    /// A word in few letters: of `credit_note` the first letters of its words, of `invoice` its first three.
    Brief,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The head.
    pub head: &'static str,
    /// Where the field is: `stage.name`.
    pub field: &'static str,
    /// The columns it takes.
    pub width: u16,
    /// How it is written.
    pub kind: Kind,
    /// In which order columns give way when the terminal is narrow: 0 never, then the highest first.
    pub gives_way: u8,
}

const fn col(head: &'static str, field: &'static str, width: u16, kind: Kind, gives_way: u8) -> Column {
    Column { head, field, width, kind, gives_way }
}

use Kind::{Brief, Count, Money, Ref, State, Text, Time};

/// A resource with its columns. The first column that is a text takes what is left of the width.
type Known = (&'static str, &'static [Column]);

/// The columns of every list, by field.
const KNOWN: [&[Known]; 3] = [deals::KNOWN, books::KNOWN, settings::KNOWN];

/// The columns of a list, when somebody chose them.
pub fn known(name: &str) -> Option<&'static [Column]> {
    KNOWN.iter().copied().flatten().find(|(known, _)| *known == name).map(|(_, columns)| *columns)
}

/// Whether objects of this shape have the field at a path such as `stage.name`. What may be anything, or has names of its own, has every field.
pub fn has(shape: &Shape, field: &str) -> bool {
    let (first, rest) = field.split_once('.').map_or((field, None), |(first, rest)| (first, Some(rest)));
    match shape {
        Shape::Any => true,
        Shape::Object { fields, others } => match (fields.iter().find(|known| known.name == first), rest) {
            (Some(found), Some(rest)) => has(&found.shape, rest),
            (Some(_), None) => true,
            (None, _) => *others,
        },
        _ => false,
    }
}

const OTHERS: &[Column] = &[
    col("ID", "id", 30, Text, 5),
    col("NUMBER", "number", 14, Text, 0),
    col("CODE", "code", 12, Text, 0),
    col("NAME", "name", 22, Text, 0),
    col("CUSTOMER", "party_id", 18, Ref, 1),
    col("COMPANY", "company_id", 16, Ref, 4),
    col("KIND", "kind", 12, Text, 3),
    col("STATUS", "status", 12, State, 0),
    col("AMOUNT", "amount", 15, Money, 0),
    col("DATE", "date", 10, Text, 2),
    col("ACTIVE", "active", 6, State, 0),
    col("UPDATED", "updated_at", 16, Time, 6),
];

/// The columns of a resource that this operation lists.
pub fn of(name: &str, list: &Row) -> Vec<Column> {
    if let Some(columns) = known(name) {
        return columns.to_vec();
    }
    let object = list.object();
    OTHERS.iter().filter(|column| has(&object, column.field)).copied().collect()
}

/// What an object is called by, the best first.
const NAMES: [&str; 6] = ["number", "name", "title", "code", "slug", "description"];

/// What an object is called, as a person says it: its number, name or title; nothing when it has none.
pub fn called(object: &Value) -> Option<&str> {
    object.get(called_by(object)?)?.as_str().filter(|name| !name.is_empty())
}

/// The field that says what an object is called.
pub fn called_by(object: &Value) -> Option<&'static str> {
    NAMES.iter().copied().find(|name| object.get(*name).is_some_and(Value::is_string))
}

/// The field at a path such as `stage.name`.
pub fn at<'a>(value: &'a Value, field: &str) -> &'a Value {
    field.split('.').fold(value, |value, part| value.get(part).unwrap_or(&Value::Null))
}

/// The columns of an instant to the second.
const SECOND: u16 = 19;

/// A field as a cell shows it.
pub fn cell(object: &Value, column: &Column) -> String {
    let value = at(object, column.field);
    match (column.kind, value) {
        (Count, Value::Array(items)) => items.len().to_string(),
        (Count, Value::Object(fields)) => fields.len().to_string(),
        // What is put in order by it, or found in another log, is told to the second.
        (Time, Value::String(text)) if column.width >= SECOND => text.get(..19).map_or_else(|| clean(text).into_owned(), |head| clean(head).replace('T', " ")),
        (Time, Value::String(text)) => minute(text),
        (Brief, Value::String(word)) => brief(word),
        (Money, Value::String(amount)) => format!("{} {}", clean(amount), clean(object.get("currency").and_then(Value::as_str).unwrap_or_default())),
        _ => plain(value),
    }
}

/// A word in few letters.
fn brief(word: &str) -> String {
    let letters: String = if word.contains('_') { word.split('_').filter_map(|part| part.chars().next()).collect() } else { word.chars().take(3).collect() };
    clean(&letters).to_uppercase()
}

/// A value in one line.
pub fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => clean(text).into_owned(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            if items.is_empty() {
                "-".to_owned()
            } else {
                items.iter().map(plain).collect::<Vec<_>>().join(", ")
            }
        }
        other => clean(&other.to_string()).into_owned(),
    }
}

/// An instant to the minute.
pub fn minute(text: &str) -> String {
    text.get(..16).map_or_else(|| clean(text).into_owned(), |head| clean(head).replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::all;
    use crate::text::width;

    /// A column that no object has is empty in every row, and nobody notices in a test of made-up rows.
    #[test]
    fn every_list_has_columns_of_its_own_that_its_objects_have() {
        let mut wrong = Vec::new();
        for resource in all() {
            if known(resource.name).is_none() {
                wrong.push(format!("{} has no columns of its own", resource.name));
            }
            let object = resource.list.object();
            assert!(matches!(object, Shape::Object { .. }), "{}: a page of objects", resource.name);
            for column in &resource.columns {
                if !has(&object, column.field) {
                    wrong.push(format!("{}: objects have no {}", resource.name, column.field));
                }
                if width(column.head) > usize::from(column.width) {
                    wrong.push(format!("{}: {} is cut to {}", resource.name, column.head, column.width));
                }
            }
        }
        let unused = KNOWN.iter().copied().flatten().filter(|(name, _)| crate::resource::named(name).is_none());
        wrong.extend(unused.map(|(name, _)| format!("there is no list {name}")));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// What stays on a narrow terminal must fit there: 80 columns less borders, cursor and mark.
    #[test]
    fn what_never_gives_way_fits_the_narrowest_usual_terminal() {
        for resource in all() {
            let needed: usize = resource.columns.iter().filter(|column| column.gives_way == 0).map(|column| usize::from(column.width) + 1).sum();
            assert!(needed <= 75, "{}: {needed} columns", resource.name);
        }
    }

    #[test]
    fn logs_tell_the_second_and_documents_the_minute() {
        let at = |name: &str, field: &str| {
            let resource = crate::resource::named(name).expect("a list");
            let column = resource.columns.iter().find(|column| column.field == field).expect("a column");
            cell(&serde_json::json!({field: "2026-11-21T14:02:11.000000Z"}), column)
        };
        assert_eq!((at("audit-entries", "recorded_at").as_str(), at("orders", "updated_at").as_str()), ("2026-11-21 14:02:11", "2026-11-21 14:02"));
    }

    #[test]
    fn a_list_that_nobody_knows_shows_the_usual_fields_that_its_objects_have() {
        let dimensions = crate::resource::named("dimensions").expect("a list").list;
        let heads: Vec<_> = of("somethings", &dimensions).iter().map(|column| column.head).collect();
        assert_eq!(heads, ["ID", "CODE", "NAME", "COMPANY", "ACTIVE", "UPDATED"]);
    }
}
