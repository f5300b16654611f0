//! Checks a body against the schema of its type and names every wrong field at once.
//!
//! The published schema is the check: what the document promises is exactly what is accepted.

use crate::composed::composed;
use crate::unseen::{LINE, more_than_a_line, unseen};
use crate::{Code, FieldError, Problem};
use causeway_value::{AmountText, Currency, Day, DecimalError, Instant, Percent, Price, Quantity, Rate, Zone, split_type_id};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// The most levels of nesting that a body may have.
pub const MAX_DEPTH: usize = 64;
/// The longest text of a field without a limit of its own, in characters.
const MAX_TEXT: usize = 2_000;
/// The longest list without a limit of its own.
const MAX_ITEMS: usize = 1_000;
/// The most entries of a free map such as `metadata`.
const MAX_ENTRIES: usize = 50;

/// A compiled schema.
#[derive(Clone, Debug)]
pub enum Shape {
    /// An object with known fields, or a map when `others` says what else may stand in it.
    Object {
        /// Known fields.
        fields: BTreeMap<String, Field>,
        /// What all other fields hold; none means they are refused.
        others: Option<Field>,
    },
    /// A list.
    List {
        /// What it holds.
        items: Arc<Shape>,
        /// Whether it says something else when it is left out than when it is empty, so that it is never empty.
        filled: bool,
        /// The longest it may be.
        max: usize,
    },
    /// A text of this format.
    Text {
        /// The format's name.
        format: String,
        /// The longest it may be, in characters.
        max: usize,
        /// What it must look like, where the format does not say.
        pattern: Option<Arc<regex_lite::Regex>>,
    },
    /// One of these words.
    Words(Vec<String>),
    /// A whole number within these bounds.
    Whole {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// True or false.
    YesNo,
    /// Anything.
    Any,
}

/// A field of an object.
#[derive(Clone, Debug)]
pub struct Field {
    /// What it holds.
    pub shape: Arc<Shape>,
    /// Whether it must be there.
    pub required: bool,
    /// Whether null is allowed.
    pub nullable: bool,
    /// What it means.
    pub meaning: String,
    /// Its place among the fields of the object, as its type declares them.
    pub place: usize,
}

impl Shape {
    /// The shape of a type, from its schema.
    #[must_use]
    pub fn of<T: ToSchema>() -> Self {
        let mut named = Vec::new();
        T::schemas(&mut named);
        let named: BTreeMap<String, Value> = named.into_iter().map(|(name, schema)| (name, placed(&schema))).collect();
        compile(&placed(&T::schema()), &named).0
    }

    /// What the objects of a list look like that stands in this field of an object.
    #[must_use]
    pub fn items(&self, field: &str) -> Option<&Self> {
        let Self::Object { fields, .. } = self else { return None };
        match fields.get(field).map(|field| field.shape.as_ref()) {
            Some(Self::List { items, .. }) if matches!(items.as_ref(), Self::Object { .. }) => Some(items),
            _ => None,
        }
    }

    /// What this field of an object holds.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Self> {
        let Self::Object { fields, .. } = self else { return None };
        fields.get(name).map(|field| field.shape.as_ref())
    }

    /// Whether it is the text of a number: an amount, a price, a quantity, a percentage or a rate.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self, Self::Text { format, .. } if is_decimal(format))
    }

    /// Checks a value; every wrong field becomes one error.
    ///
    /// # Errors
    /// The problem that lists them.
    pub fn check(&self, value: &Value) -> Result<(), Problem> {
        let errors = self.faults(value);
        if errors.is_empty() { Ok(()) } else { Err(Problem::of(errors)) }
    }

    /// Everything in a value that does not keep to the schema.
    #[must_use]
    pub fn faults(&self, value: &Value) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.visit(value, "", &mut errors);
        errors
    }

    fn visit(&self, value: &Value, at: &str, errors: &mut Vec<FieldError>) {
        let mut wrong = |code, detail: String| errors.push(FieldError::pointer(code, at, detail));
        match self {
            Self::Object { fields, others } => match value {
                Value::Object(map) => visit_object(fields, others.as_ref(), map, at, errors),
                _ => wrong(Code::InvalidValue, "must be an object".to_owned()),
            },
            Self::List { items, max, .. } => match value {
                Value::Array(list) if list.len() > *max => wrong(Code::TooMany, format!("must have at most {max} items")),
                Value::Array(list) => {
                    for (index, item) in list.iter().enumerate() {
                        items.visit(item, &format!("{at}/{index}"), errors);
                    }
                }
                _ => wrong(Code::InvalidValue, "must be a list".to_owned()),
            },
            Self::Text { format, max, pattern } => match value {
                Value::String(text) => {
                    if let Err((code, detail)) = check_text(format, *max, text) {
                        wrong(code, detail);
                    } else if let Some(pattern) = pattern
                        && !pattern.is_match(text)
                    {
                        wrong(Code::InvalidValue, format!("must match {pattern}"));
                    }
                }
                Value::Number(_) if is_decimal(format) => {
                    wrong(Code::AmountMustBeString, "must be a decimal string such as \"12.50\", not a JSON number".to_owned());
                }
                _ => wrong(Code::InvalidValue, "must be a string".to_owned()),
            },
            Self::Words(words) => {
                if !value.as_str().is_some_and(|text| words.iter().any(|word| word == text)) {
                    wrong(Code::InvalidValue, format!("must be one of {}", choices(words, value)));
                }
            }
            Self::Whole { min, max } => {
                if !value.as_i64().is_some_and(|number| (*min..=*max).contains(&number)) {
                    wrong(Code::InvalidValue, format!("must be a whole number from {min} to {max}"));
                }
            }
            Self::YesNo => {
                if !value.is_boolean() {
                    wrong(Code::InvalidValue, "must be true or false".to_owned());
                }
            }
            Self::Any => {}
        }
    }
}

/// Words that are named at once, at most.
const CHOICES: usize = 40;

/// The words that could have been meant: all of a short list, of a long one those that begin as what was sent does.
fn choices(words: &[String], sent: &Value) -> String {
    if words.len() <= CHOICES {
        return words.join(", ");
    }
    let begin = sent.as_str().and_then(|text| text.split('.').next()).unwrap_or_default();
    let near: Vec<&str> = words.iter().map(String::as_str).filter(|word| word.split('.').next() == Some(begin)).collect();
    let some = if near.is_empty() { words.iter().map(String::as_str).take(CHOICES / 4).collect() } else { near };
    format!("{} … (the published document names all {})", some.join(", "), words.len())
}

fn visit_object(fields: &BTreeMap<String, Field>, others: Option<&Field>, map: &Map<String, Value>, at: &str, errors: &mut Vec<FieldError>) {
    for (name, value) in map {
        let pointer = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        match fields.get(name).or(others) {
            Some(field) if value.is_null() => {
                if !field.nullable {
                    errors.push(FieldError::pointer(Code::InvalidValue, pointer, "must not be null"));
                }
            }
            Some(field) => {
                // The names of a map are texts of the caller like others.
                if let Some(detail) = unseen(name).or_else(|| more_than_a_line(name)).filter(|_| !fields.contains_key(name)) {
                    errors.push(FieldError::pointer(Code::InvalidValue, pointer.as_str(), format!("has a name that {detail}")));
                }
                match (field.shape.as_ref(), value) {
                    (Shape::List { filled: true, .. }, Value::Array(list)) if list.is_empty() => {
                        errors.push(FieldError::pointer(Code::Required, pointer, never_empty(field)));
                    }
                    (shape, value) => shape.visit(value, &pointer, errors),
                }
            }
            None => errors.push(FieldError::pointer(Code::UnknownField, pointer, "is not a field of this request; check its spelling")),
        }
    }
    if others.is_some() && map.len() > MAX_ENTRIES {
        errors.push(FieldError::pointer(Code::TooMany, at, format!("must have at most {MAX_ENTRIES} entries")));
    }
    for (name, field) in fields {
        if field.required && !map.contains_key(name) {
            errors.push(FieldError::pointer(Code::Required, format!("{at}/{name}"), "is required"));
        }
    }
}

/// What is wrong with an empty list that would mean as much as none: that it is empty is more often a slip of a program than meant.
fn never_empty(field: &Field) -> String {
    format!("must not be empty: name at least one, or leave it out. It says: {}", field.meaning.trim_end_matches('.'))
}

pub(crate) fn is_decimal(format: &str) -> bool {
    matches!(format, "amount" | "price" | "quantity" | "percent" | "rate")
}

/// Whether a text keeps to this format.
pub(crate) fn text_passes(format: &str, max: usize, text: &str) -> bool {
    check_text(format, max, text).is_ok()
}

fn refused(detail: Option<String>) -> Result<(), (Code, String)> {
    detail.map_or(Ok(()), |detail| Err((Code::InvalidValue, detail)))
}

fn check_text(format: &str, max: usize, text: &str) -> Result<(), (Code, String)> {
    let plain = |error: &dyn std::fmt::Display| (Code::InvalidValue, error.to_string());
    let decimal = |error: DecimalError| match error {
        DecimalError::TooManyDecimals { .. } => (Code::TooManyDecimals, error.to_string()),
        DecimalError::Malformed => (Code::InvalidDecimal, error.to_string()),
        DecimalError::Overflow => (Code::AmountOverflow, error.to_string()),
    };
    if let Some(prefix) = format.strip_prefix("id:") {
        return match split_type_id(text) {
            Some((found, _)) if found == prefix => Ok(()),
            _ => Err((Code::NotFound, format!("names no object; an id such as {prefix}_… of this tenant is expected"))),
        };
    }
    match format {
        // The currency's own digits are checked where the currency is known; no amount has more than six.
        "amount" => causeway_value::parse_scaled(&AmountText::from(text).0, 6).map(|_| ()).map_err(decimal),
        "price" => text.parse::<Price>().map(|_| ()).map_err(decimal),
        "quantity" => text.parse::<Quantity>().map(|_| ()).map_err(decimal),
        "percent" => text.parse::<Percent>().map(|_| ()).map_err(decimal),
        "rate" => text.parse::<Rate>().map(|_| ()).map_err(decimal),
        "country" if causeway_value::is_country(text) => Ok(()),
        "country" => Err(plain(&"must be an ISO 3166-1 alpha-2 code such as \"DE\"; the United Kingdom is \"GB\", Greece \"GR\"")),
        "currency" => text.parse::<Currency>().map(|_| ()).map_err(|e| plain(&e)),
        "date" => text.parse::<Day>().map(|_| ()).map_err(|e| plain(&e)),
        "date-time" => text.parse::<Instant>().map(|_| ()).map_err(|e| plain(&e)),
        "time-zone" => text.parse::<Zone>().map(|_| ()).map_err(|e| plain(&e)),
        "email" => {
            refused(unseen(text))?;
            if is_email(text) { Ok(()) } else { Err((Code::InvalidValue, "must be an e-mail address".to_owned())) }
        }
        _ if text.chars().count() > max => Err((Code::TooLong, format!("must have at most {max} characters"))),
        // A file of another system may begin with the mark of its encoding and end its lines in its own way.
        "file" => refused(unseen(&text.trim_start_matches('\u{feff}').replace("\r\n", "\n"))),
        // Addresses and what carriers give may be told in lines, and a password is what somebody chose.
        "lines" | "password" => refused(unseen(text)),
        _ => refused(unseen(text).or_else(|| if max <= LINE { more_than_a_line(text) } else { None })),
    }
}

/// Whether a text has the form of a mail address.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    parts.is_some() && !text.contains(char::is_whitespace) && text.chars().count() <= 254
}

/// Where a field stands among the others: JSON keeps its names by the alphabet.
const PLACE: &str = "x-place";

/// A schema as JSON, with the place of each field of its object.
fn placed(schema: &RefOr<Schema>) -> Value {
    let mut written = serde_json::to_value(schema).unwrap_or_default();
    if let RefOr::T(Schema::Object(object)) = schema
        && let Some(properties) = written.get_mut("properties").and_then(Value::as_object_mut)
    {
        for (place, name) in object.properties.keys().enumerate() {
            if let Some(property) = properties.get_mut(name).and_then(Value::as_object_mut) {
                property.insert(PLACE.to_owned(), place.into());
            }
        }
    }
    written
}

/// The shape of a JSON schema and whether it allows null.
fn compile(schema: &Value, named: &BTreeMap<String, Value>) -> (Shape, bool) {
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return named.get(name).map_or((Shape::Any, true), |target| compile(target, named));
    }
    if let Some(options) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let some = options.iter().find(|option| option.get("type").and_then(Value::as_str) != Some("null"));
        return (some.map_or(Shape::Any, |option| compile(option, named).0), some.is_some_and(|_| options.len() > 1));
    }
    if let Some(one) = schema.get("allOf").and_then(Value::as_array).and_then(|all| all.first()) {
        return compile(one, named);
    }
    let (kind, nullable) = match schema.get("type") {
        Some(Value::String(kind)) => (kind.as_str(), false),
        Some(Value::Array(kinds)) => {
            (kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(), kinds.iter().any(|kind| kind.as_str() == Some("null")))
        }
        _ => ("", true),
    };
    let number = |name: &str, default: i64| schema.get(name).and_then(|bound| bound.as_i64()).unwrap_or(default);
    let limit = |name: &str, default: usize| schema.get(name).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
    let shape = match kind {
        "object" => compile_object(schema, named),
        "array" => {
            let items = schema.get("items").map_or(Shape::Any, |items| compile(items, named).0);
            Shape::List { items: Arc::new(items), filled: limit("minItems", 0) > 0, max: limit("maxItems", MAX_ITEMS) }
        }
        "string" => match schema.get("enum").and_then(Value::as_array) {
            Some(words) => Shape::Words(words.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            None => {
                let format = schema.get("format").and_then(Value::as_str).unwrap_or_default().to_owned();
                let pattern = schema.get("pattern").and_then(Value::as_str).filter(|_| format.is_empty());
                let pattern = pattern.and_then(|pattern| regex_lite::Regex::new(pattern).ok()).map(Arc::new);
                Shape::Text { format, max: limit("maxLength", MAX_TEXT), pattern }
            }
        },
        "integer" => Shape::Whole { min: number("minimum", i64::from(i32::MIN)), max: number("maximum", i64::from(i32::MAX)) },
        "boolean" => Shape::YesNo,
        _ => Shape::Any,
    };
    (shape, nullable)
}

fn compile_object(schema: &Value, named: &BTreeMap<String, Value>) -> Shape {
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default();
    let mut fields = BTreeMap::new();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, property) in properties {
            let (shape, nullable) = compile(property, named);
            let required = required.contains(&name.as_str());
            let place = property.get(PLACE).and_then(Value::as_u64).and_then(|place| usize::try_from(place).ok()).unwrap_or_default();
            fields.insert(name.clone(), Field { shape: Arc::new(shape), required, nullable, meaning: meaning(property), place });
        }
    }
    let others = schema.get("additionalProperties").filter(|others| others.is_object()).map(|others| {
        let (shape, nullable) = compile(others, named);
        Field { shape: Arc::new(shape), required: false, nullable, meaning: String::new(), place: 0 }
    });
    Shape::Object { fields, others }
}

/// The description of a property: its own, or that of the type that it may have besides null.
fn meaning(property: &Value) -> String {
    let options = property.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    std::iter::once(property).chain(options).find_map(|schema| schema.get("description").and_then(Value::as_str)).unwrap_or_default().to_owned()
}

/// Reads JSON strictly: no duplicate keys, no NUL or other broken text, at most [`MAX_DEPTH`] levels. Its texts are [`composed`].
///
/// # Errors
/// `malformed` with the place; `validation_failed` when it is nested too deeply.
pub fn parse_json(bytes: &[u8]) -> Result<Value, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde::de::DeserializeSeed::deserialize(Strict { depth: 0 }, &mut deserializer).map_err(|error| {
        if error.to_string().starts_with(TOO_DEEP) {
            Problem::of(vec![FieldError::pointer(Code::InvalidValue, "", format!("must not be nested deeper than {MAX_DEPTH} levels"))])
        } else {
            Problem::new(Code::Malformed, format!("The body is not valid JSON: {error}."))
        }
    })?;
    deserializer.end().map_err(|error| Problem::new(Code::Malformed, format!("The body is not valid JSON: {error}.")))?;
    Ok(value)
}

const TOO_DEEP: &str = "nested too deeply";

struct Strict {
    depth: usize,
}

impl<'de> serde::de::DeserializeSeed<'de> for Strict {
    type Value = Value;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> serde::de::Visitor<'de> for Strict {
    type Value = Value;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(composed(value.to_owned())))
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(composed(value)))
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = deeper(self.depth)?;
        let mut list = Vec::new();
        while let Some(item) = access.next_element_seed(Strict { depth })? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }
    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let depth = deeper(self.depth)?;
        let mut map = Map::new();
        while let Some(name) = access.next_key::<String>()?.map(composed) {
            let value = access.next_value_seed(Strict { depth })?;
            if map.contains_key(&name) {
                return Err(serde::de::Error::custom(format!("the key \"{name}\" stands twice in one object")));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

fn deeper<E: serde::de::Error>(depth: usize) -> Result<usize, E> {
    if depth + 1 > MAX_DEPTH { Err(E::custom(TOO_DEEP)) } else { Ok(depth + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::PartyId;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Line {
        quantity: Quantity,
        note: Option<String>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Body {
        #[schema(max_length = 5)]
        name: String,
        party_id: Option<PartyId>,
        total: AmountText,
        day: Day,
        lines: Vec<Line>,
        /// Some of them: all when not given.
        #[serde(default)]
        #[schema(min_items = 1)]
        some: Vec<Line>,
        #[serde(default)]
        metadata: BTreeMap<String, String>,
    }

    fn codes(text: &str) -> Vec<(Code, String)> {
        match Shape::of::<Body>().check(&parse_json(text.as_bytes()).unwrap()) {
            Ok(()) => Vec::new(),
            Err(problem) => problem.errors.into_iter().map(|e| (e.code, e.pointer.unwrap_or_default())).collect(),
        }
    }

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let found = codes(r#"{"name":"toolong","party_id":"com_01hv","total":12.5,"lines":[{"quantity":"1.0000001"},{"note":7,"x":1}],"metadata":{"a":1}}"#);
        for expected in [
            (Code::TooLong, "/name"),
            (Code::NotFound, "/party_id"),
            (Code::AmountMustBeString, "/total"),
            (Code::TooManyDecimals, "/lines/0/quantity"),
            (Code::InvalidValue, "/lines/1/note"),
            (Code::UnknownField, "/lines/1/x"),
            (Code::Required, "/lines/1/quantity"),
            (Code::InvalidValue, "/metadata/a"),
            (Code::Required, "/day"),
        ] {
            assert!(found.contains(&(expected.0, expected.1.to_owned())), "{expected:?} not in {found:?}");
        }
        assert_eq!(found.len(), 9, "{found:?}");
    }

    #[test]
    fn a_right_body_passes() {
        assert_eq!(codes(r#"{"name":"ok","party_id":null,"total":"12.50","day":"2026-11-21","lines":[{"quantity":"1","note":null}]}"#), Vec::new());
    }

    #[test]
    fn a_list_that_means_all_when_it_is_left_out_is_not_empty() {
        let body = r#"{"name":"ok","total":"1","day":"2026-11-21","lines":[],"some":[]}"#;
        let problem = Shape::of::<Body>().check(&parse_json(body.as_bytes()).unwrap()).unwrap_err();
        assert_eq!((problem.errors.len(), problem.errors[0].code, problem.errors[0].pointer.as_deref()), (1, Code::Required, Some("/some")));
        assert!(problem.errors[0].detail.contains("leave it out. It says: Some of them: all when not given"), "{problem:?}");
        assert_eq!(codes(r#"{"name":"ok","total":"1","day":"2026-11-21","lines":[],"some":[{"quantity":"1"}]}"#), Vec::new());
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(codes(r#"{"name":"a\u0000","total":"1","day":"2026-11-21","lines":[]}"#), vec![(Code::InvalidValue, "/name".to_owned())]);
    }

    /// What may be long is told in as many lines as it takes; a name is one.
    #[test]
    fn names_are_one_line() {
        let text = |max: usize| Shape::Text { format: String::new(), max, pattern: None }.check(&Value::from("Desks\nand\tchairs"));
        assert!(text(2_000).is_ok() && text(201).is_ok());
        let problem = text(200).unwrap_err();
        assert!(problem.errors[0].code == Code::InvalidValue && problem.errors[0].detail.starts_with("must be one line"), "{problem:?}");
        assert_eq!(
            codes(r#"{"name":"ok","total":"1","day":"2026-11-21","lines":[{"quantity":"1","note":"a\nb"}],"metadata":{"a\tb":"c\nd"}}"#),
            [(Code::InvalidValue, "/metadata/a\tb".to_owned())]
        );
    }

    #[test]
    fn what_nobody_sees_is_refused_in_texts_and_in_the_names_of_maps() {
        let body = |name: &str, key: &str| format!(r#"{{"name":"{name}","total":"1","day":"2026-11-21","lines":[],"metadata":{{"{key}":"x"}}}}"#);
        assert_eq!(
            codes(&body("a\u{200b}b", "c\u{202e}d")),
            [(Code::InvalidValue, "/metadata/c\u{202e}d".to_owned()), (Code::InvalidValue, "/name".to_owned())]
        );
        assert_eq!(codes(&body("a\u{200d}b", "cd")), []);
        let file = Shape::Text { format: "file".to_owned(), max: 100, pattern: None };
        assert!(file.check(&Value::from("\u{feff}a,b\r\n1,2\r\n")).is_ok());
        assert!(file.check(&Value::from("a,b\u{200b}\n")).is_err());
    }

    #[test]
    fn json_is_read_strictly() {
        for bad in [r#"{"a":1,"a":2}"#, "{", "", "[1,]", "{} {}", "\u{feff}{}", r#""\ud800""#] {
            assert_eq!(parse_json(bad.as_bytes()).unwrap_err().code, Code::Malformed, "{bad}");
        }
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse_json(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse_json(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().status, 422);
    }
}
