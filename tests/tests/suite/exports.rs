//! Lists as CSV, and answers expanded by the objects that they name: for every list and every relation of the contract.

use causeway_contract::{Bulk, BulkMode, Code, Method, Row, relations};
use causeway_openapi::catalog::{CreateCategory, CreateProduct, op as catalog};
use causeway_openapi::identity::{CreateApiKey, op as identity};
use causeway_tests::caller::Caller;
use causeway_tests::fixture::{Fixture, rows};
use causeway_tests::log::pages;
use causeway_tests::raw::Seen;
use causeway_tests::shop;
use causeway_tests::world::World;
use causeway_value::{BillingPolicy, ProductKind};
use serde_json::Value;
use std::collections::BTreeMap;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

async fn export(caller: &Caller, path: &str) -> Seen {
    caller.raw.request("GET", path).header("accept", "text/csv").send().await
}

/// The rows of a CSV file by their columns.
fn read(seen: &Seen) -> Vec<BTreeMap<String, String>> {
    assert_eq!((seen.status, seen.header("content-type")), (200, Some("text/csv; charset=utf-8; header=present")), "{}", seen.text());
    let mut reader = csv::Reader::from_reader(seen.bytes.as_slice());
    reader.deserialize().map(|row| row.expect("a row")).collect()
}

/// What a cell shows of a field, when it is one value.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Every list has the rows of its pages as CSV, under the same filter and sort, and each cell is the field of its name.
#[tokio::test]
async fn every_list_as_csv() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let mut wrong = Vec::new();
    for row in rows().iter().filter(|row| row.page) {
        let caller = if row.path.starts_with("/v1/") { &fixture.tenant.owner } else { &fixture.platform };
        let log = row.list.is_none();
        let sort = row.list.and_then(|list| list.sorts.first()).map(|sort| format!("sort=-{}", sort.name)).unwrap_or_else(|| fixture.query(row));
        let expected = pages(caller, row.path, &format!("limit=200&{sort}")).await;
        let found = read(&export(caller, &format!("{}?{sort}", row.path)).await);
        // Reading the log writes nothing, but the trail of other tests' keys may.
        if found.len() != expected.len() {
            wrong.push(format!("{}: {} rows instead of {}", row.id, found.len(), expected.len()));
            continue;
        }
        for (cells, object) in found.iter().zip(&expected) {
            for (name, value) in object.as_object().expect("an object") {
                let cell = cells.get(name);
                if let (Some(text), Some(cell)) = (shown(value), cell)
                    && cell.trim_start_matches('\'') != text.trim_start_matches('\'')
                {
                    wrong.push(format!("{}.{name}: {cell:?} instead of {text:?}", row.id));
                }
            }
            if (object["id"].is_string() && cells.get("id").is_none_or(String::is_empty)) || cells.len() < 3 {
                wrong.push(format!("{}: {cells:?}", row.id));
            }
        }
        // One page of it says where the next one begins.
        if !log && expected.len() > 1 {
            let one = export(caller, &format!("{}?{sort}&limit=1", row.path)).await;
            let Some(cursor) = one.header("next-cursor") else {
                wrong.push(format!("{}: no next cursor", row.id));
                continue;
            };
            let rest = read(&export(caller, &format!("{}?{sort}&cursor={cursor}", row.path)).await);
            if read(&one).len() != 1 || rest.len() != expected.len() - 1 {
                wrong.push(format!("{}: 1 and {} rows of {}", row.id, rest.len(), expected.len()));
            }
        }
    }
    none(wrong);
}

/// No cell of words begins so that a spreadsheet calculates (threat 34), and what is wrong with the query shows as ever.
#[tokio::test]
async fn formulas_are_words() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let nasty = ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "=HYPERLINK(\"http://x\";\"y\")", "a,\"b\"\nc", "'quoted"];
    for (number, text) in (0..).zip(nasty) {
        let product = shop::product_body(&format!("P{number}"), ProductKind::Service, BillingPolicy::OnOrder, "1.00", Vec::new());
        tenant.post::<catalog::CreateProduct>((), &CreateProduct { description: Some(text.to_owned()), ..product }).await;
    }
    let texts: Vec<String> = read(&export(&tenant, "/v1/products?sort=created_at").await).into_iter().map(|row| row["description"].clone()).collect();
    assert_eq!(texts, ["'=1+1", "'+1", "'-2+3", "'@SUM(A1)", "'\t=1", "'=HYPERLINK(\"http://x\";\"y\")", "a,\"b\"\nc", "'quoted"]);
    assert_eq!(export(&tenant, "/v1/categories?nonsense=1").await.problem().code, Code::UnknownParameter);
    assert_eq!(export(&tenant, "/v1/categories?cursor=x").await.problem().code, Code::CursorInvalid);
    let seen = tenant.raw.request("GET", "/v1/products").header("accept", "application/json, text/csv").send().await;
    assert_eq!(seen.success()["data"].as_array().map(Vec::len), Some(nasty.len()));
}

/// A file is longer than a page, and one that cannot be finished breaks off.
#[tokio::test]
async fn a_long_list() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    for number in 0..450 {
        tenant.post::<catalog::CreateCategory>((), &CreateCategory { name: format!("c{number}"), ..CreateCategory::default() }).await;
    }
    let found = read(&export(&tenant, "/v1/categories?sort=created_at").await);
    let expected: Vec<String> = (0..450).map(|number| format!("c{number}")).collect();
    assert_eq!(found.into_iter().map(|row| row["name"].clone()).collect::<Vec<_>>(), expected);
}

/// A file that is on its way out ends with the key that asked for it: the connection breaks, so that nobody takes the part for the whole (threat 13).
#[tokio::test]
async fn a_revoked_key_breaks_a_file_off() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    // More than the buffers between server and reader hold.
    let long = "\u{1f375}".repeat(2_000);
    for batch in 0..14 {
        let items = (0..100).map(|number| CreateProduct {
            description: Some(long.clone()),
            ..shop::product_body(&format!("P{batch}-{number}"), ProductKind::Service, BillingPolicy::OnOrder, "1.00", Vec::new())
        });
        tenant.post::<catalog::CreateProducts>((), &Bulk { mode: BulkMode::Atomic, items: items.collect() }).await;
    }
    let ends_well = async |revoke: bool| {
        let body = CreateApiKey { name: "copier".to_owned(), scopes: vec!["products:read".to_owned()], ..CreateApiKey::default() };
        let key = tenant.post::<identity::CreateApiKey>((), &body).await;
        let mut stream = TcpStream::connect(world.server.url.trim_start_matches("http://")).await.expect("a connection");
        let head = format!("GET /v1/products HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n", key.secret);
        stream.write_all(head.as_bytes()).await.expect("a request");
        let mut said = vec![0; 10_000];
        stream.read_exact(&mut said).await.expect("a beginning");
        assert!(said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&said));
        if revoke {
            tenant.act::<identity::RevokeApiKey>(key.id).await;
        }
        // A reset is an end, too.
        let _ = stream.read_to_end(&mut said).await;
        said.ends_with(b"\r\n0\r\n\r\n")
    };
    assert!(ends_well(false).await, "a file of a good key is whole");
    assert!(!ends_well(true).await, "a revoked key reads on");
}

/// Every relation of every answer: the object as the caller reads it alone, and only with the right to.
#[tokio::test]
async fn every_relation() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let all = causeway_openapi::rows();
    let mut wrong = Vec::new();
    let mut tried = 0;
    for row in rows().iter().filter(|row| row.method == Method::Get && row.path.starts_with("/v1/")) {
        for relation in relations(row, &all) {
            let path = format!("{}?expand={}{}&{}", fixture.path(row), relation.name, if row.page { "&limit=100" } else { "" }, fixture.query(row));
            let seen = fixture.tenant.raw.get(&path).await;
            if seen.status != 200 || seen.header("etag").is_some() {
                wrong.push(format!("{path}: {} {}", seen.status, seen.text()));
                continue;
            }
            let answer = seen.json();
            let objects = if row.page { answer["data"].as_array().cloned().unwrap_or_default() } else { vec![answer] };
            for object in objects.iter().take(3) {
                tried += 1;
                let expected = match object[&relation.field].as_str() {
                    Some(id) => fixture.tenant.raw.get(&relation.path.replace("{id}", id)).await.success(),
                    None => Value::Null,
                };
                if object[&relation.name] != expected {
                    wrong.push(format!("{path}: {} instead of {expected}", object[&relation.name]));
                }
            }
            refused_without_the_right(&mut wrong, &fixture, row, &path, reader(&all, relation.path)).await;
        }
    }
    assert!(tried > 50, "only {tried} were tried");
    none(wrong);
    let seen = fixture.tenant.raw.get("/v1/orders?expand=nonsense").await.problem();
    assert_eq!((seen.status, seen.errors[0].parameter.as_deref()), (422, Some("expand")));
    assert_eq!(export(&fixture.tenant, "/v1/orders?expand=party").await.status, 422);
}

fn reader<'a>(all: &'a [Row], path: &str) -> &'a Row {
    all.iter().find(|row| row.method == Method::Get && row.path == path).expect("an operation")
}

async fn refused_without_the_right(wrong: &mut Vec<String>, fixture: &Fixture, row: &Row, path: &str, inner: &Row) {
    if inner.permission == row.permission || row.permission.starts_with("any:") {
        return;
    }
    let body = CreateApiKey { name: "half".to_owned(), scopes: vec![row.permission.to_owned()], ..CreateApiKey::default() };
    let half = fixture.tenant.with_key(&fixture.tenant.post::<identity::CreateApiKey>((), &body).await.secret);
    let seen = half.raw.get(path).await;
    if seen.status != 403 || seen.checked_problem().is_err() {
        wrong.push(format!("{path} without {}: {}", inner.permission, seen.status));
    }
}

/// The words of a document are its number, its reference and its party.
#[tokio::test]
async fn documents_are_found_by_what_people_know() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let deal = &fixture.deals[0];
    let (order, invoice) = (deal.order.number.clone(), deal.invoice.number.clone().expect("a number"));
    let found = async |path: &str| {
        let seen = fixture.tenant.raw.get(path).await.success();
        seen["data"].as_array().expect("rows").iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let encode = |text: &str| text.replace('/', "%2F").replace(' ', "%20");
    assert_eq!(found(&format!("/v1/orders?company_id={}&q={}", fixture.shop.company, encode(&order.to_lowercase()))).await, [deal.order.id.to_string()]);
    let shipped = fixture.tenant.raw.get(&format!("/v1/deliveries?order_id={}", deal.order.id)).await.success()["data"][0].clone();
    let by_number = encode(&shipped["number"].as_str().unwrap_or_default().to_lowercase());
    assert_eq!(found(&format!("/v1/deliveries?company_id={}&q={by_number}", fixture.shop.company)).await, [shipped["id"].as_str().unwrap_or_default()]);
    assert_eq!(found(&format!("/v1/invoices?company_id={}&q={}", fixture.shop.company, encode(&invoice))).await, [deal.invoice.id.to_string()]);
    let payment = fixture.tenant.raw.get(&format!("/v1/payments?party_id={}&status=posted", deal.order.party_id)).await.success()["data"][0].clone();
    let (payment_id, number) = (payment["id"].as_str().unwrap_or_default(), payment["number"].as_str().unwrap_or_default());
    assert!(found(&format!("/v1/payments?q={}", encode(&number.to_lowercase()))).await.contains(&payment_id.to_owned()), "{payment}");
    if let Some(reference) = &deal.order.reference {
        assert!(found(&format!("/v1/orders?q={}", encode(reference))).await.contains(&deal.order.id.to_string()));
    }
    let whole = pages(&fixture.tenant, "/v1/orders", &format!("limit=200&party_id={}", deal.order.party_id)).await.len();
    let party = fixture.tenant.raw.get(&format!("/v1/parties/{}", deal.order.party_id)).await.success();
    let word = party["name"].as_str().unwrap_or_default().split(' ').next().unwrap_or_default().to_lowercase();
    assert!(found(&format!("/v1/orders?limit=200&q={word}")).await.len() >= whole && whole > 0);
    assert_eq!(found("/v1/quotes?q=nosuchwordanywhere").await, Vec::<String>::new());
}

/// Whoever picks a person, a team, a company, a list, a category or a template finds it by words of its name, also after it was called otherwise.
#[tokio::test]
async fn names_are_found_by_their_words() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let json = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
    for (path, body) in [
        ("/v1/users", r#"{"name": "Zoë Nansen", "email": "zoe@acme.test"}"#.to_owned()),
        ("/v1/teams", r#"{"name": "Zoë Nansen"}"#.to_owned()),
        ("/v1/companies", r#"{"name": "Zoë Nansen", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin"}"#.to_owned()),
        ("/v1/price-lists", r#"{"code": "Z-1", "name": "Zoë Nansen", "currency": "EUR"}"#.to_owned()),
        ("/v1/categories", r#"{"name": "Zoë Nansen"}"#.to_owned()),
        (
            "/v1/quote-templates",
            format!(r#"{{"name": "Zoë Nansen", "company_id": "{}", "lines": [{{"product_id": "{}", "quantity": "1"}}]}}"#, shop.company, shop.chai),
        ),
    ] {
        let made = tenant.raw.post(path, &json(body)).await.success();
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        let found = async |words: &str| {
            let page = tenant.raw.get(&format!("{path}?q={words}")).await.success();
            page["data"].as_array().expect("rows").iter().map(|row| row["id"].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        for words in ["nans", "zoe%20nansen", "NANSEN"] {
            assert_eq!(found(words).await, std::slice::from_ref(&id), "{path} {words}");
        }
        tenant.raw.patch(&format!("{path}/{id}"), &json(r#"{"name": "Amundsen"}"#.to_owned())).await.success();
        assert_eq!((found("nansen").await, found("amund").await), (Vec::new(), vec![id]), "{path}");
    }
}

/// Who takes nothing of what there is is told so, before anything happens; who says nothing, or takes anything, is answered as ever.
#[tokio::test]
async fn an_answer_that_nobody_takes() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let invoice = format!("/v1/invoices/{}", fixture.deals[0].invoice.id);
    let pdf = format!("{invoice}/pdf");
    let ask = async |path: &str, accept: &str| fixture.tenant.raw.request("GET", path).header("accept", accept).send().await;
    for (path, accept, status) in [
        (invoice.as_str(), "*/*", 200),
        (&invoice, "application/json", 200),
        (&invoice, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", 200),
        (&invoice, "application/xml", 406),
        (&invoice, "text/csv", 406),
        (&invoice, "application/json;q=0", 406),
        ("/v1/invoices", "text/csv", 200),
        ("/v1/invoices", "application/pdf", 406),
        (&pdf, "application/pdf", 200),
        (&pdf, "application/json", 200),
        (&pdf, "image/png", 406),
        ("/v1/events/stream", "application/xml", 406),
    ] {
        let seen = ask(path, accept).await;
        assert_eq!(seen.status, status, "{path} {accept}: {}", seen.text());
        if status == 406 {
            let problem = seen.problem();
            assert!(problem.code == Code::NotAcceptable && problem.detail.contains("answers with"), "{problem:?}");
        }
    }
    let body = serde_json::json!({ "name": "Seats nobody takes" });
    let refused = fixture.tenant.raw.request("POST", "/v1/categories").header("accept", "application/xml").json(&body).send().await;
    assert_eq!(refused.status, 406);
    let categories = pages(&fixture.tenant, "/v1/categories", "limit=200").await;
    assert!(categories.iter().all(|category| category["name"] != body["name"]), "nothing happened");
}

/// Every report has its rows as CSV, under the same query.
#[tokio::test]
async fn every_report_as_csv() {
    let world = World::start().await;
    let fixture = Fixture::new(&world).await;
    let caller = &fixture.tenant.owner;
    let mut wrong = Vec::new();
    let reports = rows();
    let reports: Vec<&Row> = reports.iter().filter(|row| row.is_report()).collect();
    assert!(reports.len() >= 14, "{}", reports.len());
    for row in reports {
        let path = format!("{}?{}", row.path, fixture.query(row));
        let report = caller.raw.get(&path).await.success();
        let found = read(&export(caller, &path).await);
        let expected = report["rows"].as_array().expect("rows");
        if found.len() != expected.len() {
            wrong.push(format!("{}: {} rows instead of {}", row.id, found.len(), expected.len()));
            continue;
        }
        for (cells, object) in found.iter().zip(expected) {
            for (name, value) in object.as_object().expect("an object") {
                let cell = cells.get(name).map(|cell| cell.trim_start_matches('\''));
                // A group that is not there is null in the report and has columns of its own in the file.
                let grouped = value.is_null() && cells.keys().any(|column| column.starts_with(&format!("{name}.")));
                if shown(value).is_some_and(|text| cell != Some(text.as_str())) && !grouped {
                    wrong.push(format!("{}.{name}: {cell:?} instead of {value}", row.id));
                }
            }
            if object.get("amounts").is_some() && !cells.contains_key("1-30") {
                wrong.push(format!("{}: {cells:?} has no buckets", row.id));
            }
        }
    }
    none(wrong);
    // With `by` the groups stand in the file, and a reader without the right to costs gets no costs.
    let grouped = read(&export(caller, &format!("/v1/reports/pipeline?company_id={}&by=owner", fixture.shop.company)).await);
    assert!(grouped.iter().all(|row| row.contains_key("open.count") && row.contains_key("owner_id")), "{grouped:?}");
    let reader = CreateApiKey { name: "reader".to_owned(), scopes: vec!["reports:read".to_owned()], ..CreateApiKey::default() };
    let reader = caller.with_key(&caller.post::<identity::CreateApiKey>((), &reader).await.secret);
    let margins = format!("/v1/reports/margin?company_id={}&by=customer", fixture.shop.company);
    let (seen, masked) = (read(&export(caller, &margins).await), read(&export(&reader, &margins).await));
    assert!(!masked.is_empty() && masked.len() == seen.len(), "{masked:?}");
    for word in ["margin", "cost"] {
        let cells =
            |rows: &[BTreeMap<String, String>]| rows.iter().flatten().filter(|(name, _)| name.contains(word)).map(|(_, cell)| cell.clone()).collect::<Vec<_>>();
        assert!(cells(&seen).iter().any(|cell| !cell.is_empty()), "nothing to mask: {seen:?}");
        assert!(!cells(&masked).is_empty() && cells(&masked).iter().all(String::is_empty), "{masked:?}");
    }
}
