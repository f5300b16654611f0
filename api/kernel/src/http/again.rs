//! Creations that come again (INT-11, MDM-10): whoever sends what was created before, under the same external references, gets what it made, with or without an
//! idempotency key. Who sends something else under them is told what differs.
//!
//! The first one leaves its digest with its references. It is looked for only when a creation is refused, whatever for: what exists already may be in its own
//! way by more than its references, such as an invoice whose billables stand on it. So a creation that succeeds pays nothing. Items of a bulk request are known
//! by the same digests (`bulk.rs`), which looks their references up anyway.

use super::router::{Bound, Found, Operation, Routes, Verb};
use super::{App, Packed, idempotency, mask};
use crate::{Ctx, Find, Tx, crypto};
use causeway_contract::{Code, FieldError, Method, Problem, read_at};
use causeway_entity::kernel::external_refs;
use causeway_value::{PREFIXES, prefix_of, type_id};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What names the object in other systems, and is none of what it says.
const REFS: &str = "external_refs";

/// A creation that names external references.
pub(super) struct Sent {
    /// Over the operation and its body.
    pub digest: [u8; 32],
    refs: Vec<(String, String)>,
    body: Map<String, Value>,
}

impl Sent {
    /// What is sent, if it creates one object with references.
    pub(super) fn of(operation: &Operation, body: &Value) -> Option<Self> {
        let refs = named(operation, body)?;
        Some(Self { digest: digest(operation.id, body), refs, body: body.as_object()?.clone() })
    }

    /// The digest of each item of a bulk request, as if it were sent alone: so one is known again, however it came and comes.
    pub(super) fn each(routes: &Routes, operation: &Operation, body: &Value) -> Arc<[Option<[u8; 32]>]> {
        let alone = operation.path.strip_suffix("/bulk").and_then(|path| match routes.find(operation.method.word(), path) {
            Found::Endpoint(alone, _) => Some(alone),
            _ => None,
        });
        let items = alone.zip(body.get("items").and_then(Value::as_array));
        items.map(|(alone, items)| items.iter().map(|item| named(alone, item).map(|_| digest(alone.id, item))).collect()).unwrap_or_default()
    }
}

/// The references of a body that creates one object with references.
fn named(operation: &Operation, body: &Value) -> Option<Vec<(String, String)>> {
    if operation.method != Method::Post || operation.path.contains('{') {
        return None;
    }
    let fields = body.as_object()?;
    // Whoever wants what differs brought over asks for how things are to be, not for what was made once.
    if fields.get("on_conflict").is_some_and(|wanted| wanted == "update") {
        return None;
    }
    let refs: Vec<(String, String)> = fields.get(REFS)?.as_array()?.iter().filter_map(reference).collect();
    (!refs.is_empty()).then_some(refs)
}

fn digest(operation: &str, body: &Value) -> [u8; 32] {
    crypto::sha256(&[operation.as_bytes(), b"\n", body.to_string().as_bytes()])
}

fn reference(one: &Value) -> Option<(String, String)> {
    Some((one.get("system")?.as_str()?.to_owned(), one.get("id")?.as_str()?.to_owned()))
}

/// What the caller gets in place of a refusal: what the same creation made before, as it is now; or the refusal, which says what differs.
///
/// # Errors
/// The refusal.
pub(super) async fn instead(app: &App, ctx: &Arc<Ctx>, sent: &Sent, key: Option<idempotency::Key>, problem: Problem) -> Result<Packed, Problem> {
    // A key that was used for something else stays refused, whatever comes with it.
    let of_key = matches!(problem.code, Code::IdempotencyKeyReused | Code::IdempotencyInProgress);
    if of_key || !matches!(problem.status, 409 | 422 | 423) {
        return Err(problem);
    }
    let Ok(made) = app.db.read(ctx, async |_, tx| made(tx, sent).await).await else { return Err(problem) };
    for (kind, id) in made {
        let Some((verb, _)) = reading(app, &kind, id) else { continue };
        let key = key.clone();
        let answer = app
            .db
            .write(ctx, async move |ctx, tx| {
                let packed = Packed { replayed: true, ..verb.run(ctx, tx).await? };
                if let Some(key) = &key {
                    key.keep(ctx, tx, &packed)?;
                }
                Ok(packed)
            })
            .await;
        // One of a company that the caller may not see is not shown; the reference is taken all the same.
        if answer.is_ok() {
            return answer;
        }
    }
    Err(told(app, ctx, sent, problem).await)
}

/// The objects that the same creation made, by kind and id.
async fn made(tx: &mut Tx<'_>, sent: &Sent) -> Result<BTreeSet<(String, Uuid)>, Problem> {
    let sql = vec!["(system = ? AND ref_id = ?)"; sent.refs.len()].join(" OR ");
    let values = sent.refs.iter().flat_map(|(system, id)| [system.as_str().into(), id.as_str().into()]).collect();
    let rows = Find::<external_refs::Entity>::new().eq(external_refs::Column::MadeFrom, sent.digest.to_vec()).when(&sql, values).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.object_type, row.object_id)).collect())
}

/// How an object of this kind is read, and the right that takes. Credit notes are read as invoices.
fn reading(app: &App, kind: &str, id: Uuid) -> Option<(Box<dyn Verb>, &'static str)> {
    let prefix = prefix_of(kind)?;
    let path = read_at(prefix, app.routes.rows())?.replace("{id}", &type_id(prefix, id));
    let Found::Endpoint(get, segments) = app.routes.find("GET", &path) else { return None };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let empty = || Value::Object(Map::new());
    match (get.bind)(&segments, empty(), empty(), None) {
        Ok(Bound::Verb(verb)) => Some((verb, get.permission)),
        _ => None,
    }
}

/// The refusal of a taken reference, with the fields that differ from what has it: for who may read that.
async fn told(app: &App, ctx: &Arc<Ctx>, sent: &Sent, mut problem: Problem) -> Problem {
    let known = |error: &FieldError| error.pointer.as_deref() != Some("/external_refs");
    if problem.code != Code::ExternalRefExists || problem.errors.iter().any(known) {
        return problem;
    }
    let carrier = PREFIXES.iter().find_map(|(_, kind)| Some((*kind, problem.meta.get(&format!("{kind}_id"))?.as_str()?)));
    let Some((kind, id)) = carrier.and_then(|(kind, id)| Some((kind, causeway_value::split_type_id(id)?.1))) else { return problem };
    let Some((verb, permission)) = reading(app, kind, id) else { return problem };
    if ctx.require(permission).is_err() {
        return problem;
    }
    let Ok(packed) = app.db.read(ctx, async |ctx, tx| verb.run(ctx, tx).await).await else { return problem };
    let Ok(mut stands) = serde_json::from_str::<Value>(packed.json()) else { return problem };
    mask::value(ctx, &mut stands);
    problem.errors.extend(differences(&sent.body, &stands, &kind.replace('_', " ")));
    problem
}

/// Where the body says something else than the object does now. What the body leaves out says nothing, and so does what the object does not show.
fn differences(given: &Map<String, Value>, stands: &Value, what: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (name, value) in given.iter().filter(|(name, _)| *name != REFS) {
        let Some(kept) = stands.get(name).filter(|kept| !says_the_same(value, kept)) else { continue };
        let detail = match (word(kept), word(value)) {
            (Some(kept), Some(value)) => format!("is {kept} in the {what} and {value} here"),
            _ => format!("is otherwise in the {what}"),
        };
        errors.push(FieldError::pointer(Code::ExternalRefExists, format!("/{name}"), detail));
    }
    errors
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("nothing".to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn says_the_same(given: &Value, kept: &Value) -> bool {
    match (given, kept) {
        (Value::Null, _) => true,
        (Value::String(one), Value::String(other)) => plain(one) == plain(other),
        (Value::Array(one), Value::Array(other)) => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| says_the_same(one, other)),
        (Value::Object(one), Value::Object(other)) => one.iter().all(|(name, one)| other.get(name).is_none_or(|other| says_the_same(one, other))),
        _ => given == kept,
    }
}

/// A decimal without the zeros at its end; any other text as it is.
fn plain(text: &str) -> &str {
    let is_decimal = text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    if is_decimal { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_says_something_else_is_named() {
        let stands = json!({ "name": "Fjord", "credit_limit": "50.00", "email": null, "roles": ["customer"], "contacts": [{ "id": "cnt_1", "name": "Ann" }] });
        for (given, expected) in [
            (json!({ "name": "Fjord", "credit_limit": "50", "contacts": [{ "name": "Ann" }], "refuse_duplicates": true }), vec![]),
            (json!({ "name": "Fjord AS", "external_refs": [1] }), vec!["/name is Fjord in the party and Fjord AS here"]),
            (json!({ "credit_limit": "50.01" }), vec!["/credit_limit is 50.00 in the party and 50.01 here"]),
            (json!({ "email": "a@b.test" }), vec!["/email is nothing in the party and a@b.test here"]),
            (json!({ "email": null, "contacts": [] }), vec!["/contacts is otherwise in the party"]),
            (json!({ "contacts": [{ "name": "Bob" }] }), vec!["/contacts is otherwise in the party"]),
        ] {
            let found = differences(given.as_object().unwrap(), &stands, "party");
            let found: Vec<String> = found.iter().map(|error| format!("{} {}", error.pointer.clone().unwrap(), error.detail)).collect();
            assert_eq!(found, expected, "{given}");
        }
        assert_eq!((plain("1.50"), plain("100"), plain("1.0"), plain("2026.10.")), ("1.5", "100", "1", "2026.10"));
    }
}
