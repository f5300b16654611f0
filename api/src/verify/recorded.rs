//! Every object shows what its record says: what a list answers of it today is the snapshot of its version (INV-7, SEC-12). Whatever is changed behind the
//! service's back, in an object or in its lines, shows here, as does an object that changed without counting its version.

use causeway_contract::Problem;
use causeway_entity::kernel::snapshots;
use causeway_kernel::{Ctx, Db, Find, Routes, Tx};
use causeway_openapi::object::Break;
use causeway_value::split_type_id;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use uuid::Uuid;

/// Objects read at once.
const PAGE: u32 = 100;
/// Breaks that are reported, at most.
const MOST: usize = 100;

/// What an object shows without being changed by it: the kind, and the field, of the object or of its lines. What lines of orders have come to stands in
/// their obligations, and what is paid of orders in advance in invoices, which have checks of their own.
const LIVE: [(&str, &str); 9] = [
    ("api_key", "last_used_at"),
    ("order", "reserved_quantity"),
    ("order", "delivered_quantity"),
    ("order", "invoiced_quantity"),
    ("order", "returned_quantity"),
    ("order", "cancelled_quantity"),
    ("order", "progress"),
    ("order", "down_payments_amount"),
    ("order", "undeducted_amount"),
];

/// How many objects were compared, and those that differ from their snapshots. Objects without one are left to the other checks.
///
/// # Errors
/// When the database fails.
pub(super) async fn differences(db: &Db, routes: &Routes, ctx: &Ctx) -> Result<(i64, Vec<Break>), Problem> {
    let (mut compared, mut breaks) = (0, Vec::new());
    for path in routes.versioned_lists() {
        let mut query = json!({ "limit": PAGE });
        loop {
            let asked = query.clone();
            let (page, recorded) = db
                .read(ctx, async |ctx, tx| {
                    let page = routes.page(ctx, tx, path, asked.clone()).await?;
                    let recorded = bodies(tx, objects(&page)).await?;
                    Ok((page, recorded))
                })
                .await?;
            for object in objects(&page) {
                let Some(record) = key(object).and_then(|key| recorded.get(&key)) else { continue };
                compared += 1;
                breaks.extend(difference(&settled(object), &settled(record)));
            }
            let Some(next) = page.get("next_cursor").and_then(Value::as_str).filter(|_| breaks.len() < MOST) else { break };
            query = json!({ "limit": PAGE, "cursor": next });
        }
    }
    breaks.truncate(MOST);
    Ok((compared, breaks))
}

fn objects(page: &Value) -> impl Iterator<Item = &Map<String, Value>> + Clone {
    page.get("data").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn key(object: &Map<String, Value>) -> Option<(Uuid, i64)> {
    let (_, id) = split_type_id(object.get("id")?.as_str()?)?;
    Some((id, object.get("version")?.as_i64()?))
}

/// The snapshots of these objects at the versions that they have.
async fn bodies<'a>(
    tx: &mut Tx<'_>,
    objects: impl Iterator<Item = &'a Map<String, Value>> + Clone,
) -> Result<HashMap<(Uuid, i64), Map<String, Value>>, Problem> {
    let keys = objects.filter_map(key);
    let Some(lowest) = keys.clone().map(|(_, version)| version).min() else { return Ok(HashMap::new()) };
    let rows =
        Find::<snapshots::Entity>::new().among(snapshots::Column::ObjectId, keys.map(|(id, _)| id)).gt(snapshots::Column::Version, lowest - 1).all(tx).await?;
    // An erased body is null and has nothing to say.
    let read = |row: snapshots::Model| Some(((row.object_id, row.version), serde_json::from_str(row.body.as_deref()?).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// An object without what it shows live.
fn settled(object: &Map<String, Value>) -> Map<String, Value> {
    let kind = object.get("object").and_then(Value::as_str).unwrap_or_default();
    let mut settled = object.clone();
    for (_, field) in LIVE.iter().filter(|(of, _)| *of == kind) {
        settled.remove(*field);
        let lines = settled.get_mut("lines").and_then(Value::as_array_mut);
        for line in lines.into_iter().flatten().filter_map(Value::as_object_mut) {
            line.remove(*field);
        }
    }
    settled
}

fn difference(object: &Map<String, Value>, record: &Map<String, Value>) -> Option<Break> {
    // A record may say more about its event, such as what a merge has moved.
    let names: Vec<&str> = object.iter().filter(|(name, value)| !says(record.get(*name), value)).map(|(name, _)| name.as_str()).collect();
    let first = names.first()?;
    let shown = |object: &Map<String, Value>| object.get(*first).map_or_else(|| "nothing".to_owned(), short);
    Some(Break {
        check: "object_as_recorded".to_owned(),
        subject: object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        detail: format!(
            "{} at version {}: {first}: expected {}, found {}",
            names.join(", "),
            object.get("version").unwrap_or(&Value::Null),
            shown(record),
            shown(object)
        ),
    })
}

/// Whether a record says the same as an object, or as the objects of one of its lists. What it says nothing about became a field after it was written: the
/// digest of the record tells whether somebody took something out. What callers name themselves, such as metadata, is compared as a whole.
fn says(record: Option<&Value>, object: &Value) -> bool {
    match (record, object) {
        (None, _) => true,
        (Some(Value::Array(record)), Value::Array(object)) => {
            record.len() == object.len() && record.iter().zip(object).all(|(record, object)| same(record, object))
        }
        (Some(record), object) => record == object,
    }
}

/// The same of an item of a list.
fn same(record: &Value, object: &Value) -> bool {
    match (record, object) {
        (Value::Object(record), Value::Object(object)) => {
            record.keys().all(|name| object.contains_key(name)) && object.iter().all(|(name, value)| says(record.get(name), value))
        }
        (record, object) => record == object,
    }
}

/// The beginning of a value: lines can be long.
fn short(value: &Value) -> String {
    const LONGEST: usize = 400;
    let text = value.to_string();
    if text.len() <= LONGEST { text } else { text.chars().take(LONGEST).chain("…".chars()).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_names_its_fields() {
        let record = json!({"id": "inv_01", "version": 3, "status": "posted", "due_date": "2026-12-31", "notes": null});
        let record = record.as_object().unwrap();
        assert_eq!(difference(record, record), None);
        let mut object = record.clone();
        object.insert("due_date".to_owned(), json!("2027-01-31"));
        object.insert("notes".to_owned(), json!("late"));
        let found = difference(&object, record).unwrap();
        assert_eq!(found.detail, r#"due_date, notes at version 3: due_date: expected "2026-12-31", found "2027-01-31""#);
    }

    #[test]
    fn a_field_that_is_newer_than_its_record_is_no_difference() {
        let record = json!({"id": "qot_01", "version": 1, "lines": [{"quantity": "40"}]});
        let object = |quantity: &str| json!({"id": "qot_01", "version": 1, "terms": null, "lines": [{"quantity": quantity, "chosen": true}]});
        assert_eq!(difference(object("40").as_object().unwrap(), record.as_object().unwrap()), None);
        assert!(difference(object("41").as_object().unwrap(), record.as_object().unwrap()).is_some());
        let tagged = json!({"metadata": {"tier": "a"}});
        assert!(difference(tagged.as_object().unwrap(), json!({"metadata": {}}).as_object().unwrap()).is_some());
        // What was in the record and is gone is a difference.
        let less = json!({"id": "qot_01", "version": 1, "lines": [{}]});
        assert!(difference(less.as_object().unwrap(), record.as_object().unwrap()).is_some());
    }

    #[test]
    fn what_lives_on_is_no_difference() {
        let order = |delivered: &str| json!({"object": "order", "version": 2, "lines": [{"quantity": "40", "delivered_quantity": delivered}]});
        let (before, after) = (order("0"), order("40"));
        assert_eq!(settled(before.as_object().unwrap()), settled(after.as_object().unwrap()));
    }
}
