//! What somebody calls a thing by, in the place of its id: numbers, codes and names.

use super::Stop;
use crate::call::Call;
use crate::columns::called;
use crate::contract::Shape;
use crate::model::App;
use crate::perform::perform;
use crate::resource::{self, Resource};
use crate::route::Place;
use crate::text::clean;
use causeway_openapi::client::Client;
use serde_json::Value;
use std::collections::BTreeSet;

/// The id that somebody means by a number, code or name: a document is called by its number.
pub(super) async fn resolved(client: &Client, resource: &Resource, text: &str) -> Result<String, Stop> {
    if looks_like_id(text) || resource.prefix.is_none() {
        return Ok(text.to_owned());
    }
    let call = Call::of(&resource.list, &[]);
    let call = if resource.filters_by("number", false) {
        call.with("limit", "2").with("number", text)
    } else if resource.filters_by("q", false) {
        call.with("limit", "50").with("q", text)
    } else {
        call.with("limit", "200")
    };
    let reply = perform(client, true, &call).await?;
    let fields = ["number", "code", "slug", "name", "title", "email"];
    let called = |row: &&Value| fields.iter().any(|field| row.get(*field).and_then(Value::as_str) == Some(text));
    let found: Vec<&str> =
        reply.body.get("data").and_then(Value::as_array).into_iter().flatten().filter(called).filter_map(|row| row.get("id")?.as_str()).collect();
    match found.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => Err(Stop::Usage(format!("{text:?} is no id of {0}, and no number, code or name that was found. `{0} list` tells the ids.", resource.name))),
        _ => Err(Stop::Usage(format!("{text:?} is the name of several {0}. `{0} list` tells their ids.", resource.name))),
    }
}

fn looks_like_id(text: &str) -> bool {
    text.split_once('_').is_some_and(|(prefix, rest)| {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        plain(prefix) && plain(rest)
    })
}

/// Whether a word may be the number of a document, such as `SO/1998/00171`.
pub fn looks_like_number(word: &str) -> bool {
    !word.contains([':', '?', '=', ' ']) && word.contains(['/', '-']) && word.bytes().any(|byte| byte.is_ascii_digit()) && !looks_like_id(word)
}

/// Ids whose names are asked for to tell one object.
const MOST: usize = 50;

/// Learns what the ids in an object are called; what one may not read is told by its id.
pub(super) async fn learn_of(app: &mut App, client: &Client, object: &Value) {
    let mut ids = BTreeSet::new();
    referred(object, &mut ids);
    for id in ids.into_iter().filter(|id| object.get("id").and_then(Value::as_str) != Some(id)).take(MOST) {
        let Some(get) = resource::of_id(id).filter(|_| !app.names.contains_key(id)).and_then(|resource| resource.get) else { continue };
        if let Ok(reply) = perform(client, true, &Call::of(&get, &[id])).await
            && let Some(name) = called(&reply.body)
        {
            app.names.insert(id.to_owned(), clean(name).into_owned());
        }
    }
}

/// The ids of other objects that are told of an object: in its fields, and in the rows of its lists.
fn referred<'a>(value: &'a Value, ids: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) if resource::of_id(text).is_some() => _ = ids.insert(text),
        Value::Array(items) => items.iter().for_each(|item| referred(item, ids)),
        Value::Object(fields) => fields.values().for_each(|field| referred(field, ids)),
        _ => {}
    }
}

/// The document of this number, whatever it is.
///
/// # Errors
/// When no document has it, or it cannot be asked for.
pub async fn numbered(app: &App, client: &Client, number: &str) -> Result<Place, Stop> {
    for resource in resource::numbered(app.scope.platform) {
        let call = Call::of(&resource.list, &[]).with("limit", "1").with("number", number);
        let reply = match perform(client, true, &call).await {
            Ok(reply) => reply,
            // What one may not read is no place for who asks.
            Err(failure) if failure.denied() => continue,
            Err(failure) => return Err(failure.into()),
        };
        if let Some(id) = reply.body.pointer("/data/0/id").and_then(Value::as_str) {
            return Ok(Place::Object { resource: resource.name, id: id.to_owned() });
        }
    }
    Err(Stop::Usage(format!("{number:?} is no place, and no document has this number.")))
}

/// A text in a body that stands where an id is wanted and is none: where, and the prefix of the id.
fn named(shape: &Shape, value: &Value, at: &str, found: &mut Vec<(String, &'static str)>) {
    match (shape, value) {
        (Shape::Id(prefix), Value::String(text)) if !looks_like_id(text) => found.push((at.to_owned(), prefix)),
        (Shape::Object { fields, .. }, Value::Object(values)) => {
            for field in fields {
                if let Some(value) = values.get(field.name) {
                    named(&field.shape, value, &format!("{at}/{}", field.name), found);
                }
            }
        }
        (Shape::List(items), Value::Array(values)) => {
            for (value, index) in values.iter().zip(0..) {
                named(items, value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Puts ids where names stand in a body: `company_id` may say what the company is called, and a line the code of its product.
///
/// # Errors
/// When nothing, or more than one thing, has the name.
pub(super) async fn put_ids(client: &Client, shape: Option<&Shape>, body: &mut Value) -> Result<(), Stop> {
    let mut found = Vec::new();
    if let Some(shape) = shape {
        named(shape, body, "", &mut found);
    }
    for (pointer, prefix) in found {
        let Some(resource) = resource::of_prefix(prefix) else { continue };
        if let Some(place) = body.pointer_mut(&pointer)
            && let Some(text) = place.as_str().map(str::to_owned)
        {
            *place = Value::from(resolved(client, resource, &text).await?);
        }
    }
    Ok(())
}

/// The only company, where one is wanted and nobody names one.
///
/// # Errors
/// When companies cannot be asked for.
pub(super) async fn only_company(client: &Client, shape: Option<&Shape>, given: bool) -> Result<Option<String>, Stop> {
    let wanted = matches!(shape, Some(Shape::Object { fields, .. }) if fields.iter().any(|field| field.name == "company_id" && field.required));
    let Some(companies) = resource::named("companies").filter(|_| wanted && !given) else { return Ok(None) };
    let reply = match perform(client, true, &Call::of(&companies.list, &[]).with("limit", "2")).await {
        Ok(reply) => reply,
        Err(failure) if failure.denied() => return Ok(None),
        Err(failure) => return Err(failure.into()),
    };
    let rows = reply.body.get("data").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Ok(if let [only] = rows { only.get("id").and_then(Value::as_str).map(str::to_owned) } else { None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_found_where_ids_are_wanted() {
        let mut found = Vec::new();
        let body = json!({"company_id": "Northwind", "party_id": "pty_1", "lines": [{"product_id": "CHAI", "description": "Tea"}, {"product_id": "prd_1"}]});
        named(&resource::row("CreateOrder").unwrap().body().unwrap(), &body, "", &mut found);
        assert_eq!(found, [("/company_id".to_owned(), "com"), ("/lines/0/product_id".to_owned(), "prd")]);
    }

    #[test]
    fn a_number_of_a_document_is_no_place_of_another_kind() {
        for number in ["SO/1998/00171", "INV-1998-00269", "QUO/2026/00001"] {
            assert!(looks_like_number(number) && Place::read(number).is_err(), "{number}");
        }
        for word in ["orders", "orders?date>1998-01-01", "ord_01hx9", "causeway://acme/orders", "price-lists"] {
            assert!(!looks_like_number(word), "{word}");
        }
    }
}
