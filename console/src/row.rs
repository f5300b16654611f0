//! A row of a list as a request takes it: reading says more of it than a request may, and some of it by another name.

use crate::contract::{Field, Shape};
use serde_json::{Map, Value};

/// Fields that reading calls otherwise: the name of the request, and that of reading.
const READ_AS: [(&str, &str); 1] = [("quantity", "ordered_quantity")];

/// What was read of a row, with the names that a row of this shape takes. What the service found by itself, such as the price of a list or the taxes of a
/// product, is left to it: sent back, it would be a decision of whoever edits.
pub fn taken(shape: &Shape, read: &Value) -> Value {
    match (shape, read) {
        (Shape::Object { fields, others: false }, Value::Object(row)) => {
            let told = fields.iter().filter(|field| decided(field.name, read));
            Value::Object(told.filter_map(|field| Some((field.name.to_owned(), carried(field, row)?))).collect())
        }
        (Shape::List(items), Value::Array(rows)) => rows.iter().map(|row| taken(items, row)).collect(),
        (_, other) => other.clone(),
    }
}

/// A field that says something.
fn carried(field: &Field, row: &Map<String, Value>) -> Option<Value> {
    let other = || READ_AS.iter().find(|(name, _)| *name == field.name).and_then(|(_, name)| row.get(*name));
    let value = taken(&field.shape, row.get(field.name).or_else(other)?);
    let empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
    (!empty).then_some(value)
}

/// Whether somebody decided what stands in a field, rather than the service.
fn decided(name: &str, read: &Value) -> bool {
    let says = |name: &str| read.get(name).is_some_and(|value| !value.is_null());
    match name {
        // A line that the service priced: without a product its price was given, and an override says why.
        "unit_price" if says("price_base_quantity") => !says("product_id") || says("price_override_reason"),
        // Taxes that were given beside others that are determined; without a product nothing but a rule determines any.
        "tax_ids" if read.get("determined_tax_ids").is_some() => says("determined_tax_ids") || !(says("product_id") || says("tax_rule_id")),
        // Only what may be left out is chosen.
        "optional" | "chosen" => read.get("optional") == Some(&Value::Bool(true)),
        // Reading says by it what was booked; the share says what was given.
        "discount_amount" => false,
        _ => true,
    }
}

/// The rows whose price is another one than before, counted from 1: the lists price them anew.
pub fn priced_anew(before: &Value, after: &Value) -> Vec<String> {
    let lines = |object: &Value| object.get("lines").and_then(Value::as_array).cloned().unwrap_or_default();
    let (old, new) = (lines(before), lines(after));
    let goods = |row: &Value| (row.get("product_id").cloned(), row.get("description").cloned(), row.get("unit").cloned());
    if old.len() != new.len() || old.iter().zip(&new).any(|(old, new)| goods(old) != goods(new)) {
        return Vec::new();
    }
    let price = |row: &Value| row.get("unit_price").map(crate::columns::plain).unwrap_or_default();
    let other = old.iter().zip(&new).enumerate().filter(|(_, (old, new))| price(old) != price(new));
    other.map(|(at, (old, new))| format!("row {}: unit price {} -> {}", at.saturating_add(1), price(old), price(new))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::row;
    use serde_json::json;

    fn of(operation: &str, field: &str, read: &Value) -> Value {
        let Some(Shape::Object { fields, .. }) = row(operation).and_then(|row| row.body()) else { panic!("a body") };
        let shape = fields.into_iter().find(|known| known.name == field).unwrap().shape;
        taken(&shape, &json!([read]))[0].clone()
    }

    #[test]
    fn what_the_service_found_is_left_to_it() {
        let priced = json!({"id": "oln_1", "product_id": "prd_1", "description": "Chai", "ordered_quantity": "2", "unit_price": "9.00", "price_base_quantity": "1",
            "price_override_reason": null, "tax_ids": ["tax_1"], "tax_rule_id": null, "determined_tax_ids": null, "net_amount": "18.00", "dimensions": {},
            "promised_date": "2026-12-24", "discount_percent": "5"});
        let with = |changes: Value| {
            let mut line = priced.clone();
            line.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            of("UpdateOrder", "lines", &line)
        };
        let plain = json!({"product_id": "prd_1", "description": "Chai", "quantity": "2", "discount_percent": "5", "promised_date": "2026-12-24"});
        let and = |more: Value| {
            let mut line = plain.clone();
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        for (what, read, sent) in [
            ("of the lists", json!({}), json!({})),
            ("an override", json!({"price_override_reason": "agreed"}), json!({"unit_price": "9.00", "price_override_reason": "agreed"})),
            ("other taxes", json!({"determined_tax_ids": ["tax_2"]}), json!({"tax_ids": ["tax_1"]})),
            ("no taxes", json!({"determined_tax_ids": ["tax_2"], "tax_ids": []}), json!({"tax_ids": []})),
            ("taxes of a rule", json!({"tax_rule_id": "txr_1"}), json!({})),
            ("looked at by something", json!({"dimensions": {"region": "north"}}), json!({"dimensions": {"region": "north"}})),
        ] {
            assert_eq!(with(read), and(sent), "{what}");
        }
        let free = with(json!({"product_id": null}));
        assert_eq!((&free["unit_price"], &free["tax_ids"], free.get("product_id")), (&json!("9.00"), &json!(["tax_1"]), None));
    }

    #[test]
    fn an_option_a_rule_a_line_of_a_draft_and_one_of_a_template_say_what_was_given() {
        let line = |optional: bool| json!({"product_id": "prd_1", "quantity": "2", "optional": optional, "option": 1, "chosen": true, "margin_amount": "3"});
        assert_eq!(of("UpdateQuote", "lines", &line(true)), json!({"product_id": "prd_1", "quantity": "2", "optional": true, "chosen": true}));
        assert_eq!(of("UpdateQuote", "lines", &line(false)), json!({"product_id": "prd_1", "quantity": "2"}));
        let rule = json!({"id": "plr_1", "product_id": null, "min_quantity": "10", "price": "4.00", "surcharge": null});
        assert_eq!(of("UpdatePriceList", "rules", &rule), json!({"min_quantity": "10", "price": "4.00"}));
        let billed = json!({"id": "iln_1", "quantity": "2", "unit_price": "9.00", "discount_amount": "0.00", "dimensions": {}});
        assert_eq!(of("UpdateInvoice", "lines", &billed), json!({"id": "iln_1", "quantity": "2"}));
        let template = json!({"product_id": "prd_1", "quantity": "2", "unit_price": "9.00", "tax_ids": [], "price_override_reason": null});
        assert_eq!(of("UpdateQuoteTemplate", "lines", &template), json!({"product_id": "prd_1", "quantity": "2", "unit_price": "9.00", "tax_ids": []}));
    }

    #[test]
    fn a_price_that_moves_with_its_line_is_told() {
        let object = |prices: [&str; 2]| json!({"lines": prices.map(|price| json!({"product_id": "prd_1", "unit_price": price}))});
        assert_eq!(priced_anew(&object(["1.00", "2.00"]), &object(["1.00", "3.00"])), ["row 2: unit price 2.00 -> 3.00"]);
        assert!(priced_anew(&object(["1.00", "2.00"]), &json!({"lines": []})).is_empty(), "other lines have other prices");
    }
}
