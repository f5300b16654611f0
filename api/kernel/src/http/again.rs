//! Creations that come again (INT-11, MDM-10): whoever sends what was created before, under the same external references, gets what it made, with or without an
//! idempotency key. What counts is what the body means, not how it is spelled (`openapi/core/src/meaning.rs`). Who sends something else under them is told what
//! differs.
//!
//! The first one leaves its digest with its references. It is looked for only when a creation is refused, whatever for: what exists already may be in its own
//! way by more than its references, such as an invoice whose billables stand on it. So a creation that succeeds pays nothing. Items of a bulk request are known
//! by the same digests (`bulk.rs`), which looks their references up anyway.

use super::router::{Bound, Found, Operation, Routes, Verb};
use super::{App, Packed, idempotency};
use crate::ctx::MadeFrom;
use crate::{Ctx, Find, Tx, crypto};
use causeway_contract::{COSTS, Code, FieldError, Method, Problem, Shape, read_at, tells_cost};
use causeway_entity::kernel::external_refs;
use causeway_value::{PREFIXES, prefix_of, type_id};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

/// What names the object in other systems, and is none of what it says.
const REFS: &str = "external_refs";

/// A creation that names external references.
pub(super) struct Sent<'a> {
    /// Over the operation and its body.
    pub digest: MadeFrom,
    /// Of the operation, and so of the list of what it creates.
    path: &'static str,
    shape: Option<&'a Shape>,
    refs: Vec<(String, String)>,
    body: Map<String, Value>,
}

impl<'a> Sent<'a> {
    /// What is sent, if it creates one object with references.
    pub(super) fn of(operation: &'a Operation, body: &Value) -> Option<Self> {
        let refs = named(operation, body)?;
        Some(Self { digest: digest(operation, body), path: operation.path, shape: operation.body.as_ref(), refs, body: body.as_object()?.clone() })
    }

    /// The digest of each item of a bulk request, as if it were sent alone: so one is known again, however it came and comes.
    pub(super) fn each(routes: &Routes, operation: &Operation, body: &Value) -> Arc<[Option<MadeFrom>]> {
        let alone = operation.path.strip_suffix("/bulk").and_then(|path| match routes.find(operation.method.word(), path) {
            Found::Endpoint(alone, _) => Some(alone),
            _ => None,
        });
        let items = alone.zip(body.get("items").and_then(Value::as_array));
        items.map(|(alone, items)| items.iter().map(|item| named(alone, item).map(|_| digest(alone, item))).collect()).unwrap_or_default()
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

fn digest(operation: &Operation, body: &Value) -> MadeFrom {
    let over = |body: &Value| crypto::sha256(&[operation.id.as_bytes(), b"\n", body.to_string().as_bytes()]);
    let spelling = over(body);
    MadeFrom { meaning: operation.body.as_ref().map_or(spelling, |shape| over(&shape.meaning(body))), spelling }
}

fn reference(one: &Value) -> Option<(String, String)> {
    Some((one.get("system")?.as_str()?.to_owned(), one.get("id")?.as_str()?.to_owned()))
}

/// What the caller gets in place of a refusal: what the same creation made before, as it is now; or the refusal, which says what differs.
///
/// # Errors
/// The refusal.
pub(super) async fn instead(app: &App, ctx: &Arc<Ctx>, sent: &Sent<'_>, key: Option<idempotency::Key>, problem: Problem) -> Result<Packed, Problem> {
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
async fn made(tx: &mut Tx<'_>, sent: &Sent<'_>) -> Result<BTreeSet<(String, Uuid)>, Problem> {
    let digests = [sent.digest.meaning.to_vec(), sent.digest.spelling.to_vec()];
    let rows = carrying(&sent.refs).among(external_refs::Column::MadeFrom, digests).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.object_type, row.object_id)).collect())
}

/// The rows of these references.
fn carrying(refs: &[(String, String)]) -> Find<external_refs::Entity> {
    let sql = vec!["(system = ? AND ref_id = ?)"; refs.len()].join(" OR ");
    let values = refs.iter().flat_map(|(system, id)| [system.as_str().into(), id.as_str().into()]).collect();
    Find::<external_refs::Entity>::new().when(&sql, values)
}

/// Where an object of this kind is read.
fn place(app: &App, kind: &str) -> Option<&'static str> {
    read_at(prefix_of(kind)?, app.routes.rows())
}

/// How an object of this kind is read, and the right that takes. Credit notes are read as invoices.
fn reading(app: &App, kind: &str, id: Uuid) -> Option<(Box<dyn Verb>, &'static str)> {
    let path = place(app, kind)?.replace("{id}", &type_id(prefix_of(kind)?, id));
    let Found::Endpoint(get, segments) = app.routes.find("GET", &path) else { return None };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let empty = || Value::Object(Map::new());
    match (get.bind)(&segments, empty(), empty(), None) {
        Ok(Bound::Verb(verb)) => Some((verb, get.permission)),
        _ => None,
    }
}

/// A refusal because something of the body, such as a code, is another object's already: where that object carries one of the references, it is the object that
/// was created under them, and what is said is that, and where the body differs from it.
async fn of_carrier(app: &App, ctx: &Arc<Ctx>, sent: &Sent<'_>, problem: Problem) -> Problem {
    if problem.errors.iter().any(|error| error.code != Code::AlreadyExists) || (problem.errors.is_empty() && problem.code != Code::AlreadyExists) {
        return problem;
    }
    let Ok(rows) = app.db.read(ctx, async |_, tx| carrying(&sent.refs).all(tx).await).await else { return problem };
    let creates = |kind: &str| place(app, kind).is_some_and(|path| path.strip_suffix("/{id}") == Some(sent.path));
    let Some(row) = rows.into_iter().find(|row| creates(&row.object_type)) else { return problem };
    let Some((verb, permission)) = reading(app, &row.object_type, row.object_id) else { return problem };
    // Whoever may not see it learns what every other creation tells: that something of the body is taken.
    if ctx.require(permission).is_err() || app.db.read(ctx, async |ctx, tx| verb.run(ctx, tx).await).await.is_err() {
        return problem;
    }
    let (system, ref_id, kind) = (row.system, row.ref_id, row.object_type);
    let carrier = prefix_of(&kind).map(|prefix| type_id(prefix, row.object_id)).unwrap_or_default();
    let detail = format!("{carrier} carries the external reference {system}:{ref_id} already. Change that one, or give this one a reference of its own.");
    let error = FieldError::pointer(Code::ExternalRefExists, "/external_refs", format!("{system}:{ref_id} is carried by {carrier}"));
    let told = Problem::new(Code::ExternalRefExists, detail).with("system", system).with("ref_id", ref_id).with(&format!("{kind}_id"), carrier);
    Problem { errors: vec![error], request_id: problem.request_id, ..told }
}

/// The refusal of a taken reference, with the fields that differ from what has it: for who may read that.
async fn told(app: &App, ctx: &Arc<Ctx>, sent: &Sent<'_>, problem: Problem) -> Problem {
    let mut problem = of_carrier(app, ctx, sent, problem).await;
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
    let Ok(Value::Object(stands)) = serde_json::from_str::<Value>(packed.json()) else { return problem };
    problem.errors.extend(differences((&sent.body, sent.shape), &stands, &kind.replace('_', " "), ctx.may(COSTS)));
    problem
}

/// Where the body says something else than the object does now. What the body leaves out says nothing, and so does what the object does not show; but where
/// nothing else differs, what is left out is what is otherwise.
fn differences((given, shape): (&Map<String, Value>, Option<&Shape>), stands: &Map<String, Value>, what: &str, costs: bool) -> Vec<FieldError> {
    let mut found = Differences { what, costs, errors: Vec::new() };
    let said = || given.iter().filter(|(name, _)| *name != REFS);
    for (name, value) in said() {
        if let Some(kept) = stands.get(name) {
            found.compare(&format!("/{name}"), shape.and_then(|shape| shape.field(name)), value, kept);
        }
    }
    let named = |object: &Map<String, Value>| -> BTreeSet<Option<(String, String)>> {
        object.get(REFS).and_then(Value::as_array).into_iter().flatten().map(reference).collect()
    };
    // That the references are not the same is said where they are named.
    if found.errors.is_empty() && named(given) == named(stands) {
        if let Some(Shape::Object { fields, .. }) = shape {
            let left_out = fields.keys().filter(|name| *name != REFS && given.get(*name).is_none_or(Value::is_null));
            left_out.filter_map(|name| Some((name, stands.get(name)?))).for_each(|(name, kept)| found.left_out(&format!("/{name}"), kept));
        }
        for (name, value) in said().filter(|(name, value)| !stands.contains_key(*name) && !value.is_null()) {
            found.push(&format!("/{name}"), value, format!("is not shown by the {what}, and is otherwise than when that was made, or was not given then"));
        }
    }
    found.errors
}

struct Differences<'a> {
    what: &'a str,
    /// Whether what things cost may be told.
    costs: bool,
    errors: Vec<FieldError>,
}

impl Differences<'_> {
    fn compare(&mut self, at: &str, shape: Option<&Shape>, given: &Value, kept: &Value) {
        if given.is_null() {
            return;
        }
        // Told alike for a right guess and a wrong one.
        if !self.costs && tells_cost(at) {
            return self.push(at, given, String::new());
        }
        match (given, kept) {
            (Value::Array(given), Value::Array(kept)) if given.len() == kept.len() => {
                let items = match shape {
                    Some(Shape::List { items, .. }) => Some(items.as_ref()),
                    _ => None,
                };
                for (index, (given, kept)) in given.iter().zip(kept).enumerate() {
                    self.compare(&format!("{at}/{index}"), items, given, kept);
                }
            }
            (Value::Array(one), Value::Array(other)) => {
                self.push(at, given, format!("has {} entries in the {} and {} here", other.len(), self.what, one.len()));
            }
            (Value::Object(given), Value::Object(kept)) => self.compare_fields(at, shape, given, kept),
            _ if shape.map_or(given == kept, |shape| shape.meaning(given) == shape.meaning(kept)) => {}
            _ => {
                let detail = match (word(kept), word(given)) {
                    (Some(kept), Some(given)) => format!("is {kept} in the {} and {given} here", self.what),
                    _ => format!("is otherwise in the {}", self.what),
                };
                self.push(at, given, detail);
            }
        }
    }

    fn compare_fields(&mut self, at: &str, shape: Option<&Shape>, given: &Map<String, Value>, kept: &Map<String, Value>) {
        let free = match shape {
            Some(Shape::Object { others: Some(others), .. }) => Some(others.shape.as_ref()),
            _ => None,
        };
        let place = |name: &str| format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        for (name, value) in given {
            match (kept.get(name), free) {
                (Some(kept), _) => self.compare(&place(name), shape.and_then(|shape| shape.field(name)).or(free), value, kept),
                (None, Some(_)) => self.compare(&place(name), free, value, &Value::Null),
                (None, None) => {}
            }
        }
        // A map is all that is in it.
        for (name, kept) in kept.iter().filter(|(name, _)| free.is_some() && !given.contains_key(*name)) {
            self.left_out(&place(name), kept);
        }
    }

    /// Says what stands there and is left out.
    fn left_out(&mut self, at: &str, kept: &Value) {
        let says_nothing = match kept {
            Value::Null | Value::Bool(false) => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            _ => false,
        };
        if says_nothing {
            return;
        }
        let detail = match word(kept) {
            Some(kept) => format!("is {kept} in the {} and left out here", self.what),
            None => format!("stands in the {} and is left out here", self.what),
        };
        self.push(at, kept, detail);
    }

    /// What things cost is not told to everybody, nor whether somebody guessed it (SEC-07).
    fn push(&mut self, at: &str, value: &Value, detail: String) {
        let hidden = !self.costs && (tells_cost(at) || names_costs(value));
        let detail = if hidden { "is not compared for who may not see costs".to_owned() } else { detail };
        self.errors.push(FieldError::pointer(Code::ExternalRefExists, at, detail));
    }
}

/// Whether a field inside tells what something costs.
fn names_costs(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().any(|(name, value)| tells_cost(name) || names_costs(value)),
        Value::Array(items) => items.iter().any(names_costs),
        _ => false,
    }
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("nothing".to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_value::{AmountText, Instant, Price};
    use serde::{Deserialize, Serialize};
    use serde_json::json;
    use std::collections::BTreeMap;
    use utoipa::ToSchema;

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Contact {
        name: String,
        unit_cost: Option<Price>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    struct Body {
        name: String,
        credit_limit: Option<AmountText>,
        email: Option<String>,
        since: Option<Instant>,
        contacts: Vec<Contact>,
        metadata: BTreeMap<String, String>,
        refuse_duplicates: Option<bool>,
        external_refs: Vec<String>,
    }

    fn found(given: &Value, costs: bool) -> Vec<String> {
        let stands = json!({
            "name": "Fjord", "credit_limit": "50.00", "email": null, "since": "2026-11-21T10:00:00.000000Z", "metadata": { "a/b": "1" },
            "contacts": [{ "id": "cnt_1", "name": "Ann", "unit_cost": "4.00" }],
        });
        let shape = Shape::of::<Body>();
        let found = differences((given.as_object().unwrap(), Some(&shape)), stands.as_object().unwrap(), "party", costs);
        found.iter().map(|error| format!("{} {}", error.pointer.clone().unwrap(), error.detail)).collect()
    }

    #[test]
    fn what_says_something_else_is_named() {
        let map = json!({ "a/b": "1" });
        for (given, expected) in [
            (json!({ "name": "Fjord AS", "external_refs": [1] }), vec!["/name is Fjord in the party and Fjord AS here"]),
            (json!({ "credit_limit": "50.01" }), vec!["/credit_limit is 50.00 in the party and 50.01 here"]),
            (
                json!({ "email": "a@b.test", "credit_limit": "050", "since": "2026-11-21T11:00:00+01:00" }),
                vec!["/email is nothing in the party and a@b.test here"],
            ),
            (json!({ "since": "2026-11-21T11:00:00Z" }), vec!["/since is 2026-11-21T10:00:00.000000Z in the party and 2026-11-21T11:00:00Z here"]),
            (json!({ "email": null, "contacts": [] }), vec!["/contacts has 1 entries in the party and 0 here"]),
            (json!({ "contacts": [{ "name": "Bob" }], "metadata": map }), vec!["/contacts/0/name is Ann in the party and Bob here"]),
            (json!({ "metadata": { "c": "2" } }), vec!["/metadata/c is nothing in the party and 2 here", "/metadata/a~1b is 1 in the party and left out here"]),
        ] {
            assert_eq!(found(&given, true), expected, "{given}");
        }
    }

    /// A conflict that names nothing helps nobody.
    #[test]
    fn where_nothing_else_differs_what_is_left_out_does() {
        let same = json!({ "name": "Fjord", "credit_limit": "50", "contacts": [{ "name": "Ann" }], "since": null, "metadata": { "a/b": "1" } });
        assert_eq!(found(&same, true), ["/since is 2026-11-21T10:00:00.000000Z in the party and left out here"]);
        let mut more = same.clone();
        (more["since"], more["refuse_duplicates"]) = (json!("2026-11-21T10:00:00Z"), json!(true));
        assert_eq!(found(&more, true).len(), 1);
        assert!(found(&more, true)[0].starts_with("/refuse_duplicates is not shown by the party"), "{:?}", found(&more, true));
        // Other references are told where they are named.
        more["external_refs"] = json!([{ "system": "erp", "id": "1" }]);
        assert_eq!(found(&more, true), Vec::<String>::new());
    }

    #[test]
    fn a_guess_at_a_cost_is_not_answered() {
        let guess = |cost: &str| json!({ "contacts": [{ "name": "Ann", "unit_cost": cost }] });
        assert_eq!(found(&guess("5"), true), ["/contacts/0/unit_cost is 4.00 in the party and 5 here"]);
        assert_eq!(found(&guess("5"), false), ["/contacts/0/unit_cost is not compared for who may not see costs"]);
        assert_eq!(found(&guess("4"), false), found(&guess("5"), false), "a right guess is told like a wrong one");
    }
}
