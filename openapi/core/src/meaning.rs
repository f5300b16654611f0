//! What a body means, however it is spelled: two bodies of one shape mean the same when this is the same of both (INT-11).
//!
//! An instant is the same in every zone, a decimal with zeros at its end or without, and a field that may be null and is not given is null. Texts are texts:
//! `2.0` in a reference is not `2`.

use crate::Shape;
use crate::shape::{Field, is_decimal};
use causeway_value::Instant;
use serde_json::{Map, Value};

impl Shape {
    /// The value in the one spelling that all of its spellings share. What does not keep to the shape stays as it is.
    #[must_use]
    pub fn meaning(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Object { fields, others }, Value::Object(given)) => {
                let left_out = |field: Option<&Field>, value: &Value| value.is_null() && field.is_some_and(|field| field.nullable && !field.required);
                let said = given.iter().filter(|(name, value)| !left_out(fields.get(*name), value));
                let said = said.map(|(name, value)| {
                    let field = fields.get(name).or(others.as_ref());
                    (name.clone(), field.map_or_else(|| value.clone(), |field| field.shape.meaning(value)))
                });
                Value::Object(said.collect::<Map<_, _>>())
            }
            (Self::List { items, .. }, Value::Array(given)) => Value::Array(given.iter().map(|item| items.meaning(item)).collect()),
            (Self::Text { format, .. }, Value::String(text)) if is_decimal(format) => decimal(text).map_or_else(|| value.clone(), Value::String),
            (Self::Text { format, .. }, Value::String(text)) if format == "date-time" => {
                text.parse::<Instant>().map_or_else(|_| value.clone(), |instant| Value::String(instant.to_string()))
            }
            _ => value.clone(),
        }
    }
}

/// A decimal without zeros that say nothing; none for what is none.
fn decimal(text: &str) -> Option<String> {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    Some(match (whole, part) {
        ("0", "") => "0".to_owned(),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{AmountText, Quantity};
    use serde::{Deserialize, Serialize};
    use serde_json::json;
    use std::collections::BTreeMap;
    use utoipa::ToSchema;

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Line {
        quantity: Quantity,
        #[serde(default)]
        note: Option<String>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Body {
        reference: String,
        #[serde(default)]
        total: Option<AmountText>,
        #[serde(default)]
        at: Option<Instant>,
        #[serde(default)]
        lines: Vec<Line>,
        #[serde(default)]
        metadata: BTreeMap<String, String>,
    }

    #[test]
    fn spellings_of_one_thing_mean_the_same() {
        let shape = Shape::of::<Body>();
        let same = |one: Value, other: Value| shape.meaning(&one) == shape.meaning(&other);
        assert!(same(json!({ "at": "2026-11-21T10:00:00Z" }), json!({ "at": "2026-11-21T11:00:00.000000+01:00" })));
        assert!(same(json!({ "total": "10" }), json!({ "total": "010.00" })));
        assert!(same(json!({ "total": null, "at": null }), json!({})));
        assert!(same(json!({ "lines": [{ "quantity": "2", "note": null }] }), json!({ "lines": [{ "quantity": "2.0" }] })));
        for (one, other) in [
            (json!({ "at": "2026-11-21T10:00:00Z" }), json!({ "at": "2026-11-21T10:00:00+01:00" })),
            (json!({ "total": "10" }), json!({ "total": "-10" })),
            (json!({ "reference": "2.0" }), json!({ "reference": "2" })),
            (json!({ "metadata": { "a": "1.0" } }), json!({ "metadata": { "a": "1" } })),
            (json!({ "lines": [{ "quantity": "2" }] }), json!({ "lines": [{ "quantity": "2" }, { "quantity": "2" }] })),
        ] {
            assert!(!same(one.clone(), other.clone()), "{one} {other}");
        }
    }

    #[test]
    fn a_decimal_has_one_spelling() {
        for (text, expected) in
            [("10", "10"), ("10.50", "10.5"), ("0.0", "0"), ("-0.00", "0"), ("-00.10", "-0.1"), ("100", "100"), ("007", "7"), ("2026.10", "2026.1")]
        {
            assert_eq!(decimal(text).as_deref(), Some(expected));
        }
        for text in ["", "-", ".5", "1e3", "1,0", "+1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
