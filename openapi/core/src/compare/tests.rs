//! One change at a time: which of them take something away.

use super::*;
use serde_json::json;

/// A document with one operation whose body and answer share a part.
fn document() -> Value {
    json!({
        "paths": { "/v1/notes": { "post": {
            "x-permission": "notes:write",
            "parameters": [{ "in": "query", "name": "dry_run", "required": false, "schema": { "type": "boolean" } }],
            "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/CreateNote" } } } },
            "responses": { "201": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Note" } } } } }
        } } },
        "components": { "schemas": {
            "Kind": { "type": "string", "enum": ["call", "visit"] },
            "CreateNote": { "type": "object", "additionalProperties": false, "required": ["text"], "properties": {
                "text": { "type": "string", "maxLength": 100 },
                "kind": { "oneOf": [{ "$ref": "#/components/schemas/Kind" }, { "type": "null" }] },
                "tags": { "type": "array", "items": { "type": "string" } }
            } },
            "Note": { "type": "object", "required": ["id", "text"], "properties": {
                "id": { "type": "string" },
                "text": { "type": "string" },
                "parent": { "oneOf": [{ "$ref": "#/components/schemas/Note" }, { "type": "null" }] },
                "done_at": { "type": ["string", "null"] }
            } }
        } }
    })
}

/// The breaks after these places of the document were set, or removed when the value is null.
fn after(changes: &[(&str, Value)]) -> Vec<String> {
    let mut new = document();
    for (place, value) in changes {
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = new.pointer_mut(parent).unwrap_or_else(|| panic!("{place}")).as_object_mut().unwrap();
        if value.is_null() {
            parent.remove(name).unwrap_or_else(|| panic!("{place}"));
        } else {
            parent.insert(name.to_owned(), value.clone());
        }
    }
    breaking(&document(), &new)
}

#[test]
fn what_is_taken_away_is_named() {
    const POST: &str = "/paths/~1v1~1notes/post";
    const BODY: &str = "/components/schemas/CreateNote";
    const NOTE: &str = "/components/schemas/Note";
    let at = |base: &str, rest: &str| format!("{base}{rest}");
    for (place, value, expected) in [
        (POST.to_owned(), Value::Null, "POST /v1/notes is gone"),
        (at(POST, "/x-permission"), json!("notes:admin"), "POST /v1/notes needs notes:admin now, not notes:write"),
        (at(POST, "/parameters"), json!([]), "POST /v1/notes does not take dry_run any more"),
        (at(POST, "/requestBody"), Value::Null, "POST /v1/notes takes no body any more"),
        (at(POST, "/responses/201"), Value::Null, "POST /v1/notes does not answer 201 any more"),
        (at(BODY, "/required"), json!(["text", "kind"]), "POST /v1/notes: body/kind is required now"),
        (at(BODY, "/properties/tags"), Value::Null, "POST /v1/notes: body/tags is not taken any more"),
        (at(BODY, "/properties/text/maxLength"), json!(50), "POST /v1/notes: body/text has a maxLength of 50 now"),
        (at(BODY, "/properties/text/minLength"), json!(1), "POST /v1/notes: body/text has a minLength of 1 now"),
        (at(BODY, "/properties/kind"), json!({ "$ref": "#/components/schemas/Kind" }), "POST /v1/notes: body/kind may not be null any more"),
        (at(BODY, "/properties/tags/items/type"), json!("integer"), "POST /v1/notes: body/tags/* is integer now, not string"),
        (at(BODY, "/properties/tags/items/enum"), json!(["a"]), "POST /v1/notes: body/tags/* takes only some values now"),
        ("/components/schemas/Kind/enum".to_owned(), json!(["call"]), "POST /v1/notes: body/kind does not take \"visit\" any more"),
        (at(NOTE, "/properties/text"), Value::Null, "POST /v1/notes: answer/text is gone"),
        (at(NOTE, "/required"), json!(["id"]), "POST /v1/notes: answer/text may be left out now"),
        (at(NOTE, "/properties/id/type"), json!(["string", "null"]), "POST /v1/notes: answer/id may be null now"),
        (at(NOTE, "/properties/id/type"), json!("integer"), "POST /v1/notes: answer/id is integer now, not string"),
    ] {
        assert_eq!(after(&[(&place, value)]), [expected], "{place}");
    }
    let needed =
        json!([{ "in": "query", "name": "dry_run", "required": true, "schema": {} }, { "in": "query", "name": "why", "required": true, "schema": {} }]);
    assert_eq!(after(&[("/paths/~1v1~1notes/post/parameters", needed)]), ["POST /v1/notes needs dry_run now", "POST /v1/notes needs why now"]);
}

#[test]
fn what_is_added_is_no_break() {
    assert_eq!(after(&[]), Vec::<String>::new());
    for (place, value) in [
        ("/paths/~1v1~1more", json!({ "get": {} })),
        ("/components/schemas/Kind/enum", json!(["call", "visit", "mail"])),
        ("/components/schemas/CreateNote/properties/more", json!({ "type": "string" })),
        ("/components/schemas/CreateNote/required", json!([])),
        ("/components/schemas/CreateNote/properties/text/maxLength", json!(200)),
        ("/components/schemas/Note/properties/more", json!({ "type": "string" })),
        ("/components/schemas/Note/properties/done_at/type", json!("string")),
        ("/paths/~1v1~1notes/post/summary", json!("Other words.")),
    ] {
        assert_eq!(after(&[(place, value)]), Vec::<String>::new(), "{place}");
    }
}
