//! What came with a tenant or a company and was never changed has no record: it stands as this release makes it. Earlier ones made the same, but for roles that
//! gave less and charts without the account for discounts of suppliers. Nor has a contact that is older than contacts as objects of their own.

use causeway_govern::access::{BUILT_IN, expand};
use causeway_govern::tenancy::starter::STAGES;
use causeway_master::account::chart::GENERIC;
use causeway_openapi::object::Break;
use causeway_value::{OpportunityStatus, Percent};
use serde_json::{Map, Value, json};

/// A right that built-in roles of the first tenants name and that is no more: it opens nothing.
const NO_MORE: &str = "journal_entries:";

/// What stands for the record of an object that has none.
pub(super) enum Came {
    /// The object as it came.
    As(Map<String, Value>),
    /// Nothing of this name comes with a tenant or a company, and nobody created it.
    Nowhere(Break),
    /// Objects of this kind do not come by themselves; other checks miss their records.
    Otherwise,
}

/// The object as it came, if objects of its kind do.
pub(super) fn record(object: &Map<String, Value>) -> Came {
    let text = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
    let made = match text("object") {
        "account" => GENERIC.iter().find(|account| account.code == text("code")).map(
            |account| json!({ "code": account.code, "name": account.name, "kind": account.kind, "purpose": account.purpose, "active": true, "metadata": {} }),
        ),
        "stage" => STAGES.iter().zip(1..).find(|((name, ..), _)| *name == text("name")).map(|((name, percent, outcome), position)| {
            let (probability, status) = (Percent(percent * 1_000_000), outcome.unwrap_or(OpportunityStatus::Open));
            json!({
                "name": name, "position": position, "probability": probability, "status": status, "company_id": null,
                "required_fields": [], "validates_customer": false, "active": true
            })
        }),
        "role" => BUILT_IN
            .iter()
            .find(|(name, _)| *name == text("name"))
            .map(|(name, patterns)| json!({ "name": name, "built_in": true, "permissions": given(object, patterns) })),
        // One of before contacts were objects of their own: what else it says, the record of its party tells.
        "contact" => Some(json!({ "active": true, "metadata": {}, "external_refs": [] })),
        _ => return Came::Otherwise,
    };
    let unchanged = object.get("version").and_then(Value::as_i64) == Some(1);
    match made {
        Some(Value::Object(made)) if unchanged => Came::As(made),
        _ => Came::Nowhere(Break {
            check: "object_as_recorded".to_owned(),
            subject: text("id").to_owned(),
            detail: format!(
                "the {} at version {} has no record, and nothing like it comes by itself",
                text("object"),
                object.get("version").unwrap_or(&Value::Null)
            ),
        }),
    }
}

/// The permissions of a built-in role: what its row says, as long as that is no more than the role gives in this release. Older tenants may have less.
fn given(object: &Map<String, Value>, patterns: &[&str]) -> Value {
    let owned = |patterns: &[&str]| expand(&patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>());
    let stands: Vec<&str> = object.get("permissions").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let known = |pattern: &&str| patterns.contains(pattern) || pattern.starts_with(NO_MORE) || !owned(&[*pattern]).is_empty();
    if stands.iter().all(known) && owned(&stands).is_subset(&owned(patterns)) {
        return json!(stands);
    }
    json!(patterns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(object: &Value) -> Option<Map<String, Value>> {
        match record(object.as_object().unwrap()) {
            Came::As(made) => Some(made),
            Came::Nowhere(_) | Came::Otherwise => None,
        }
    }

    #[test]
    fn a_built_in_role_gives_no_more_than_this_release_says() {
        let rep = |permissions: Value| came(&json!({ "object": "role", "version": 1, "name": "sales_rep", "permissions": permissions })).unwrap();
        for (stands, right) in [
            (json!(["leads:*"]), true),
            (json!(["leads:read", "orders:promise"]), true),
            (json!(["journal_entries:read"]), true),
            (json!(["*:*"]), false),
            (json!(["leads:*", "payments:post"]), false),
            (json!(["x"]), false),
        ] {
            assert_eq!(rep(stands.clone())["permissions"] == stands, right, "{stands}");
        }
    }

    #[test]
    fn what_comes_by_itself_is_known_and_nothing_else() {
        let bank = came(&json!({ "object": "account", "version": 1, "code": "1000", "name": "Till" })).unwrap();
        assert_eq!((&bank["name"], &bank["kind"], &bank["purpose"]), (&json!("Bank"), &json!("asset"), &json!("bank")));
        let lost = came(&json!({ "object": "stage", "version": 1, "name": "lost" })).unwrap();
        assert_eq!((&lost["position"], &lost["status"]), (&json!(6), &json!("lost")));
        assert_eq!(came(&json!({ "object": "account", "version": 1, "code": "x1" })), None);
        assert_eq!(came(&json!({ "object": "account", "version": 2, "code": "1000" })), None);
        let contact = |version: i64| came(&json!({ "object": "contact", "version": version, "name": "Ann", "active": false }));
        assert_eq!((contact(1).map(|record| record["active"].clone()), contact(2)), (Some(json!(true)), None));
        assert!(matches!(record(json!({ "object": "party", "version": 1 }).as_object().unwrap()), Came::Otherwise));
    }
}
