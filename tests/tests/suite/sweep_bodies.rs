//! Every body of every operation: what is not in the contract is refused, with its place, and nothing is written.

use causeway_contract::{Code, Method, Row, Shape};
use causeway_tests::fixture::{Fixture, writes};
use causeway_tests::log::events;
use causeway_tests::plan::Prepared;
use causeway_tests::raw::Seen;
use causeway_tests::shapes::{Spot, spots, with};
use causeway_tests::world::World;
use serde_json::{Value, json};

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} places are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every operation with a body, with a good call of it.
async fn bodies(fixture: &Fixture) -> Vec<(Row, Shape, Prepared)> {
    let mut bodies = Vec::new();
    for row in writes() {
        if let Some(shape) = (row.body)() {
            bodies.push((row, shape, fixture.prepare(row.id).await));
        }
    }
    bodies
}

async fn send(row: &Row, prepared: &Prepared, body: &Value) -> Seen {
    prepared.caller.raw.request(row.method.word(), &prepared.path(row)).json(body).send().await
}

fn names(seen: &Seen, code: Code, pointer: &str) -> bool {
    seen.status == 422
        && seen.checked_problem().is_ok_and(|problem| problem.errors.iter().any(|error| error.code == code && error.pointer.as_deref() == Some(pointer)))
}

#[tokio::test]
async fn unknown_fields() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for (row, shape, prepared) in bodies(&fixture).await {
        let full = prepared.body.clone().unwrap();
        let inside = spots(&shape).into_iter().filter(|spot| matches!(&spot.shape, Shape::Object { others: None, .. })).map(|spot| spot.pointer);
        for place in std::iter::once(String::new()).chain(inside) {
            let pointer = format!("{place}/no_such_field");
            let mut body = if place.is_empty() { full.clone() } else { ensure(&full, &shape, &place) };
            body.pointer_mut(&place).unwrap()["no_such_field"] = json!(1);
            let seen = send(&row, &prepared, &body).await;
            if !names(&seen, Code::UnknownField, &pointer) {
                wrong.push(format!("{} {pointer}: {} {}", row.id, seen.status, seen.text()));
            }
        }
    }
    none(wrong);
}

/// The body with an object at this place.
fn ensure(full: &Value, shape: &Shape, place: &str) -> Value {
    match full.pointer(place) {
        Some(Value::Object(_)) => full.clone(),
        _ => with(full, shape, place, json!({})),
    }
}

/// A value of another type, and the code that refuses it.
fn confused(spot: &Spot) -> Vec<(Value, Code)> {
    let mut values = match &spot.shape {
        Shape::Object { .. } => vec![(json!([]), Code::InvalidValue), (json!("text"), Code::InvalidValue)],
        Shape::List { .. } => vec![(json!({}), Code::InvalidValue), (json!("text"), Code::InvalidValue)],
        Shape::Text { .. } => texts(spot),
        Shape::Words(_) => vec![(json!("no_such_word"), Code::InvalidValue), (json!(1), Code::InvalidValue)],
        Shape::Whole { max, .. } => {
            vec![(json!("1"), Code::InvalidValue), (json!(1.5), Code::InvalidValue), (json!(i128::from(*max) as f64 + 1.0e10), Code::InvalidValue)]
        }
        Shape::YesNo => vec![(json!("true"), Code::InvalidValue), (json!(1), Code::InvalidValue)],
        Shape::Any => Vec::new(),
    };
    if !spot.nullable && !matches!(spot.shape, Shape::Any) {
        values.push((Value::Null, Code::InvalidValue));
    }
    values
}

fn texts(spot: &Spot) -> Vec<(Value, Code)> {
    let format = spot.format().unwrap_or_default();
    let bad = |texts: &[&str], code: Code| -> Vec<(Value, Code)> { texts.iter().map(|text| (json!(text), code)).collect() };
    let mut values = match format {
        "amount" | "price" | "quantity" | "percent" | "rate" => {
            let mut values = bad(
                &["+1.00", "1.", ".5", "1e3", " 1", "1 ", "", "-", "0x1", "NaN", "Infinity", "1,0", "01", "1_000", "\u{661}", "--1", "1.0.0"],
                Code::InvalidDecimal,
            );
            values.push((json!(1), Code::AmountMustBeString));
            values.push((json!(1.5), Code::AmountMustBeString));
            values.push((json!("1.1234567890123"), Code::TooManyDecimals));
            values.push((json!("99999999999999999999999999"), Code::AmountOverflow));
            values
        }
        "country" => bad(&["de", "UK", "EL", "DEU", "XX", "", "D", "\u{0}"], Code::InvalidValue),
        "currency" => bad(&["eur", "EURO", "XXX1", "", "ZZZ"], Code::InvalidValue),
        "date" => bad(&["2026-02-30", "2026-2-1", "02.12.2026", "2026-12-02T00:00:00Z", ""], Code::InvalidValue),
        "date-time" => bad(&["2026-12-02", "2026-12-02 09:00", "now", ""], Code::InvalidValue),
        "time-zone" => bad(&["Mars/Phobos", ""], Code::InvalidValue),
        "email" => bad(&["amy", "amy@", "@test.test", "a my@test.test", ""], Code::InvalidValue),
        _ if format.starts_with("id:") => bad(&["", "1", "xxx_01hv0000000000000000000000", "' OR 1=1 --"], Code::NotFound),
        _ => {
            let long = "x".repeat(spot.longest() + 1);
            vec![(json!(long), Code::TooLong), (json!("\u{0}"), Code::InvalidValue), (json!("\u{7}"), Code::InvalidValue)]
        }
    };
    if !["amount", "price", "quantity", "percent", "rate"].contains(&format) {
        values.push((json!(1), Code::InvalidValue));
    }
    values.push((json!({}), Code::InvalidValue));
    values.push((json!(["text"]), Code::InvalidValue));
    values
}

#[tokio::test]
async fn values_of_the_wrong_kind() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (row, shape, prepared) in bodies(&fixture).await {
        let full = prepared.body.clone().unwrap();
        for spot in spots(&shape) {
            for (value, code) in confused(&spot) {
                let seen = send(&row, &prepared, &with(&full, &shape, &spot.pointer, value.clone())).await;
                tried += 1;
                if !names(&seen, code, &spot.pointer) {
                    let mut shown = value.to_string();
                    shown.truncate(40);
                    wrong.push(format!("{} {} = {shown}: {} {}", row.id, spot.pointer, seen.status, seen.text()));
                }
            }
        }
    }
    assert!(tried > 1_000, "only {tried} values were tried");
    none(wrong);
}

#[tokio::test]
async fn broken_json() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    let deep = |levels: usize| format!("{{\"metadata\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
    for (row, _, prepared) in bodies(&fixture).await {
        let full = prepared.body.clone().unwrap().to_string();
        let twice = full.replacen('{', "{\"name\":\"a\",\"name\":\"b\",", 1);
        let nested_twice = full.replacen('{', "{\"metadata\":{\"a\":\"1\",\"a\":\"2\"},", 1);
        let malformed: Vec<Vec<u8>> = vec![
            twice.into(),
            nested_twice.into(),
            [b"\xef\xbb\xbf".to_vec(), full.clone().into_bytes()].concat(),
            [full.clone().into_bytes(), vec![0]].concat(),
            format!("{full}{full}").into(),
            full[..full.len() - 1].into(),
            b"{\"name\":\"\\ud800\"}".to_vec(),
            b"{\"name\":\"\xff\"}".to_vec(),
            b"{'name':1}".to_vec(),
            b"{\"n\":NaN}".to_vec(),
            b"{\"n\":01}".to_vec(),
            b"\0".to_vec(),
            b" ".to_vec(),
            full.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ];
        for bytes in malformed {
            let shown = String::from_utf8_lossy(&bytes).chars().take(30).collect::<String>();
            let seen = prepared.caller.raw.request(row.method.word(), &prepared.path(&row)).bytes(bytes).send().await;
            if seen.status != 400 || seen.checked_problem().map(|problem| problem.code) != Ok(Code::Malformed) {
                wrong.push(format!("{} {shown}: {} {}", row.id, seen.status, seen.text()));
            }
        }
        for bytes in ["[]".to_owned(), "null".to_owned(), "1".to_owned(), "\"text\"".to_owned(), deep(64), deep(100_000)] {
            let seen = prepared.caller.raw.request(row.method.word(), &prepared.path(&row)).bytes(bytes.clone()).send().await;
            if seen.status != 422 || seen.checked_problem().is_err() {
                wrong.push(format!("{} {}: {} {}", row.id, bytes.chars().take(30).collect::<String>(), seen.status, seen.text()));
            }
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "application/jsonp"] {
            let request = prepared.caller.raw.request(row.method.word(), &prepared.path(&row)).header("content-type", kind);
            let seen = request.bytes(full.clone()).send().await;
            if seen.status != 415 || seen.checked_problem().map(|problem| problem.code) != Ok(Code::UnsupportedMediaType) {
                wrong.push(format!("{} {kind}: {} {}", row.id, seen.status, seen.text()));
            }
        }
    }
    none(wrong);
}

/// A body that is left out is an empty one: whoever has nothing to say sends nothing.
#[tokio::test]
async fn bodies_left_out() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    let asked = |row: &Row| matches!((row.body)(), Some(Shape::Object { fields, .. }) if fields.values().any(|field| field.required));
    let optional = |row: &Row| row.method == Method::Post && (row.body)().is_some() && !asked(row);
    let mut compared = 0;
    for row in writes().into_iter().filter(optional) {
        let mut answers = Vec::new();
        for empty in [false, true] {
            let prepared = fixture.prepare(row.id).await;
            let request = prepared.caller.raw.request(row.method.word(), &prepared.path(&row));
            let seen = if empty { request.json(&json!({})).send().await } else { request.send().await };
            answers.push((seen.status, seen.json()["code"].clone(), seen.json()["errors"].clone()));
        }
        if answers[0] != answers[1] {
            wrong.push(format!("{}: {answers:?}", row.id));
        }
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
    none(wrong);
}

/// Operations without a body take none.
#[tokio::test]
async fn bodies_where_none_belongs() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let log = events(&fixture.tenant).await.len();
    let mut wrong = Vec::new();
    for row in writes().into_iter().filter(|row| (row.body)().is_none()) {
        let prepared = fixture.prepare(row.id).await;
        let seen = prepared.caller.raw.request(row.method.word(), &prepared.path(&row)).json(&json!({ "status": "posted" })).send().await;
        if seen.status != 422 || seen.checked_problem().map(|problem| problem.code) != Ok(Code::UnknownField) {
            wrong.push(format!("{}: {} {}", row.id, seen.status, seen.text()));
        }
    }
    assert!(events(&fixture.tenant).await.len() >= log);
    none(wrong);
}
