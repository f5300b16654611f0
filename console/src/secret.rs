//! What an answer shows this once: which of its fields are secrets, and the answer without them.

use crate::call::secret;
use serde_json::Value;

/// A list of secrets that bears another name than the rest.
const CODES: &str = "codes";
/// Objects that only the making of something answers with.
const MADE: [&str; 2] = ["api_key", "invitation"];

/// A secret and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// Where it stands in the answer, in words: `owner invitation token`.
    pub name: String,
    /// The secret.
    pub text: String,
}

/// Every secret of an answer, and every text that holds one, such as an address.
pub fn secrets(answer: &Value) -> Vec<Once> {
    let mut texts = Vec::new();
    walk(answer, "", &mut texts);
    let plain = |name: &str| secret(name.rsplit('.').next().unwrap_or_default()) || name.rsplit('.').next() == Some(CODES);
    let own: Vec<String> = texts.iter().filter(|(name, text)| plain(name) && !text.is_empty()).map(|(_, text)| text.clone()).collect();
    let holds = |text: &str| own.iter().any(|secret| text.contains(secret.as_str()));
    let found = texts.into_iter().filter(|(_, text)| holds(text));
    found.map(|(name, text)| Once { name: name.replace(['.', '_'], " "), text }).collect()
}

/// The texts below a value, each with its path; codes are one text, a line each.
fn walk(value: &Value, path: &str, texts: &mut Vec<(String, String)>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) => texts.push((path.to_owned(), text.clone())),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| walk(field, &below(name), texts)),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let lines: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            texts.push((path.to_owned(), lines.join("\n")));
        }
        Value::Array(items) => items.iter().zip(1..).for_each(|(item, at)| walk(item, &below(&i32::to_string(&at)), texts)),
        _ => {}
    }
}

/// The object without what only its making answers with: secrets do not stay in memory or lists.
pub fn without(object: &Value) -> Value {
    match object {
        Value::Object(fields) => {
            let kept = |name: &str, field: &Value| !(MADE.contains(&name) || (secret(name) && field.is_string()));
            fields
                .iter()
                .filter(|(name, field)| kept(name, field))
                .map(|(name, field)| (name.clone(), without(field)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        Value::Array(items) => items.iter().map(without).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_contract as whole;
    use serde_json::json;

    #[test]
    fn every_secret_of_an_answer_is_found_and_none_stays() {
        let tenant =
            json!({"id": "tnt_1", "name": "Acme", "owner": {"id": "usr_1", "invitation_token": "inv_1"}, "api_key": {"id": "key_1", "secret": "cw_live_1"}});
        let told = |answer: &Value| secrets(answer).into_iter().map(|once| format!("{}={}", once.name, once.text)).collect::<Vec<_>>();
        assert_eq!(told(&tenant), ["api key secret=cw_live_1", "owner invitation token=inv_1"]);
        assert_eq!(without(&tenant), json!({"id": "tnt_1", "name": "Acme", "owner": {"id": "usr_1"}}));
        let link = json!({"quote": {"id": "qot_1", "number": "QUO/1"}, "token": "tok_1", "path": "/v1/shared-quotes/tok_1"});
        assert_eq!(told(&link), ["path=/v1/shared-quotes/tok_1", "token=tok_1"]);
        assert_eq!(told(&json!({"object": "recovery_codes", "codes": ["a-b", "c-d"]})), ["codes=a-b\nc-d"]);
        assert!(secrets(&json!({"id": "usr_1", "name": "Dana"})).is_empty());
    }

    /// Whatever the contract says gives a secret has one that the console finds, by the names of the fields of its answer.
    #[test]
    fn every_operation_that_gives_a_secret_has_one_that_is_found() {
        for row in causeway_openapi::rows().iter().filter(|row| row.flags.contains(&whole::Flag::secret)) {
            let answer = sample("", &(row.reply)());
            let shown = secrets(&answer);
            assert!(!shown.is_empty(), "{}: {answer}", row.id);
            assert!(secrets(&without(&answer)).iter().all(|once| once.name == CODES), "{}", row.id);
        }
    }

    /// An answer of this shape, in which every text is another one.
    fn sample(name: &str, shape: &whole::Shape) -> Value {
        match shape {
            whole::Shape::Object { fields, .. } => {
                fields.iter().map(|(name, field)| ((*name).to_string(), sample(name, &field.shape))).collect::<serde_json::Map<_, _>>().into()
            }
            whole::Shape::List { items, .. } => json!([sample(name, items)]),
            whole::Shape::YesNo => json!(true),
            whole::Shape::Whole { .. } => json!(1),
            _ => json!(format!("what stands in {name}")),
        }
    }
}
