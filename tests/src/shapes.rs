//! Bodies made from their schemas: the least that a schema asks for, every place in it, and a body with one place changed.

use causeway_contract::Shape;
use causeway_value::type_id;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// A place in a body, lists at their first item.
#[derive(Clone, Debug)]
pub struct Spot {
    /// Its JSON pointer.
    pub pointer: String,
    /// What it holds.
    pub shape: Shape,
    /// Whether it may be null.
    pub nullable: bool,
}

impl Spot {
    /// The prefix of the ids that it holds, if it holds ids.
    #[must_use]
    pub fn id_prefix(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text { format, .. } => format.strip_prefix("id:"),
            _ => None,
        }
    }

    /// Characters that its text may have.
    ///
    /// # Panics
    /// When it holds no text.
    #[must_use]
    pub fn longest(&self) -> usize {
        match &self.shape {
            Shape::Text { max, .. } => *max,
            other => panic!("{} holds no text: {other:?}", self.pointer),
        }
    }

    /// The format of the text that it holds, if it holds text.
    #[must_use]
    pub fn format(&self) -> Option<&str> {
        match &self.shape {
            Shape::Text { format, .. } => Some(format),
            _ => None,
        }
    }
}

/// Every place of a body, objects and lists included.
#[must_use]
pub fn spots(shape: &Shape) -> Vec<Spot> {
    let mut found = Vec::new();
    visit(shape, "", &mut found);
    found
}

fn visit(shape: &Shape, at: &str, found: &mut Vec<Spot>) {
    match shape {
        Shape::Object { fields, others } => {
            for (name, field) in fields {
                add(&format!("{at}/{name}"), &field.shape, field.nullable, found);
            }
            if let Some(field) = others {
                add(&format!("{at}/entry"), &field.shape, field.nullable, found);
            }
        }
        Shape::List { items, .. } => add(&format!("{at}/0"), items, false, found),
        _ => {}
    }
}

fn add(pointer: &str, shape: &Shape, nullable: bool, found: &mut Vec<Spot>) {
    found.push(Spot { pointer: pointer.to_owned(), shape: shape.clone(), nullable });
    visit(shape, pointer, found);
}

/// The least that a schema asks for. Ids in it name nothing.
#[must_use]
pub fn minimal(shape: &Shape) -> Value {
    match shape {
        Shape::Object { fields, .. } => {
            let required = fields.iter().filter(|(_, field)| field.required);
            Value::Object(required.map(|(name, field)| (name.clone(), minimal(&field.shape))).collect())
        }
        Shape::List { .. } => json!([]),
        Shape::Text { format, .. } => json!(text(format)),
        Shape::Words(words) => json!(words.first()),
        Shape::Whole { min, .. } => json!((*min).max(1)),
        Shape::YesNo => json!(true),
        Shape::Any => Value::Null,
    }
}

fn text(format: &str) -> String {
    if let Some(prefix) = format.strip_prefix("id:") {
        return nothing(prefix);
    }
    let text = match format {
        "amount" | "price" | "quantity" | "percent" | "rate" => "1",
        "currency" => "EUR",
        "date" => "2026-12-02",
        "date-time" => "2026-12-02T09:00:00Z",
        "time-zone" => "Europe/Berlin",
        "email" => "amy@borealis.test",
        "country" => "DE",
        _ => "text",
    };
    text.to_owned()
}

/// An id of this kind that names nothing anywhere.
#[must_use]
pub fn nothing(prefix: &str) -> String {
    type_id(prefix, Uuid::now_v7())
}

/// The body with `value` at `pointer`; what is missing on the way is made as small as the schema allows.
#[must_use]
pub fn with(body: &Value, shape: &Shape, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    put(&mut body, shape, &steps, value);
    body
}

fn put(at: &mut Value, shape: &Shape, steps: &[&str], value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        *at = value;
        return;
    };
    match shape {
        Shape::Object { fields, others } => {
            if !at.is_object() {
                *at = minimal(shape);
            }
            let field = fields.get(*step).or(others.as_ref()).expect("a field of the schema");
            let map: &mut Map<String, Value> = at.as_object_mut().expect("an object");
            put(map.entry((*step).to_owned()).or_insert(Value::Null), &field.shape, rest, value);
        }
        Shape::List { items, .. } => {
            if at.as_array().is_none_or(Vec::is_empty) {
                *at = json!([minimal(items)]);
            }
            put(&mut at[0], items, rest, value);
        }
        _ => panic!("{step} is below a value"),
    }
}
