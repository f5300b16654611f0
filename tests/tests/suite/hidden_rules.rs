//! Rules that follow from costs, for who may not see costs: what reads as null stays, no rule tells a cost, and no word tells a rule (SEC-07).

use causeway_contract::{Code, Problem};
use causeway_tests::api_key::limited;
use causeway_tests::caller::Caller;
use causeway_tests::shop::{self, Shop};
use causeway_tests::world::{Tenant, World};
use serde_json::{Value, json};

async fn opened() -> (World, Tenant, Shop, Caller) {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let clerk = limited(&tenant, &["companies:*", "price_lists:*", "quotes:*", "orders:*", "flows:read", "audit:read"]).await;
    (world, tenant, shop, clerk)
}

async fn patched(caller: &Caller, path: &str, body: &Value) -> Value {
    caller.raw.request("PATCH", path).json(body).send().await.success()
}

async fn refused(caller: &Caller, path: &str, body: &Value) -> Problem {
    let problem = caller.raw.request("PATCH", path).json(body).send().await.problem();
    assert_eq!((problem.status, problem.code), (403, Code::PermissionDenied), "{problem:?}");
    problem
}

#[tokio::test]
async fn a_limit_that_reads_as_null_survives_whoever_cannot_see_it() {
    let (_world, tenant, shop, clerk) = opened().await;
    let path = format!("/v1/companies/{}", shop.company);
    let set = json!({ "quote_rules": { "max_discount_percent": "10", "min_margin_percent": "30" } });
    patched(&tenant, &path, &set).await;
    let mut read = clerk.raw.get(&path).await.success()["quote_rules"].clone();
    assert!(read["min_margin_percent"].is_null());
    read["max_discount_percent"] = json!("12");
    patched(&clerk, &path, &json!({ "quote_rules": read })).await;
    let now = tenant.raw.get(&path).await.success();
    assert_eq!((&now["quote_rules"]["max_discount_percent"], &now["quote_rules"]["min_margin_percent"]), (&json!("12"), &json!("30")));
    let problem = refused(&clerk, &path, &json!({ "quote_rules": { "min_margin_percent": "0" } })).await;
    assert!(problem.detail.contains("quote_rules.min_margin_percent"), "{problem:?}");
    // Who sees it takes it away.
    assert!(patched(&tenant, &path, &json!({ "quote_rules": {} })).await["quote_rules"]["min_margin_percent"].is_null());
}

/// What a product costs is neither wiped by writing back what was read nor said by who may not see it.
#[tokio::test]
async fn a_cost_that_reads_as_null_survives_whoever_cannot_see_it() {
    let (_world, tenant, shop, _) = opened().await;
    let clerk = limited(&tenant, &["products:*"]).await;
    let path = format!("/v1/products/{}", shop.chai);
    let cost = tenant.raw.get(&path).await.success()["cost"].clone();
    let read = clerk.raw.get(&path).await.success();
    assert!(cost.is_string() && read["cost"].is_null());
    patched(&clerk, &path, &json!({ "name": "Chai, green", "cost": read["cost"], "list_price": read["list_price"] })).await;
    assert_eq!(tenant.raw.get(&path).await.success()["cost"], cost);
    let problem = refused(&clerk, &path, &json!({ "cost": "1.00" })).await;
    assert!(problem.detail.contains("`cost`") && problem.detail.contains("costs:read"), "{problem:?}");
    let new = json!({ "code": "NEW", "name": "New", "kind": "goods", "unit": "piece", "list_price": "1", "currency": "EUR", "billing_policy": "on_delivery" });
    assert!(clerk.raw.post("/v1/products", &new).await.ok());
    let mut dear = new.clone();
    (dear["code"], dear["cost"]) = (json!("DEAR"), json!("1.00"));
    assert_eq!(clerk.raw.post("/v1/products", &dear).await.problem().code, Code::PermissionDenied);
    // Who sees it takes it away.
    assert!(patched(&tenant, &path, &json!({ "cost": null })).await["cost"].is_null());
}

#[tokio::test]
async fn a_price_rule_that_follows_from_costs_is_nobodys_who_cannot_see_them() {
    let (_world, tenant, shop, clerk) = opened().await;
    let rules = json!([
        { "product_id": shop.chai, "percent_off": "5", "margin_floor_percent": "20" },
        { "product_id": shop.chai, "min_quantity": "10", "cost_plus_percent": "50" },
    ]);
    let list = json!({ "code": "GOLD", "name": "Gold", "currency": "EUR", "audience": { "tenant": true }, "rules": rules });
    let made = tenant.raw.post("/v1/price-lists", &list).await.success();
    let path = format!("/v1/price-lists/{}", made["id"].as_str().unwrap());
    // As read, with a greater discount.
    let seen = clerk.raw.get(&path).await.success();
    let mut given = seen["rules"].as_array().unwrap().clone();
    given.iter_mut().for_each(|rule| drop(rule.as_object_mut().unwrap().remove("id")));
    given[0]["percent_off"] = json!("7");
    patched(&clerk, &path, &json!({ "rules": given })).await;
    let now = tenant.raw.get(&path).await.success()["rules"].clone();
    assert_eq!((&now[0]["percent_off"], &now[0]["margin_floor_percent"], &now[1]["cost_plus_percent"]), (&json!("7"), &json!("20"), &json!("50")));
    // Neither taken away nor said.
    refused(&clerk, &path, &json!({ "rules": [{ "product_id": shop.chai, "percent_off": "7" }] })).await;
    given.push(json!({ "product_id": shop.chai, "min_quantity": "20", "cost_plus_percent": "0" }));
    refused(&clerk, &path, &json!({ "rules": given })).await;
    let telling = json!({ "code": "TELL", "name": "Tell", "currency": "EUR", "rules": [{ "product_id": shop.chai, "cost_plus_percent": "0" }] });
    assert_eq!(clerk.raw.post("/v1/price-lists", &telling).await.problem().code, Code::PermissionDenied);
    let file = json!({ "content": "min_quantity,price\n30,9.00\n" });
    assert_eq!(clerk.raw.post(&format!("{path}/import"), &file).await.problem().code, Code::PermissionDenied, "it replaces what is hidden");
}

/// Problems and reasons are read by everybody.
#[tokio::test]
async fn no_word_tells_what_is_masked() {
    let (_world, tenant, shop, clerk) = opened().await;
    for code in ["ONE", "TWO"] {
        let rules = json!([{ "product_id": shop.chai, "cost_plus_percent": "50" }]);
        tenant
            .raw
            .post("/v1/price-lists", &json!({ "code": code, "name": code, "currency": "EUR", "audience": { "tenant": true }, "rules": rules }))
            .await
            .success();
    }
    let tie = clerk.raw.get(&format!("/v1/prices?company_id={}&party_id={}&product_id={}", shop.company, shop.party, shop.chai)).await;
    assert!(tie.problem().code == Code::PriceRuleTie && !tie.text().contains("50 %"), "{}", tie.text());

    patched(&tenant, &format!("/v1/companies/{}", shop.company), &json!({ "quote_rules": { "min_margin_percent": "77" } })).await;
    let lines = json!([
        { "product_id": shop.chai, "quantity": "1", "unit_price": "12.00" },
        { "description": "Freight", "quantity": "1", "unit_price": "5.00" },
    ]);
    let order = json!({ "company_id": shop.company, "party_id": shop.party, "lines": lines });
    let made = tenant.raw.post("/v1/orders", &order).await.success();
    let id = made["id"].as_str().unwrap();
    let held = tenant.raw.post(&format!("/v1/orders/{id}/confirm"), &json!({})).await.success();
    assert_eq!(held["hold_kind"], "approval");
    let flow = made["flow_id"].as_str().unwrap();
    for path in [format!("/v1/orders/{id}"), format!("/v1/orders/{id}/checks"), format!("/v1/flows/{flow}"), format!("/v1/audit-entries?subject_id={id}")] {
        let told = clerk.raw.get(&path).await;
        assert!(told.ok() && !told.text().contains("77 %"), "{path}: {}", told.text());
    }
}

/// The story of a deal tells no number and no amount of documents that its reader may not read.
#[tokio::test]
async fn a_flow_tells_of_each_document_what_its_reader_may_read() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let deal = causeway_tests::deal::deal(&tenant, &shop).await;
    let path = format!("/v1/flows/{}", deal.order.flow_id);
    let reader = limited(&tenant, &["flows:read", "orders:read"]).await;
    let flow = reader.raw.get(&path).await.success();
    let of = |kind: &str| flow["documents"].as_array().unwrap().iter().find(|document| document["type"] == kind).unwrap_or_else(|| panic!("no {kind}")).clone();
    assert_eq!((of("order")["number"].as_str(), of("order")["amount"].is_string()), (Some(deal.order.number.as_str()), true));
    for kind in ["quote", "invoice", "payment", "opportunity"] {
        let hidden = of(kind);
        assert!(hidden["number"].is_null() && hidden["amount"].is_null() && hidden["currency"].is_null() && hidden["status"].is_string(), "{hidden}");
    }
    assert!(
        tenant.raw.get(&path).await.success()["documents"]
            .as_array()
            .unwrap()
            .iter()
            .any(|document| document["type"] == "payment" && document["amount"].is_string())
    );
}
