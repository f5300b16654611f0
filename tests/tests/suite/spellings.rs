//! One text, however it was typed: accents that are composed or not, systems with a colon in their names, codes of no currency (api.md, section 6).

use super::import::import;
use causeway_contract::Code;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::{Value, json};

async fn ids(tenant: &causeway_tests::world::Tenant, path: &str) -> Vec<String> {
    let page = tenant.raw.get(path).await.success();
    page["data"].as_array().expect("a page").iter().filter_map(|row| row["id"].as_str().map(str::to_owned)).collect()
}

/// What a Mac sends as two characters is what everybody else sends as one: references, codes and names are the same.
#[tokio::test]
async fn accents_are_one_character() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let body = |name: &str, id: &str| json!({ "name": name, "kind": "organization", "external_refs": [{ "system": "x", "id": id }], "metadata": { id: name } });
    let composed = tenant.raw.post("/v1/parties", &body("\u{d1}and\u{fa} Inc", "\u{e9}1")).await;
    assert_eq!(composed.status, 201);
    let again = tenant.raw.post("/v1/parties", &body("N\u{303}andu\u{301} Inc", "e\u{301}1")).await;
    assert_eq!((again.status, again.header("replayed")), (200, Some("true")), "{}", again.text());
    let party = composed.success();
    assert_eq!((&again.success()["id"], &party["name"]), (&party["id"], &json!("\u{d1}and\u{fa} Inc")));
    let id = party["id"].as_str().unwrap().to_owned();
    for query in ["q=N%CC%83andu%CC%81", "q=%C3%91and%C3%BA", "external_ref=x:e%CC%811", "external_ref=x:%C3%A91"] {
        assert_eq!(ids(&tenant, &format!("/v1/parties?{query}")).await, [id.as_str()], "{query}");
    }
    let product = |code: &str| json!({ "code": code, "name": "Coffee", "kind": "goods", "unit": "piece", "list_price": "1", "currency": "EUR", "billing_policy": "on_delivery" });
    tenant.raw.post("/v1/products", &product("Caf\u{e9}")).await.success();
    assert_eq!(tenant.raw.post("/v1/products", &product("Cafe\u{301}")).await.problem().code, Code::AlreadyExists);
    // Files, too, in their cells and in the names of their columns.
    let file = "code,name,price,Gr\u{f6}\u{df}e\nCafe\u{301},Espresso,2,L\n";
    let job = import(&tenant, &format!("resource=products&company_id={}", shop.company), file).await;
    assert_eq!((&job["result"]["updated"], &job["result"]["created"]), (&json!(1), &json!(0)), "{job}");
    let file = file.replace('\u{f6}', "o\u{308}");
    let job = import(&tenant, &format!("resource=products&company_id={}", shop.company), &file).await;
    assert_eq!(job["result"]["unchanged"], 1, "{job}");
}

/// Whatever a system is called, what it calls its things is found.
#[tokio::test]
async fn a_system_may_have_a_colon_in_its_name() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let named = async |name: &str, system: &str, id: &str| -> Value {
        let body = json!({ "name": name, "kind": "organization", "external_refs": [{ "system": system, "id": id }] });
        tenant.raw.post("/v1/parties", &body).await.success()["id"].clone()
    };
    let (first, second) = (named("One", "e:f", "g").await, named("Two", "e", "urn:x:7").await);
    for (query, id) in [("e:f:g", &first), ("e:urn:x:7", &second)] {
        assert_eq!(ids(&tenant, &format!("/v1/parties?external_ref={query}")).await, [id.as_str().unwrap()], "{query}");
    }
    assert_eq!(ids(&tenant, "/v1/parties?external_ref=e:g").await, Vec::<String>::new());
    let told = tenant.raw.get("/v1/parties?external_ref=eg").await.problem();
    assert_eq!((told.code, told.errors[0].parameter.as_deref()), (Code::ValidationFailed, Some("external_ref")));
}

/// A code of no currency or country finds nothing because it is mistyped, and is told.
#[tokio::test]
async fn codes_of_filters_are_codes() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    shop::open(&tenant, "").await;
    for (path, parameter) in [
        ("price-lists?currency=eur", "currency"),
        ("parties?country=zz", "country"),
        ("leads?country=Norway", "country"),
        ("invoices?currency=EURO", "currency"),
        ("opportunities?currency%5Bin%5D=EUR,usd", "currency[in]"),
        ("exchange-rates?base=x", "base"),
    ] {
        let problem = tenant.raw.get(&format!("/v1/{path}")).await.problem();
        assert_eq!((problem.status, problem.errors[0].parameter.as_deref()), (422, Some(parameter)), "{path}");
    }
    assert_eq!(ids(&tenant, "/v1/parties?country=FR").await.len(), 1);
    assert_eq!(ids(&tenant, "/v1/price-lists?currency%5Bin%5D=EUR,USD").await, Vec::<String>::new());
}
