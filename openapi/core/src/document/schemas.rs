//! The schemas of the document: what is sent is closed, what is answered stays open, so that a field may come to it, and tells what it can be expanded by.

use crate::{Relation, Row, relations};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Schemas = BTreeMap<String, Value>;

/// Closes everything that bodies of these names are made of: unknown fields are refused, and the document says so.
pub(super) fn close(schemas: &mut Schemas, bodies: BTreeSet<String>) {
    let mut waiting: Vec<String> = bodies.into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = waiting.pop() {
        let Some(schema) = schemas.get_mut(&name).filter(|_| seen.insert(name)) else { continue };
        references(schema, &mut waiting);
        if let Some(object) = schema.as_object_mut()
            && object.contains_key("properties")
            && !object.contains_key("additionalProperties")
        {
            object.insert("additionalProperties".to_owned(), Value::Bool(false));
        }
    }
}

/// The names of the schemas that this one refers to.
fn references(schema: &Value, names: &mut Vec<String>) {
    match schema {
        Value::Object(fields) => {
            if let Some(name) = fields.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix(PLACE)) {
                names.push(name.to_owned());
            }
            fields.values().for_each(|value| references(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

const PLACE: &str = "#/components/schemas/";

/// Adds to each object what it can be expanded by; `replies` are the names of what the rows answer.
pub(super) fn expand(schemas: &mut Schemas, rows: &[Row], replies: &BTreeMap<&'static str, String>) {
    for row in rows {
        let Some(reply) = replies.get(row.id) else { continue };
        // An object of a page is the object of its own operation.
        let object = if row.page { reply.strip_suffix("Page").unwrap_or(reply) } else { reply };
        for Relation { name, path, .. } in relations(row, rows) {
            let read = rows.iter().find(|other| other.path == path && other.method == row.method).and_then(|other| replies.get(other.id));
            let properties = schemas.get_mut(object).and_then(|schema| schema.get_mut("properties")).and_then(Value::as_object_mut);
            if let (Some(read), Some(properties)) = (read, properties) {
                let description = format!("There with `expand={name}` only.");
                properties.entry(name).or_insert_with(|| json!({"oneOf": [{"$ref": format!("{PLACE}{read}")}, {"type": "null"}], "description": description}));
            }
        }
    }
}
