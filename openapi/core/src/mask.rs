//! What not everybody who may read an object may read of it: what things cost the tenant and what it earns on them (SEC-07).
//!
//! The name decides: a field with the word `cost` or `margin` in it is masked wherever it stands, so that no list, expanded object, export, event or
//! explanation can forget it, and a new field of such a name is masked from its first day. A test of the contract holds that all of them may be null.
//! Where what changed is told field by field, the name is itself a value (`{"field": "margin_amount", "before": …, "after": …}`) and decides all the same.

use serde_json::{Map, Value};

/// The permission to see them.
pub const COSTS: &str = "costs:read";
/// What stands in place of a text that would tell one.
pub const MASKED: &str = "masked";

/// The permission to see what customers owe and may owe.
pub const CREDIT: &str = "credit:read";
/// The fields of a refusal by the credit check that are figures.
pub const CREDIT_FIGURES: [&str; 2] = ["exposure", "limit"];
/// How the sentences of a credit check begin and end in which figures stand, and what is said without them.
const TOLD: [(&str, &str, &str); 2] = [
    ("The customer would owe ", " too much", "The customer's credit limit would be exceeded"),
    ("The oldest invoice is overdue for ", " are accepted", "Invoices are overdue for longer than is accepted"),
];

/// Whether a text tells what a customer owes or may owe.
#[must_use]
pub fn tells_credit(text: &str) -> bool {
    TOLD.iter().any(|(begins, ..)| text.contains(begins))
}

/// A text without what a customer owes and may owe: that something is too much stays, how much goes. One that was cut short loses the rest.
#[must_use]
pub fn without_credit(text: &str) -> String {
    let mut text = text.to_owned();
    for (begins, ends, said) in TOLD {
        let mut found = String::new();
        let mut rest = text.as_str();
        while let Some((before, after)) = rest.split_once(begins) {
            found.push_str(before);
            found.push_str(said);
            rest = after.split_once(ends).map_or("", |(_, after)| after);
        }
        found.push_str(rest);
        text = found;
    }
    text
}

/// Takes what customers owe and may owe out of every text of a value: reasons of holds, warnings, checks, wherever they stand, and the figures out of refusals.
/// What stands in `metadata` is left alone.
pub fn mask_credit(value: &mut Value) {
    match value {
        Value::Object(fields) if fields.get("code").and_then(Value::as_str) == Some("credit_limit_exceeded") => {
            fields.retain(|name, _| !CREDIT_FIGURES.contains(&name.as_str()));
            fields.values_mut().for_each(mask_credit);
        }
        Value::Object(fields) => fields.iter_mut().filter(|(name, _)| *name != "metadata").for_each(|(_, field)| mask_credit(field)),
        Value::Array(items) => items.iter_mut().for_each(mask_credit),
        Value::String(text) if tells_credit(text) => *text = without_credit(text),
        _ => {}
    }
}

/// Whether a name or a sentence speaks of costs or margins.
#[must_use]
pub fn tells_cost(text: &str) -> bool {
    let telling = |word: &str| ["cost", "costs", "margin", "margins"].iter().any(|known| word.eq_ignore_ascii_case(known));
    text.split(|letter: char| !letter.is_alphabetic()).any(telling)
}

/// Where an entry of a list of changes names the field that it is about.
const NAMING: [&str; 4] = ["field", "path", "pointer", "parameter"];
/// Where such an entry says what stands, stood or would stand there.
const SAID: [&str; 4] = ["before", "after", "value", "found"];

/// Whether an object is an entry about a field of such a name: the last part of a path decides.
fn is_about_costs(fields: &Map<String, Value>) -> bool {
    let last = |path: &str| path.rsplit(['/', '.']).next().is_some_and(tells_cost);
    NAMING.iter().any(|name| fields.get(*name).and_then(Value::as_str).is_some_and(last))
}

/// Masks every cost and margin in a value: fields become null; of an explanation whose words speak of them only the name of its rule stays.
/// What stands in `metadata` belongs to the tenant's own programs and is left alone.
pub fn mask_costs(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let explains = fields.contains_key("rule") && fields.values().any(|field| field.as_str().is_some_and(tells_cost));
            let about_costs = is_about_costs(fields);
            for (name, field) in fields {
                match field {
                    _ if name == "metadata" => {}
                    _ if tells_cost(name) || about_costs && SAID.contains(&name.as_str()) => blank(field),
                    Value::String(text) if explains && (name != "rule" || text.contains(' ')) => MASKED.clone_into(text),
                    _ => mask_costs(field),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_costs),
        _ => {}
    }
}

/// Empties a value. The audit trail has an object of two there, before and after, which stays one.
fn blank(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(blank),
        other => *other = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_owed_goes_and_that_it_is_too_much_stays() {
        let told = "Held. The customer would owe 1416.10 EUR of a limit of 1000.00 EUR, which is 416.10 EUR too much; \
            The oldest invoice is overdue for 12 days, and 10 are accepted. Wait.";
        let without = "Held. The customer's credit limit would be exceeded; Invoices are overdue for longer than is accepted. Wait.";
        let mut value = json!({ "holds": [{ "kind": "credit", "reason": told }], "metadata": { "note": told }, "other": "insolvency filed" });
        mask_credit(&mut value);
        assert_eq!(value, json!({ "holds": [{ "kind": "credit", "reason": without }], "metadata": { "note": told }, "other": "insolvency filed" }));
        assert_eq!(without_credit("x: The customer would owe 1416.10 EUR of a li"), "x: The customer's credit limit would be exceeded");
        assert!(!tells_credit(without));
    }

    #[test]
    fn the_word_decides() {
        for name in ["cost", "unit_cost", "margin_percent", "min_margin_percent", "cost_plus_percent", "A margin of 20 %", "12 % remain after cost;"] {
            assert!(tells_cost(name), "{name}");
        }
        for name in ["amount", "costly", "marginal", "discount_percent", "accosted", ""] {
            assert!(!tells_cost(name), "{name}");
        }
    }

    /// Changes of quotes and of orders, entries of the trail, refusals and rows of imports: all say which field they are about.
    #[test]
    fn an_entry_about_a_cost_tells_none() {
        let hidden = [
            json!({ "field": "margin_amount", "before": "80.00", "after": "40.00" }),
            json!({ "field": "lines/0/unit_cost", "before": null, "after": "40.00" }),
            json!({ "path": "/lines/3/unit_cost", "value": "7" }),
            json!({ "pointer": "/quote_rules/min_margin_percent", "code": "external_ref_exists", "found": "20" }),
        ];
        let shown = [
            json!({ "field": "discount_percent", "before": "5", "after": "10" }),
            json!({ "field": "cost_center/name", "before": "North", "after": "South" }),
            json!({ "field": "reference", "before": "cost plus", "after": null }),
        ];
        let mut value = json!({ "fields": hidden, "lines": [{ "fields": shown }] });
        mask_costs(&mut value);
        let left = |entry: &Value| SAID.iter().any(|name| entry.get(name).is_some_and(|said| !said.is_null()));
        assert!(!value["fields"].as_array().unwrap().iter().any(left), "{value}");
        assert_eq!(value["lines"][0]["fields"], json!(shown));
        assert_eq!(value["fields"][0]["field"], "margin_amount", "that it changed is told");
    }

    #[test]
    fn nothing_that_tells_a_cost_is_left() {
        let mut value = json!({
            "data": [{"id": "qot_1", "margin_amount": "5.00", "lines": [{"unit_price": "9.00", "unit_cost": "4.00"}], "metadata": {"cost_center": "K1"}}],
            "changes": {"cost": {"before": "1.00", "after": "2.00"}, "name": {"before": "a", "after": "b"}},
            "steps": [{"rule": "margin_floor_percent", "input": "8.00", "outcome": "9.00", "because": "a margin of 20 % on a cost of 7.20"}, {"rule": "list_price", "outcome": "9.00"}],
            "candidates": [{"rule": "GOLD (cost plus 33 % from 1)", "outcome": "lost", "lost_because": null}],
        });
        mask_costs(&mut value);
        let expected = json!({
            "data": [{"id": "qot_1", "margin_amount": null, "lines": [{"unit_price": "9.00", "unit_cost": null}], "metadata": {"cost_center": "K1"}}],
            "changes": {"cost": {"before": null, "after": null}, "name": {"before": "a", "after": "b"}},
            "steps": [{"rule": "margin_floor_percent", "input": "masked", "outcome": "masked", "because": "masked"}, {"rule": "list_price", "outcome": "9.00"}],
            "candidates": [{"rule": "masked", "outcome": "masked", "lost_because": null}],
        });
        assert_eq!(value, expected);
    }
}
