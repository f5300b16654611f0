//! What refusals of money tell: the field that is wrong, also where only the sum shows it, and when the whole body is.

use causeway_contract::Code;
use causeway_tests::raw::Seen;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::{Value, json};

fn named(seen: &Seen) -> (Code, Vec<String>) {
    let problem = seen.problem();
    (problem.code, problem.errors.into_iter().filter_map(|error| error.pointer).collect())
}

#[tokio::test]
async fn sums_that_no_amount_holds_name_the_lines() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let line = |quantity: &str, price: &str| json!({ "description": "Advice", "quantity": quantity, "unit_price": price, "tax_ids": [] });
    let body = |lines: Vec<Value>| json!({ "company_id": shop.company, "party_id": shop.party, "currency": "EUR", "lines": lines });
    let product = body(vec![line("1", "1.00"), line("9000000000000", "9000000000000")]);
    for path in ["/v1/quotes/price", "/v1/quotes", "/v1/orders"] {
        assert_eq!(named(&tenant.raw.post(path, &product).await), (Code::AmountOverflow, vec!["/lines".to_owned()]), "{path}");
    }
    assert_eq!(named(&tenant.raw.post("/v1/invoices", &product).await), (Code::AmountOverflow, vec!["/lines/1/unit_price".to_owned()]));
    let sum = body((0..2).map(|_| line("9000", "9000000000000")).collect());
    assert_eq!(named(&tenant.raw.post("/v1/quotes/price", &sum).await), (Code::AmountOverflow, vec!["/lines".to_owned()]));
}

#[tokio::test]
async fn a_body_that_is_no_object_and_a_company_without_a_name() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let problem = tenant.raw.post("/v1/invoices", &json!([])).await.problem();
    assert_eq!((problem.status, problem.detail.as_str()), (422, "The body must be an object"));
    let body = json!({ "name": " ", "country": "DE", "currency": "EUR", "time_zone": "UTC" });
    assert_eq!(named(&tenant.raw.post("/v1/companies", &body).await), (Code::ValidationFailed, vec!["/name".to_owned()]));
}

/// An equality with a comma compares with one word, which no row has: an empty page would say that there is nothing.
#[tokio::test]
async fn several_words_are_asked_for_by_in() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    shop::open(&tenant, "").await;
    for (path, ask) in [
        ("/v1/products", "kind=goods,service"),
        ("/v1/orders", "status=confirmed,fulfilled"),
        ("/v1/invoices", "currency=EUR,USD"),
        ("/v1/parties", "country=DE,FR"),
    ] {
        let problem = tenant.raw.get(&format!("{path}?{ask}")).await.problem();
        let (field, words) = ask.split_once('=').unwrap();
        assert_eq!((problem.status, problem.errors[0].parameter.as_deref()), (422, Some(field)), "{problem:?}");
        assert!(problem.errors[0].detail.contains(&format!("{field}[in]={words}")), "{problem:?}");
        tenant.raw.get(&format!("{path}?{field}[in]={words}")).await.success();
    }
    let found = tenant.raw.get("/v1/products?kind[in]=goods, service").await.success();
    assert!(!found["data"].as_array().unwrap().is_empty());
}

/// Two codes that differ by their capitals are one to whoever reads them (MDM-07).
#[tokio::test]
async fn a_code_is_the_same_however_it_is_capitalised() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let product = |code: &str| json!({ "code": code, "name": "x", "kind": "service", "unit": "piece", "list_price": "1.00", "currency": "EUR", "billing_policy": "on_order" });
    let unit = |code: &str| json!({ "code": code, "category": "time", "factor": "1" });
    let term = |code: &str| json!({ "code": code, "name": "x", "installments": [{ "percent": "100", "days": 30 }] });
    let stage = |name: &str| json!({ "name": name, "position": 7, "probability": "10" });
    let shop = shop::open(&tenant, "").await;
    let bodies = |name: &str| {
        [
            ("/v1/products", product(name)),
            ("/v1/units", unit(name)),
            ("/v1/payment-terms", term(name)),
            ("/v1/stages", stage(name)),
            ("/v1/taxes", json!({ "company_id": shop.company, "code": name, "name": "x", "kind": "percent", "rate": "7" })),
            ("/v1/accounts", json!({ "company_id": shop.company, "code": name, "name": "x", "kind": "expense" })),
            ("/v1/lost-reasons", json!({ "code": name, "name": "x" })),
            ("/v1/price-lists", json!({ "code": name, "name": "x", "currency": "EUR" })),
        ]
    };
    for ((path, first), (_, second)) in bodies("Hour30").into_iter().zip(bodies("HOUR30")) {
        tenant.raw.post(path, &first).await.success();
        let (code, pointers) = named(&tenant.raw.post(path, &second).await);
        assert!([Code::AlreadyExists, Code::ValidationFailed].contains(&code), "{path}: {code:?}");
        assert!(matches!(pointers.as_slice(), [one] if one == "/code" || one == "/name"), "{path}: {pointers:?}");
    }
    // Each company has its own taxes and accounts.
    let other = shop::open(&tenant, " B").await.company;
    let tax = json!({ "company_id": other, "code": "HOUR30", "name": "x", "kind": "percent", "rate": "7" });
    tenant.raw.post("/v1/taxes", &tax).await.success();
}
