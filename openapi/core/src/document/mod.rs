//! The OpenAPI 3.1 document, made from the rows.

mod schemas;

pub(crate) use schemas::Schemas;

use crate::{Audience, Endpoint, FieldError, Flag, Method, Problem, Reply, Row, Shape, relations};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// The names under which an endpoint's types stand in the document.
pub(crate) struct Names {
    body: Option<String>,
    reply: Option<String>,
    query: Value,
}

pub(crate) fn schemas_of<E: Endpoint>(schemas: &mut Schemas) -> Names {
    let body = (<E::Body as ToSchema>::name() != "Nothing").then(|| add::<E::Body>(schemas));
    // Bytes have no schema.
    let reply = if <E::Reply as Reply>::MEDIA == "application/pdf" { None } else { Some(add::<<E::Reply as Reply>::Payload>(schemas)) };
    let query = E::query_schema().map_or(Value::Null, |_| Value::Bool(true));
    Names { body, reply, query }
}

fn add<T: ToSchema>(schemas: &mut Schemas) -> String {
    let mut named = Vec::new();
    T::schemas(&mut named);
    named.push((T::name().into_owned(), T::schema()));
    for (name, schema) in named {
        let schema = serde_json::to_value(schema).unwrap_or_default();
        let first = schemas.entry(name).or_insert_with(|| schema.clone());
        debug_assert_eq!(*first, schema, "two types have one name");
    }
    T::name().into_owned()
}

/// The whole document, with every key in a stable order.
#[must_use]
pub fn document(title: &str, version: &str, description: &str, rows: &[Row]) -> Value {
    let mut schemas = Schemas::new();
    let problem = add::<Problem>(&mut schemas);
    add::<FieldError>(&mut schemas);
    let mut paths: BTreeMap<&str, serde_json::Map<String, Value>> = BTreeMap::new();
    let (mut bodies, mut replies) = (BTreeSet::new(), BTreeMap::new());
    for row in rows {
        let names = (row.schemas)(&mut schemas);
        paths.entry(row.path).or_default().insert(row.method.word().to_ascii_lowercase(), operation(row, rows, &names, &problem));
        bodies.extend(names.body);
        replies.extend(names.reply.map(|reply| (row.id, reply)));
    }
    schemas::close(&mut schemas, bodies);
    schemas::expand(&mut schemas, rows, &replies);
    json!({
        "openapi": "3.1.0",
        "info": {"title": title, "version": version, "description": description, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/", "description": "This server"}],
        "tags": tags(rows),
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": headers(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "An API key: `Authorization: Bearer cw_live_…`"}}
        }
    })
}

/// What answers carry beside their bodies.
fn headers() -> Value {
    let header = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    json!({
        "ETag": header("The version of the object and what tells this answer from others of it, as in `\"v17-pbxwo4rfvjmk\"`. If-None-Match names all of it; If-Match all of it or just the version, as in `\"v17\"`."),
        "Idempotent-Replayed": header("`true` when the same Idempotency-Key was used before: this is the answer it had then."),
        "Replayed": header("`true` when the same external references made this before."),
        "X-Request-Id": header("Finds the request in the log."),
    })
}

fn tag(row: &Row) -> String {
    row.path.trim_start_matches("/admin").split('/').nth(2).unwrap_or_default().to_owned()
}

fn tags(rows: &[Row]) -> Vec<Value> {
    let mut names: Vec<String> = rows.iter().map(tag).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(|name| json!({"name": name})).collect()
}

/// The name of an operation as documents and audit entries show it: `ConfirmOrder` as `confirm_order`.
#[must_use]
pub fn operation_id(name: &str) -> String {
    let mut id = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !id.is_empty() {
            id.push('_');
        }
        id.extend(letter.to_lowercase());
    }
    id
}

fn operation(row: &Row, rows: &[Row], names: &Names, problem: &str) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let problem_content = json!({"application/problem+json": {"schema": reference(problem)}});
    let failure = |text: &str| json!({"description": text, "content": problem_content});
    let mut responses = serde_json::Map::new();
    let body = names.reply.as_ref().map_or_else(|| json!({}), |name| json!({"schema": reference(name)}));
    let mut success = json!({"description": row.summary, "content": {row.media: body}});
    if let Some(description) = as_csv(row)
        && let Some(content) = success.get_mut("content").and_then(Value::as_object_mut)
    {
        content.insert("text/csv".to_owned(), json!({"schema": {"type": "string", "description": description}}));
    }
    let shape = (row.reply)();
    let carried = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")}))).collect::<Value>();
    if let Some(success) = success.as_object_mut() {
        success.insert("headers".to_owned(), carried(&carried_by(row, &shape)));
    }
    if is_repeatable(row) {
        let mut again = success.clone();
        if let Some(again) = again.as_object_mut() {
            again.insert("description".to_owned(), json!("The same content under the same external references made this before; nothing is made twice."));
            again.insert("headers".to_owned(), carried(&[carried_by(row, &shape), vec!["Replayed"]].concat()));
        }
        responses.insert("200".to_owned(), again);
    }
    responses.insert(row.success.to_string(), success);
    responses.insert("400".to_owned(), failure("The request cannot be read."));
    if (row.audience)() != Audience::Open {
        responses.insert("401".to_owned(), failure("No valid credential."));
        responses.insert("403".to_owned(), failure("The credential lacks the permission."));
    }
    responses.insert("404".to_owned(), failure("No such object in this tenant."));
    if row.method != Method::Get {
        responses.insert("409".to_owned(), failure("The state of the object does not allow it."));
        responses.insert("412".to_owned(), failure("The object changed since the version that If-Match names."));
    }
    responses.insert("422".to_owned(), failure("Fields are wrong; `errors` names each."));
    responses.insert("default".to_owned(), failure("Any other failure."));
    let mut operation = json!({
        "operationId": operation_id(row.id),
        "summary": row.summary,
        "tags": [tag(row)],
        "parameters": parameters(row, rows, names),
        "responses": responses,
        "x-permission": row.permission,
    });
    if let Some(fields) = operation.as_object_mut() {
        if let Some(body) = &names.body {
            let mut content = serde_json::Map::from_iter([("application/json".to_owned(), json!({"schema": reference(body)}))]);
            if row.flags.contains(&Flag::upload) {
                content.insert("text/csv".to_owned(), json!({"schema": {"type": "string"}}));
            }
            // A body that is left out is an empty one.
            let required = matches!((row.body)(), Some(Shape::Object { fields, .. }) if fields.values().any(|field| field.required));
            fields.insert("requestBody".to_owned(), json!({"required": required, "content": content}));
        }
        let security = if (row.audience)() == Audience::Open { json!([]) } else { json!([{"bearer": []}]) };
        fields.insert("security".to_owned(), security);
    }
    operation
}

/// The headers of a success.
fn carried_by(row: &Row, shape: &Shape) -> Vec<&'static str> {
    let versioned = matches!(shape, Shape::Object { fields, .. } if fields.contains_key("version"));
    let headers = [(true, "X-Request-Id"), (versioned, "ETag"), (row.method != Method::Get, "Idempotent-Replayed")];
    headers.into_iter().filter_map(|(carried, name)| carried.then_some(name)).collect()
}

/// Whether it makes an object that is known by its external references from then on.
fn is_repeatable(row: &Row) -> bool {
    let named = matches!((row.body)(), Some(Shape::Object { fields, .. }) if fields.contains_key("external_refs"));
    row.method == Method::Post && row.success == 201 && !row.path.contains('{') && named
}

/// What an operation answers as CSV, if it does.
fn as_csv(row: &Row) -> Option<&'static str> {
    if row.page {
        return Some(
            "All rows from `cursor` on, or those of one page with `limit`. Lists and maps inside a row are left out; a text that a spreadsheet would calculate starts with an apostrophe.",
        );
    }
    row.has_table().then_some(
        "The rows of the report, or its groups where it has some; totals are their sums. Lists and maps inside a row are left out; a text that a spreadsheet would calculate starts with an apostrophe.",
    )
}

fn parameters(row: &Row, rows: &[Row], names: &Names) -> Vec<Value> {
    let text = |name: &str, place: &str, required: bool, description: &str| json!({"name": name, "in": place, "required": required, "description": description, "schema": {"type": "string"}});
    let mut all = Vec::new();
    let segments = row.path.split('/').filter_map(|s| s.strip_prefix('{')?.strip_suffix('}'));
    for (segment, prefix) in segments.zip((row.path_prefixes)()) {
        if prefix.is_empty() {
            all.push(text(segment, "path", true, "The secret that was given out"));
            continue;
        }
        let schema = json!({"type": "string", "pattern": format!("^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$")});
        all.push(json!({"name": segment, "in": "path", "required": true, "description": format!("Id, `{prefix}_…`"), "schema": schema}));
    }
    if let Some(list) = row.list {
        all.push(json!({"name": "limit", "in": "query", "required": false, "description": "Rows of a page", "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}}));
        all.push(text("cursor", "query", false, "`next_cursor` of the page before"));
        let sorts: Vec<String> = list.sort_names().flat_map(|s| [s.to_owned(), format!("-{s}")]).collect();
        all.push(json!({"name": "sort", "in": "query", "required": false, "description": "Sort; a leading `-` is descending", "schema": {"type": "string", "enum": sorts, "default": "-id"}}));
        if list.search {
            all.push(text("q", "query", false, "Words to search for, each by its beginning"));
        }
        if list.external_refs {
            all.push(text("external_ref", "query", false, "`system:id` of an external reference"));
        }
        let items = (row.reply)();
        let items = items.items("data");
        for filter in list.filters {
            let equal = match filter.kind {
                crate::FilterKind::Amount => "Equal to this amount in the currency of the filter `currency`",
                crate::FilterKind::Within { .. } => "Equal to that of one of its lines",
                crate::FilterKind::Mail { .. } => "Equal to, in small or capital letters",
                crate::FilterKind::Flag { .. } => "Having this among them",
                crate::FilterKind::Given(_) | crate::FilterKind::Worth(_) => "Whether there is one: `true` or `false`",
                crate::FilterKind::Chosen(_) => "Whether it is: `true` or `false`",
                _ => "Equal to",
            };
            let schema = of_filter(filter.kind, items.and_then(|items| items.field(filter.name)));
            all.push(json!({"name": filter.name, "in": "query", "required": false, "description": equal, "schema": schema}));
            if filter.kind.several() {
                all.push(text(&format!("{}[in]", filter.name), "query", false, "One of these, separated by commas"));
            }
            if filter.kind.ranges() {
                for (op, word) in [("gt", "after"), ("gte", "at or after"), ("lt", "before"), ("lte", "at or before")] {
                    all.push(text(&format!("{}[{op}]", filter.name), "query", false, word));
                }
            }
        }
    } else if !names.query.is_null()
        && let Some(Shape::Object { fields, .. }) = (row.query)()
    {
        for (name, field) in fields {
            all.push(json!({"name": name, "in": "query", "required": field.required, "description": field.meaning, "schema": of_parameter(&field.shape)}));
        }
    }
    let expand: Vec<String> = relations(row, rows).into_iter().map(|relation| relation.name).collect();
    if !expand.is_empty() {
        let description =
            format!("Adds objects under their names, separated by commas: {}. It needs the right to read them; the answer has no ETag.", expand.join(", "));
        all.push(text("expand", "query", false, &description));
    }
    if row.flags.contains(&Flag::dry_run) {
        all.push(json!({"name": "dry_run", "in": "query", "required": false, "description": "Give the result and write nothing", "schema": {"type": "boolean", "default": false}}));
    }
    if row.media == "text/event-stream" {
        all.push(text("Last-Event-ID", "header", false, "Goes on after this event; a browser sends it by itself when it connects again"));
    }
    if row.method != Method::Get {
        all.push(text("Idempotency-Key", "header", false, "Repeat safely: the same key gives the same answer, once"));
        if row.path.contains('{') {
            all.push(text("If-Match", "header", false, "The version that must still be current, as in `\"v17\"`"));
        }
    }
    all
}

/// What a filter may be: what the field that it looks at holds.
fn of_filter(kind: crate::FilterKind, field: Option<&Shape>) -> Value {
    match kind {
        crate::FilterKind::YesNo | crate::FilterKind::Given(_) | crate::FilterKind::Worth(_) | crate::FilterKind::Chosen(_) => json!({"type": "boolean"}),
        crate::FilterKind::Flag { words, .. } => json!({"type": "string", "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>()}),
        crate::FilterKind::Word | crate::FilterKind::Day | crate::FilterKind::Instant | crate::FilterKind::Made(_) => {
            field.map_or_else(|| json!({"type": "string"}), of_parameter)
        }
        _ => json!({"type": "string"}),
    }
}

/// What a parameter may be: a query is text, which reads as a number, a day or a word.
fn of_parameter(shape: &Shape) -> Value {
    match shape {
        Shape::Text { format, .. } if !format.is_empty() => json!({"type": "string", "format": format}),
        Shape::Words(words) => json!({"type": "string", "enum": words}),
        Shape::Whole { min, max } => json!({"type": "integer", "minimum": min, "maximum": max}),
        Shape::YesNo => json!({"type": "boolean"}),
        _ => json!({"type": "string"}),
    }
}
