//! Every object shows what its record says: what a list answers of it today is the snapshot of its version (INV-7, SEC-12). Whatever is changed behind the
//! service's back, in an object or in its lines, shows here, as does an object that changed without counting its version.

use super::came::{self, Came};
use causeway_contract::{Code, Problem, mask_costs};
use causeway_entity::kernel::snapshots;
use causeway_entity::master::party_merges;
use causeway_kernel::{Ctx, Db, Find, Routes, Tx};
use causeway_openapi::object::Break;
use causeway_value::{PartyId, split_type_id};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Objects read at once.
const PAGE: u32 = 100;
/// Objects of a part, about: one transaction reads them.
const AT_ONCE: usize = 500;
/// Breaks that are reported, at most.
const MOST: usize = 100;

/// What an object shows without being changed by it, or was by earlier releases: the kind, and the field, of the object or of its lines. What lines of orders
/// have come to stands in their obligations, and what is paid of orders in advance in invoices, which have checks of their own.
const LIVE: [(&str, &str); 13] = [
    ("api_key", "last_used_at"),
    ("session", "last_seen_at"),
    ("order", "reserved_quantity"),
    ("order", "delivered_quantity"),
    ("order", "invoiced_quantity"),
    ("order", "to_invoice_quantity"),
    ("order", "drafted_quantity"),
    ("order", "invoiced_amount"),
    ("order", "returned_quantity"),
    ("order", "cancelled_quantity"),
    ("order", "progress"),
    ("order", "down_payments_amount"),
    ("order", "undeducted_amount"),
];

/// What comparing a part came to.
pub(super) struct Part {
    /// How many objects were compared. Those without a snapshot, and not as they come by themselves, are left to the other checks.
    pub compared: i64,
    /// Those that differ from their snapshots.
    pub breaks: Vec<Break>,
    /// Where the next part begins; `None` after the last.
    pub next: Option<Place>,
}

/// Where a part begins: a list by its path, and the cursor in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place {
    list: String,
    cursor: Option<String>,
}

/// Compares all objects of a tenant.
///
/// # Errors
/// When the database fails.
pub(super) async fn differences(db: &Db, routes: &Routes, ctx: &Ctx) -> Result<(i64, Vec<Break>), Problem> {
    let (mut compared, mut breaks, mut place) = (0, Vec::new(), None);
    loop {
        let at: Option<Place> = place.take();
        let found = db.read_patiently(ctx, async |ctx, tx| part(ctx, tx, routes, at.as_ref(), true).await).await?;
        compared += found.compared;
        breaks.extend(found.breaks);
        place = found.next.filter(|_| breaks.len() < MOST);
        if place.is_none() {
            breaks.truncate(MOST);
            return Ok((compared, breaks));
        }
    }
}

/// Compares the next objects that `ctx` may see, [`AT_ONCE`] or a page more; `costs` tells whether the breaks may show what things cost.
///
/// # Errors
/// `cursor_invalid` for a place that is none; when the database fails.
pub(super) async fn part(ctx: &Ctx, tx: &mut Tx<'_>, routes: &Routes, from: Option<&Place>, costs: bool) -> Result<Part, Problem> {
    let lists = routes.versioned_lists();
    let begin = match from {
        Some(place) => lists.iter().position(|path| *path == place.list).ok_or_else(lost)?,
        None => 0,
    };
    let mut cursor = from.and_then(|place| place.cursor.clone());
    let mut found = Part { compared: 0, breaks: Vec::new(), next: None };
    let mut read = 0;
    for path in lists.iter().skip(begin) {
        loop {
            if read >= AT_ONCE {
                found.next = Some(Place { list: (*path).to_owned(), cursor });
                return Ok(found);
            }
            let query = match cursor.take() {
                Some(cursor) => json!({ "limit": PAGE, "cursor": cursor }),
                None => json!({ "limit": PAGE }),
            };
            let page = routes.page(ctx, tx, path, query).await?;
            let recorded = bodies(tx, objects(&page)).await?;
            let mut differing = Vec::new();
            for object in objects(&page) {
                read += 1;
                let record = match key(object).and_then(|key| recorded.get(&key)) {
                    Some(record) => settled(record),
                    None => match came::record(object) {
                        Came::As(record) => record,
                        Came::Nowhere(broken) => {
                            found.breaks.push(broken);
                            continue;
                        }
                        Came::Otherwise => continue,
                    },
                };
                found.compared += 1;
                let object = settled(object);
                if difference(&object, &record, costs).is_some() {
                    differing.push((object, record));
                }
            }
            let merged = merges(tx, &differing).await?;
            for (object, record) in differing {
                found.breaks.extend(difference(&object, &moved(record, &merged), costs));
            }
            cursor = page.get("next_cursor").and_then(Value::as_str).map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
    }
    Ok(found)
}

fn lost() -> Problem {
    Problem::new(Code::CursorInvalid, "The list that this cursor points into is no longer there. Start again without it.")
}

fn objects(page: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    page.get("data").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

fn key(object: &Map<String, Value>) -> Option<(Uuid, i64)> {
    let (_, id) = split_type_id(object.get("id")?.as_str()?)?;
    Some((id, object.get("version")?.as_i64()?))
}

/// The snapshots of these objects at the versions that they have.
async fn bodies<'a>(tx: &mut Tx<'_>, objects: impl Iterator<Item = &'a Map<String, Value>>) -> Result<HashMap<(Uuid, i64), Map<String, Value>>, Problem> {
    let mut versions: BTreeMap<i64, Vec<Uuid>> = BTreeMap::new();
    for (id, version) in objects.filter_map(key) {
        versions.entry(version).or_default().push(id);
    }
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    // Exactly these: an object may have thousands of versions.
    let of_version = |ids: &Vec<Uuid>| format!("(version = ? AND object_id IN ({}))", vec!["?"; ids.len()].join(", "));
    let condition = versions.values().map(of_version).collect::<Vec<_>>().join(" OR ");
    let values = versions.into_iter().flat_map(|(version, ids)| std::iter::once(version.into()).chain(ids.into_iter().map(Into::into))).collect();
    let rows = Find::<snapshots::Entity>::new().when(&condition, values).all(tx).await?;
    // An erased body is null and has nothing to say.
    let read = |row: snapshots::Model| Some(((row.object_id, row.version), serde_json::from_str(row.body.as_deref()?).ok()?));
    Ok(rows.into_iter().filter_map(read).collect())
}

/// An object as it is, and its record.
type Pair = (Map<String, Value>, Map<String, Value>);

/// The parties that the ones in these records were merged into since. A merge moves what names a party without being a change of it; the merge itself is recorded.
async fn merges(tx: &mut Tx<'_>, differing: &[Pair]) -> Result<BTreeMap<String, String>, Problem> {
    let mut named = BTreeSet::new();
    for (_, record) in differing {
        record.values().for_each(|value| parties_in(value, &mut named));
    }
    if named.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = Find::<party_merges::Entity>::new().among(party_merges::Column::MergedId, named).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.merged_id.to_string(), row.into_party_id.to_string())).collect())
}

fn parties_in(value: &Value, named: &mut BTreeSet<PartyId>) {
    match value {
        Value::String(text) => named.extend(text.parse::<PartyId>().ok()),
        Value::Array(items) => items.iter().for_each(|item| parties_in(item, named)),
        Value::Object(object) => object.values().for_each(|value| parties_in(value, named)),
        _ => {}
    }
}

/// A record as merges left what it names; its own id stays.
fn moved(record: Map<String, Value>, merged: &BTreeMap<String, String>) -> Map<String, Value> {
    fn follow(value: Value, merged: &BTreeMap<String, String>) -> Value {
        match value {
            Value::String(text) => Value::String(merged.get(&text).cloned().unwrap_or(text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| follow(item, merged)).collect()),
            Value::Object(object) => Value::Object(moved(object, merged)),
            other => other,
        }
    }
    record
        .into_iter()
        .map(|(name, value)| {
            let value = if name == "id" { value } else { follow(value, merged) };
            (name, value)
        })
        .collect()
}

/// What documents leave after cost. Records of earlier releases count the cost of what gives something back as saved, which it is not.
const MARGIN: [&str; 2] = ["margin_amount", "margin_percent"];
/// Where lines of quotes and orders say how much they are of.
const QUANTITY: [&str; 2] = ["quantity", "ordered_quantity"];

/// Whether a line of a document gives something back.
fn gives_back(line: &Map<String, Value>) -> bool {
    line.contains_key("margin_amount") && QUANTITY.iter().any(|name| line.get(*name).and_then(Value::as_str).is_some_and(|quantity| quantity.starts_with('-')))
}

/// An object without what it shows live, and its external references in one order.
fn settled(object: &Map<String, Value>) -> Map<String, Value> {
    let kind = object.get("object").and_then(Value::as_str).unwrap_or_default();
    let mut settled = object.clone();
    // Their order says nothing, and records that are older than it have them as they were given.
    if let Some(refs) = settled.get_mut("external_refs").and_then(Value::as_array_mut) {
        refs.sort_by_cached_key(Value::to_string);
    }
    if settled.get("lines").and_then(Value::as_array).is_some_and(|lines| lines.iter().filter_map(Value::as_object).any(gives_back)) {
        settled.retain(|name, _| !MARGIN.contains(&name.as_str()));
        let lines = settled.get_mut("lines").and_then(Value::as_array_mut);
        for line in lines.into_iter().flatten().filter_map(Value::as_object_mut).filter(|line| gives_back(line)) {
            line.retain(|name, _| !MARGIN.contains(&name.as_str()));
        }
    }
    for (_, field) in LIVE.iter().filter(|(of, _)| *of == kind) {
        settled.remove(*field);
        let lines = settled.get_mut("lines").and_then(Value::as_array_mut);
        for line in lines.into_iter().flatten().filter_map(Value::as_object_mut) {
            line.remove(*field);
        }
    }
    settled
}

fn difference(object: &Map<String, Value>, record: &Map<String, Value>, costs: bool) -> Option<Break> {
    // A record may say more about its event, such as what a merge has moved.
    let names: Vec<&str> = object.iter().filter(|(name, value)| !says(record.get(*name), value)).map(|(name, _)| name.as_str()).collect();
    let first = names.first()?;
    let mut place = vec![(*first).to_owned()];
    narrow(&mut place, record.get(*first), object.get(*first)?);
    // The whole is masked, not the place: what stands beside a value may tell that it speaks of costs.
    let shown = |whole: &Map<String, Value>| {
        let whole = Value::Object(whole.clone());
        if at(&whole, &place).is_none() {
            return "nothing".to_owned();
        }
        let mut seen = whole;
        if !costs {
            mask_costs(&mut seen);
        }
        // What is masked as a whole has no inside.
        short(at(&seen, &place).unwrap_or(&Value::Null))
    };
    Some(Break {
        check: "object_as_recorded".to_owned(),
        subject: object.get("id").and_then(Value::as_str).unwrap_or_default().to_owned(),
        detail: format!(
            "{} at version {}: {}: expected {}, found {}",
            names.join(", "),
            object.get("version").unwrap_or(&Value::Null),
            place.join("/"),
            shown(record),
            shown(object)
        ),
    })
}

/// Goes on to the first place inside two values where they differ: of a long list one field of one of its objects.
fn narrow(place: &mut Vec<String>, record: Option<&Value>, object: &Value) {
    let inner = match (record, object) {
        (Some(Value::Array(record)), Value::Array(object)) if record.len() == object.len() => {
            let other = record.iter().zip(object).enumerate().find(|(_, (record, object))| !same(record, object));
            other.map(|(index, (record, object))| (index.to_string(), Some(record), object))
        }
        (Some(Value::Object(record)), Value::Object(object)) => {
            let other = object.iter().find(|(name, value)| !says(record.get(*name), value));
            other.map(|(name, value)| (name.clone(), record.get(name), value))
        }
        _ => None,
    };
    if let Some((step, record, object)) = inner {
        place.push(step);
        narrow(place, record, object);
    }
}

/// What stands at a place.
fn at<'a>(whole: &'a Value, place: &[String]) -> Option<&'a Value> {
    place.iter().try_fold(whole, |value, step| match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        other => other.get(step),
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
        assert_eq!(difference(record, record, true), None);
        let mut object = record.clone();
        object.insert("due_date".to_owned(), json!("2027-01-31"));
        object.insert("notes".to_owned(), json!("late"));
        let found = difference(&object, record, true).unwrap();
        assert_eq!(found.detail, r#"due_date, notes at version 3: due_date: expected "2026-12-31", found "2027-01-31""#);
    }

    #[test]
    fn a_field_that_is_newer_than_its_record_is_no_difference() {
        let record = json!({"id": "qot_01", "version": 1, "lines": [{"quantity": "40"}]});
        let object = |quantity: &str| json!({"id": "qot_01", "version": 1, "terms": null, "lines": [{"quantity": quantity, "chosen": true}]});
        assert_eq!(difference(object("40").as_object().unwrap(), record.as_object().unwrap(), true), None);
        assert!(difference(object("41").as_object().unwrap(), record.as_object().unwrap(), true).is_some());
        let tagged = json!({"metadata": {"tier": "a"}});
        assert!(difference(tagged.as_object().unwrap(), json!({"metadata": {}}).as_object().unwrap(), true).is_some());
        // What was in the record and is gone is a difference.
        let less = json!({"id": "qot_01", "version": 1, "lines": [{}]});
        assert!(difference(less.as_object().unwrap(), record.as_object().unwrap(), true).is_some());
    }

    #[test]
    fn costs_stay_hidden_from_those_who_may_not_see_them() {
        let order = |cost: &str| json!({"id": "ord_01", "version": 1, "lines": [{"unit_cost": cost, "quantity": "1"}]});
        let (record, object) = (order("7.77"), order("8.88"));
        let shown = |costs: bool| difference(object.as_object().unwrap(), record.as_object().unwrap(), costs).unwrap().detail;
        assert!(shown(true).contains("7.77") && shown(true).contains("8.88"));
        assert!(!shown(false).contains("7.77") && !shown(false).contains("8.88") && shown(false).contains("lines"));
        // The rule beside a reason tells that it speaks of a cost.
        let reasons = |because: &str| json!({"id": "qot_01", "version": 1, "approval_reasons": [{"rule": "margin_floor", "because": because}]});
        let (record, object) = (reasons("20 % on a cost of 7.77"), reasons("20 % on a cost of 8.88"));
        let shown = |costs: bool| difference(object.as_object().unwrap(), record.as_object().unwrap(), costs).unwrap().detail;
        assert!(shown(true).contains("7.77") && shown(true).contains("8.88"));
        assert_eq!(shown(false), r#"approval_reasons at version 1: approval_reasons/0/because: expected "masked", found "masked""#);
        // Nor does what stands inside of a cost.
        let costs = |after: &str| json!({"id": "qot_01", "version": 1, "cost": [{"after": after}]});
        let (record, object) = (costs("7.77"), costs("8.88"));
        let shown = |costs: bool| difference(object.as_object().unwrap(), record.as_object().unwrap(), costs).unwrap().detail;
        assert_eq!(shown(false), "cost at version 1: cost/0/after: expected null, found null");
    }

    #[test]
    fn what_a_merge_moved_is_no_difference() {
        let (gone, left) = (PartyId::new().to_string(), PartyId::new().to_string());
        let invoice = |party: &str| json!({"id": "inv_01", "version": 1, "party_id": party, "lines": [{"party_id": party}]});
        let merged = BTreeMap::from([(gone.clone(), left.clone())]);
        let record = moved(invoice(&gone).as_object().unwrap().clone(), &merged);
        assert_eq!(difference(invoice(&left).as_object().unwrap(), &record, true), None);
        assert!(difference(invoice(&PartyId::new().to_string()).as_object().unwrap(), &record, true).is_some());
        // The merged party itself stands on under its id.
        let party = json!({"id": gone, "version": 2, "merged_into_id": left});
        assert_eq!(&moved(party.as_object().unwrap().clone(), &merged), party.as_object().unwrap());
    }

    #[test]
    fn references_are_the_same_in_whatever_order() {
        let party = |refs: &[&str]| {
            let refs: Vec<Value> = refs.iter().map(|id| json!({"system": "crm", "id": id})).collect();
            settled(json!({"object": "party", "version": 1, "external_refs": refs}).as_object().unwrap())
        };
        assert_eq!(difference(&party(&["1", "2"]), &party(&["2", "1"]), true), None);
        assert!(difference(&party(&["1", "2"]), &party(&["2", "3"]), true).is_some());
        assert!(difference(&party(&["1", "2"]), &party(&["1"]), true).is_some());
    }

    #[test]
    fn what_lives_on_is_no_difference() {
        let order = |delivered: &str| json!({"object": "order", "version": 2, "lines": [{"quantity": "40", "delivered_quantity": delivered}]});
        let (before, after) = (order("0"), order("40"));
        assert_eq!(settled(before.as_object().unwrap()), settled(after.as_object().unwrap()));
    }
}
