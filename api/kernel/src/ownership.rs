//! Whose word counts about what (MDM-08): rules as those who write carry them, and what of a change they refuse.
//!
//! Every recorded change passes here once, whatever verb made it: [`crate::Tx`] holds what was recorded against the snapshot before. Which kinds of objects and
//! fields there are is no matter of this crate.

use causeway_contract::{Code, FieldError, Problem};
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

/// One rule, with its fields by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The kind of objects, as on the wire.
    pub object: String,
    /// The fields that belong to the owner.
    pub fields: Vec<String>,
    /// Whether the owner alone creates and removes such objects.
    pub whole: bool,
    /// Whose word counts.
    pub owner: String,
    /// The person who answers for the data, with a name.
    pub steward: Option<(Uuid, String)>,
}

/// The rules of a tenant, and who writes.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    rules: Arc<[Rule]>,
    /// The system that writes.
    source: Arc<str>,
    /// The person who writes in person.
    person: Option<Uuid>,
}

impl Ownership {
    /// These rules for this writer.
    #[must_use]
    pub fn of(rules: Vec<Rule>, source: &str, person: Option<Uuid>) -> Self {
        Self { rules: rules.into(), source: source.into(), person }
    }

    /// The rules about these objects that this writer must keep to.
    fn foreign<'a>(&'a self, object: &'a str) -> impl Iterator<Item = &'a Rule> {
        let steward = |rule: &Rule| rule.steward.as_ref().is_some_and(|(steward, _)| Some(*steward) == self.person);
        self.rules.iter().filter(move |rule| rule.object == object && rule.owner != *self.source && !steward(rule))
    }

    /// Whether anything of such objects belongs to somebody else.
    #[must_use]
    pub fn concerns(&self, object: &str) -> bool {
        self.foreign(object).next().is_some()
    }

    /// Refuses a change of what belongs to somebody else. `before` is none for a new object; one that is removed is `gone`.
    ///
    /// # Errors
    /// `state_conflict` that names each field, its owner and what to do.
    pub fn judge(&self, object: &str, before: Option<&Map<String, Value>>, after: &Map<String, Value>, gone: bool) -> Result<(), Problem> {
        let words = object.replace('_', " ");
        let Some(before) = before.filter(|_| !gone) else {
            return match self.foreign(object).find(|rule| rule.whole) {
                Some(rule) => {
                    let done = if gone { "removed" } else { "created" };
                    let detail = format!("A {words} is {done} by {} alone, and this would be done by {}. {}", rule.owner, self.source, way(rule));
                    Err(Problem::new(Code::StateConflict, detail).with("owner", rule.owner.as_str()))
                }
                None => Ok(()),
            };
        };
        let mut errors = Vec::new();
        for rule in self.foreign(object) {
            for field in rule.fields.iter().filter(|field| differs(before.get(*field), after.get(*field))) {
                let detail = format!("belongs to {}, and this would change it as {}. {}", rule.owner, self.source, way(rule));
                errors.push(FieldError::pointer(Code::StateConflict, format!("/{field}"), detail));
            }
        }
        let Some(first) = errors.first() else { return Ok(()) };
        let detail = match errors.as_slice() {
            [_] => format!("{} of this {words} {}", first.pointer.as_deref().unwrap_or_default().trim_start_matches('/'), first.detail),
            many => format!("{} fields of this {words} belong to another system; `errors` names each with its owner.", many.len()),
        };
        Err(Problem { errors, ..Problem::new(Code::StateConflict, detail) })
    }
}

/// What to do instead.
fn way(rule: &Rule) -> String {
    match &rule.steward {
        Some((_, name)) => format!("Change it in {}, or ask {name}, who may change it here.", rule.owner),
        None => format!("Change it in {}.", rule.owner),
    }
}

/// Whether a field says something else. What a record says nothing about became a field after it was written. Parts of a list that are given again without
/// their ids are the same parts.
fn differs(before: Option<&Value>, after: Option<&Value>) -> bool {
    let bare = |value: Option<&Value>| value.map_or(Value::Null, without_ids);
    match before {
        None => !matches!(bare(after), Value::Null | Value::Bool(false)) && !is_empty(after),
        Some(_) => bare(before) != bare(after),
    }
}

fn is_empty(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Array(items)) => items.is_empty(),
        Some(Value::Object(entries)) => entries.is_empty(),
        _ => false,
    }
}

/// A field whose parts go without their ids.
pub(crate) fn without_ids(value: &Value) -> Value {
    let bare = |item: &Value| match item {
        // The id of a reference is the other system's, and says which object it is.
        Value::Object(entries) if entries.contains_key("system") => item.clone(),
        Value::Object(entries) => Value::Object(entries.iter().filter(|(name, _)| *name != "id").map(|(name, value)| (name.clone(), value.clone())).collect()),
        other => other.clone(),
    };
    match value {
        Value::Array(items) => Value::Array(items.iter().map(bare).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rule(fields: &[&str], owner: &str, whole: bool, steward: Option<Uuid>) -> Rule {
        Rule {
            object: "party".to_owned(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            whole,
            owner: owner.to_owned(),
            steward: steward.map(|id| (id, "Eve".to_owned())),
        }
    }

    fn refused(ownership: &Ownership, before: Option<&Value>, after: &Value) -> Vec<String> {
        let problem = ownership.judge("party", before.map(|before| before.as_object().unwrap()), after.as_object().unwrap(), false).err();
        problem.map_or_else(Vec::new, |problem| match problem.errors.as_slice() {
            [] => vec!["whole".to_owned()],
            errors => errors.iter().filter_map(|error| error.pointer.clone()).collect(),
        })
    }

    #[test]
    fn only_what_belongs_to_another_and_changes_is_refused() {
        let eve = Uuid::from_u128(7);
        let before = json!({"name": "Fjord", "credit_limit": "10.00", "contacts": [{"id": "cnt_1", "name": "Ann"}]});
        let other = json!({"name": "Fjord AS", "credit_limit": "20.00", "contacts": [{"id": "cnt_2", "name": "Ann"}]});
        for (rules, source, person, expected) in [
            (vec![], "causeway", None, vec![]),
            (vec![rule(&["credit_limit"], "sap", false, None)], "causeway", None, vec!["/credit_limit"]),
            (vec![rule(&["credit_limit"], "sap", false, None)], "sap", None, vec![]),
            (vec![rule(&["credit_limit", "name"], "sap", false, Some(eve))], "causeway", None, vec!["/credit_limit", "/name"]),
            (vec![rule(&["credit_limit", "name"], "sap", false, Some(eve))], "causeway", Some(eve), vec![]),
            (vec![rule(&["name"], "causeway", true, None), rule(&["credit_limit"], "sap", false, None)], "shop", None, vec!["/name", "/credit_limit"]),
            (vec![rule(&["contacts"], "sap", false, None)], "shop", None, vec![]),
        ] {
            let ownership = Ownership::of(rules.clone(), source, person);
            assert_eq!(refused(&ownership, Some(&before), &other), expected, "{rules:?} {source}");
            assert_eq!(refused(&ownership, Some(&before), &before), Vec::<String>::new(), "nothing changes");
        }
    }

    #[test]
    fn whoever_owns_the_whole_creates_it() {
        let new = json!({"name": "Fjord"});
        let ownership = |whole, source| Ownership::of(vec![rule(&["name"], "sap", whole, None)], source, None);
        assert_eq!(refused(&ownership(true, "causeway"), None, &new), ["whole"]);
        assert_eq!(refused(&ownership(true, "sap"), None, &new), Vec::<String>::new());
        assert_eq!(refused(&ownership(false, "causeway"), None, &new), Vec::<String>::new());
    }

    #[test]
    fn a_field_that_is_newer_than_its_record_changes_when_it_says_something() {
        for (after, expected) in [(json!(null), false), (json!([]), false), (json!({}), false), (json!(false), false), (json!("x"), true), (json!(["x"]), true)]
        {
            assert_eq!(differs(None, Some(&after)), expected, "{after}");
        }
        assert!(!differs(None, None));
    }
}
