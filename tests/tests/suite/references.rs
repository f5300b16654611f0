//! External references: one order wherever they are shown, and a taken one names who has it (MDM-10, INT-11).

use causeway_contract::Code;
use causeway_openapi::identity::op as identity;
use causeway_openapi::object::VerifyObjectsQuery;
use causeway_tests::caller::Caller;
use causeway_tests::shop::{self, Shop};
use causeway_tests::unique;
use causeway_tests::world::World;
use serde_json::{Value, json};

/// What is handed over with references: the path and the body.
fn handed_over(shop: &Shop) -> Vec<(&'static str, Value)> {
    let (company, party) = (shop.company, shop.party);
    let deal = |more: Value| {
        let mut body = json!({ "company_id": company, "party_id": party, "currency": "EUR" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let lines = json!({ "lines": [{ "product_id": shop.chai, "quantity": "1" }] });
    vec![
        (
            "/v1/products",
            json!({ "code": unique("REF"), "name": "Stool", "kind": "goods", "unit": "piece", "list_price": "1", "currency": "EUR", "billing_policy": "on_order" }),
        ),
        ("/v1/orders", deal(lines.clone())),
        ("/v1/quotes", deal(lines)),
        ("/v1/leads", json!({ "company_id": company, "title": "Stools" })),
        ("/v1/opportunities", json!({ "company_id": company, "title": "Stools" })),
        ("/v1/invoices", deal(json!({ "lines": [{ "description": "Advice", "quantity": "1", "unit_price": "1" }] }))),
        ("/v1/payments", deal(json!({ "direction": "inbound", "method": "bank", "amount": "1.00" }))),
        ("/v1/companies", json!({ "name": "Acme Two", "country": "DE", "currency": "EUR", "time_zone": "Europe/Berlin" })),
        ("/v1/parties", json!({ "name": "Boreas", "kind": "organization", "roles": ["customer"] })),
        ("/v1/price-lists", json!({ "code": unique("REF"), "currency": "EUR" })),
    ]
}

fn with_refs(body: &Value, refs: &[(&str, &str)]) -> Value {
    let mut body = body.clone();
    body["external_refs"] = refs.iter().map(|(system, id)| json!({ "system": system, "id": id })).collect();
    body
}

async fn read(caller: &Caller, path: &str, id: &str) -> Value {
    caller.raw.get(&format!("{path}/{id}")).await.success()
}

#[tokio::test]
async fn references_have_one_order_whoever_gave_them_in_which() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    for (path, body) in handed_over(&shop) {
        let made = tenant.raw.post(path, &with_refs(&body, &[("z", "1"), ("a", "2")])).await.success();
        assert_eq!(made["external_refs"], json!([{ "system": "a", "id": "2" }, { "system": "z", "id": "1" }]), "{path}");
        assert_eq!(read(&tenant, path, made["id"].as_str().unwrap()).await, made, "{path}");
    }
    // So they have after a change and after two became one.
    let party = async |name: &str, refs: &[(&str, &str)]| {
        let body = json!({ "name": name, "kind": "organization", "roles": ["customer"] });
        tenant.raw.post("/v1/parties", &with_refs(&body, refs)).await.success()["id"].as_str().unwrap().to_owned()
    };
    let (kept, gone) = (party("Notos", &[("y", "1")]).await, party("Euros", &[("b", "1")]).await);
    let change = with_refs(&json!({}), &[("y", "2"), ("x", "2")]);
    let changed = tenant.raw.request("PATCH", &format!("/v1/parties/{kept}")).json(&change).send().await.success();
    assert_eq!(read(&tenant, "/v1/parties", &kept).await, changed);
    let merged = tenant.raw.post(&format!("/v1/parties/{gone}/merge"), &json!({ "into": kept })).await.success();
    let now = read(&tenant, "/v1/parties", &kept).await;
    assert_eq!(merged["into"]["external_refs"], now["external_refs"]);
    assert_eq!(now["external_refs"][0]["system"], "b");
    let compared = tenant.ask::<identity::VerifyObjects>(&VerifyObjectsQuery { cursor: None }).await;
    assert!(compared.ok, "{:?}", compared.breaks);
}

#[tokio::test]
async fn a_taken_reference_names_who_has_it() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let stranger = world.sandbox().await;
    let strange = shop::open(&stranger, "").await;
    for ((path, body), (_, elsewhere)) in handed_over(&shop).into_iter().zip(handed_over(&strange)) {
        if path == "/v1/orders" || path == "/v1/products" || path == "/v1/price-lists" {
            // Orders are replayed, and codes are unique themselves.
            continue;
        }
        let body = with_refs(&body, &[("free", "1"), ("crm", "7")]);
        let first = tenant.raw.post(path, &body).await.success();
        let refused = tenant.raw.post(path, &with_refs(&body, &[("crm", "7")])).await.problem();
        assert_eq!((refused.status, refused.code), (409, Code::ExternalRefExists), "{path}");
        let id = first["id"].as_str().unwrap();
        assert!(refused.detail.contains("crm:7") && refused.detail.contains(id), "{path}: {refused:?}");
        assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), ["/external_refs"], "{path}");
        assert_eq!(refused.meta.get(&format!("{}_id", first["object"].as_str().unwrap())), Some(&first["id"]), "{path}: {refused:?}");
        // Another tenant's references are nobody's business.
        assert_eq!(stranger.raw.post(path, &with_refs(&elsewhere, &[("crm", "7")])).await.status, 201, "{path}");
    }
    // One that stands twice in a body is told so.
    let twice = json!({ "name": "Zephyros", "kind": "organization", "roles": ["customer"] });
    let refused = tenant.raw.post("/v1/parties", &with_refs(&twice, &[("web", "1"), ("web", "1")])).await.problem();
    assert_eq!((refused.status, refused.errors[0].pointer.as_deref()), (422, Some("/external_refs")));
}

#[tokio::test]
async fn a_taken_value_names_its_field() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let (_, product) = handed_over(&shop).remove(0);
    let rate = json!({ "currency": "USD", "base": "EUR", "date": "2026-12-01", "rate": "0.9" });
    for (path, body, fields) in [("/v1/products", product, &["/code"][..]), ("/v1/exchange-rates", rate, &["/currency", "/base", "/date"])] {
        tenant.raw.post(path, &body).await.success();
        let refused = tenant.raw.post(path, &body).await.problem();
        assert_eq!((refused.status, refused.code), (409, Code::AlreadyExists), "{path}");
        assert_eq!(refused.errors.iter().filter_map(|error| error.pointer.as_deref()).collect::<Vec<_>>(), fields, "{path}");
    }
}
