//! What a new document takes away from those who wrote their programs against an old one.
//!
//! A pure function of two OpenAPI documents. A request may only be asked for less, an answer may only say more: whatever goes the other way is a break.
//! What it is not: a judge of whether a break is worth it, or of words such as summaries. New values in answers are no break: the contract says that there may be.

use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Limits that may only rise, and limits that may only fall, in what is sent.
const MOST: [&str; 4] = ["maxLength", "maxItems", "maxProperties", "maximum"];
const LEAST: [&str; 4] = ["minLength", "minItems", "minProperties", "minimum"];
/// The methods that an operation of a document may have.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// The caller sends it.
    Sent,
    /// The service answers with it.
    Answered,
}

/// Every break from `old` to `new`, as sentences that begin with the operation. What several operations share is named at the first of them.
#[must_use]
pub fn breaking(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, seen: BTreeSet::new(), breaks: Vec::new() };
    for (path, method, before) in operations(old) {
        let place = format!("{} {path}", method.to_ascii_uppercase());
        match new.get("paths").and_then(|paths| paths.get(path)).and_then(|item| item.get(method)) {
            Some(after) => comparison.operation(&place, before, after),
            None => comparison.breaks.push(format!("{place} is gone")),
        }
    }
    comparison.breaks
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &'static str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.flat_map(|(path, item)| METHODS.iter().filter_map(move |method| Some((path.as_str(), *method, item.get(method)?))))
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    seen: BTreeSet<(&'a str, &'a str, Way)>,
    breaks: Vec<String>,
}

impl<'a> Comparison<'a> {
    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let right = |operation: &'a Value| operation.get("x-permission").and_then(Value::as_str);
        if right(old) != right(new) {
            self.breaks.push(format!("{place} needs {} now, not {}", right(new).unwrap_or("nothing"), right(old).unwrap_or("nothing")));
        }
        self.parameters(place, old, new);
        let body = |operation: &'a Value| operation.get("requestBody");
        match (body(old), body(new)) {
            (before, Some(after)) if required(after) && !before.is_some_and(required) => self.breaks.push(format!("{place} needs a body now")),
            (Some(_), None) => self.breaks.push(format!("{place} takes no body any more")),
            _ => {}
        }
        if let (Some(before), Some(after)) = (body(old).and_then(json), body(new).and_then(json)) {
            self.schema(&format!("{place}: body"), before, after, Way::Sent);
        }
        let answers =
            |operation: &'a Value| operation.get("responses").and_then(Value::as_object).into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        for (status, before) in answers(old) {
            match answers(new).find(|(known, _)| *known == status) {
                None => self.breaks.push(format!("{place} does not answer {status} any more")),
                Some((_, after)) => {
                    if let (Some(before), Some(after)) = (json(before), json(after)) {
                        self.schema(&format!("{place}: answer"), before, after, Way::Answered);
                    }
                }
            }
        }
    }

    fn parameters(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let all = |operation: &'a Value| operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
        let key = |parameter: &'a Value| (parameter.get("in").and_then(Value::as_str), parameter.get("name").and_then(Value::as_str));
        for before in all(old) {
            let name = key(before).1.unwrap_or_default();
            let Some(after) = all(new).find(|after| key(after) == key(before)) else {
                self.breaks.push(format!("{place} does not take {name} any more"));
                continue;
            };
            if required(after) && !required(before) {
                self.breaks.push(format!("{place} needs {name} now"));
            }
            if let (Some(before), Some(after)) = (before.get("schema"), after.get("schema")) {
                self.schema(&format!("{place}: {name}"), before, after, Way::Sent);
            }
        }
        for after in all(new).filter(|after| required(after) && !all(old).any(|before| key(before) == key(after))) {
            self.breaks.push(format!("{place} needs {} now", key(after).1.unwrap_or_default()));
        }
    }

    fn schema(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way) {
        let (old, new) = (settled(self.old, old), settled(self.new, new));
        match way {
            Way::Sent if old.nullable && !new.nullable => self.breaks.push(format!("{place} may not be null any more")),
            Way::Answered if new.nullable && !old.nullable => self.breaks.push(format!("{place} may be null now")),
            _ => {}
        }
        if let (Some(before), Some(after)) = (old.name, new.name)
            && !self.seen.insert((before, after, way))
        {
            return;
        }
        let (wide, narrow) = if way == Way::Sent { (&new, &old) } else { (&old, &new) };
        if !wide.types().is_empty() && !narrow.types().is_subset(&wide.types()) {
            self.breaks.push(format!("{place} is {} now, not {}", words(&new.types()), words(&old.types())));
            return;
        }
        if way == Way::Sent {
            self.limits(place, old.schema, new.schema);
        }
        self.fields(place, old.schema, new.schema, way);
        for inner in ["items", "additionalProperties"] {
            if let (Some(before @ Value::Object(_)), Some(after @ Value::Object(_))) = (old.schema.get(inner), new.schema.get(inner)) {
                self.schema(&format!("{place}/*"), before, after, way);
            }
        }
        for (before, after) in old.variants().into_iter().zip(new.variants()) {
            self.schema(place, before, after, way);
        }
    }

    /// What may be sent must not become less.
    fn limits(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let known = |schema: &'a Value| schema.get("enum").and_then(Value::as_array);
        if let Some(after) = known(new) {
            let gone: Vec<String> = known(old).into_iter().flatten().filter(|value| !after.contains(value)).map(ToString::to_string).collect();
            if !gone.is_empty() {
                self.breaks.push(format!("{place} does not take {} any more", gone.join(", ")));
            } else if known(old).is_none() {
                self.breaks.push(format!("{place} takes only some values now"));
            }
        }
        let limit = |schema: &'a Value, name: &str| schema.get(name).and_then(Value::as_f64);
        for name in MOST.into_iter().chain(LEAST) {
            let Some(after) = limit(new, name) else { continue };
            let narrower = |before: f64| if MOST.contains(&name) { after < before } else { after > before };
            if limit(old, name).is_none_or(narrower) {
                self.breaks.push(format!("{place} has a {name} of {after} now"));
            }
        }
    }

    fn fields(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way) {
        let fields = |schema: &'a Value| schema.get("properties").and_then(Value::as_object);
        let closed = new.get("additionalProperties") == Some(&Value::Bool(false));
        let after: Option<&'a Map<String, Value>> = fields(new);
        for (name, before) in fields(old).into_iter().flatten() {
            match after.and_then(|after| after.get(name)) {
                Some(after) => self.schema(&format!("{place}/{name}"), before, after, way),
                None if way == Way::Answered => self.breaks.push(format!("{place}/{name} is gone")),
                None if closed => self.breaks.push(format!("{place}/{name} is not taken any more")),
                None => {}
            }
        }
        let needed = |schema: &'a Value| -> BTreeSet<&'a str> {
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
        };
        let (before, after_needed) = (needed(old), needed(new));
        match way {
            Way::Sent => self.breaks.extend(after_needed.difference(&before).map(|name| format!("{place}/{name} is required now"))),
            Way::Answered => {
                let kept = before.difference(&after_needed).filter(|name| after.is_some_and(|after| after.contains_key(**name)));
                self.breaks.extend(kept.map(|name| format!("{place}/{name} may be left out now")));
            }
        }
    }
}

fn required(thing: &Value) -> bool {
    thing.get("required") == Some(&Value::Bool(true))
}

/// The schema of a body or an answer that is JSON.
fn json(thing: &Value) -> Option<&Value> {
    thing.get("content")?.get("application/json")?.get("schema")
}

/// A schema behind its references.
struct Settled<'a> {
    schema: &'a Value,
    name: Option<&'a str>,
    nullable: bool,
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

fn settled<'a>(document: &'a Value, schema: &'a Value) -> Settled<'a> {
    let mut found = Settled { schema, name: None, nullable: false };
    // A reference leads to a definition, which may be another one or nothing: but not for ever.
    for _ in 0..16 {
        if let Some(reference) = found.schema.get("$ref").and_then(Value::as_str) {
            found.name = Some(reference);
            found.schema = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).unwrap_or(&Value::Null);
            continue;
        }
        let variants = found.variants();
        if let ([one], true) =
            (variants.iter().filter(|variant| !is_null(variant)).collect::<Vec<_>>().as_slice(), variants.iter().any(|variant| is_null(variant)))
        {
            found.schema = one;
            found.nullable = true;
            continue;
        }
        break;
    }
    found.nullable |= found.schema.get("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(|word| word == "null"));
    found
}

impl<'a> Settled<'a> {
    fn variants(&self) -> Vec<&'a Value> {
        ["oneOf", "anyOf"].iter().filter_map(|word| self.schema.get(word)?.as_array()).flatten().collect()
    }

    /// The types that it may have besides null; none when it does not say.
    fn types(&self) -> BTreeSet<&'a str> {
        let word = |value: &'a Value| value.as_str().filter(|word| *word != "null");
        match self.schema.get("type") {
            Some(Value::Array(types)) => types.iter().filter_map(word).collect(),
            Some(one) => word(one).into_iter().collect(),
            None => BTreeSet::new(),
        }
    }
}

fn words(types: &BTreeSet<&str>) -> String {
    if types.is_empty() { "anything".to_owned() } else { types.iter().copied().collect::<Vec<_>>().join(" or ") }
}

#[cfg(test)]
mod tests;
