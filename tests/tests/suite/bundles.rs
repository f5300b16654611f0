//! Bundles come to what they come to, whoever priced them and whenever the discount of their document changes (QTE-16, QTE-21, QTE-23).

use causeway_contract::Patch;
use causeway_openapi::line::LineInput;
use causeway_openapi::order::{UpdateOrder, op as order};
use causeway_openapi::order_amendment::{AmendOrder, op as amendment};
use causeway_openapi::quote::{UpdateQuote, op as quote};
use causeway_tests::deal::{self, order_body, quote_body};
use causeway_tests::shop::{self, line};
use causeway_tests::world::World;
use causeway_tests::{of, verified};
use causeway_value::{BillingPolicy, ProductId, ProductKind};
use serde_json::json;

#[tokio::test]
async fn another_discount_of_the_document_misses_no_cent() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let crate_ = shop::product_body("CRATE", ProductKind::Goods, BillingPolicy::OnDelivery, "250.00", vec![shop.tax]);
    let crate_ = tenant.post::<causeway_openapi::catalog::op::CreateProduct>((), &crate_).await.id;
    let kit = json!({ "code": "KIT", "name": "Kit", "kind": "bundle", "unit": "piece", "list_price": "9.99", "currency": "EUR", "billing_policy": "on_order",
        "components": [{ "product_id": shop.chai, "quantity": "2" }, { "product_id": crate_, "quantity": "1" }] });
    let kit = tenant.raw.post("/v1/products", &kit).await.success();
    let kit: ProductId = serde_json::from_value(kit["id"].clone()).unwrap();
    let listed = || line(kit, "1");
    let by_hand = || LineInput { unit_price: Some(of("9.99")), price_override_reason: Some("agreed".to_owned()), ..listed() };
    // 1.26 and 8.73; 40 % off each makes 0.76 and 5.24, and off both 5.99.
    for input in [listed(), by_hand()] {
        let draft = tenant.post::<quote::CreateQuote>((), &quote_body(&shop, vec![input.clone()])).await;
        assert_eq!((draft.lines.len(), draft.untaxed_amount.0.as_str()), (2, "9.99"));
        let less = UpdateQuote { discount_percent: Patch::Value(of("40")), ..UpdateQuote::default() };
        assert_eq!(tenant.post::<quote::UpdateQuote>(draft.id, &less).await.untaxed_amount.0, "5.99");

        let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![input.clone()])).await;
        let less = UpdateOrder { discount_percent: Patch::Value(of("40")), ..UpdateOrder::default() };
        assert_eq!(tenant.post::<order::UpdateOrder>(draft.id, &less).await.untaxed_amount.0, "5.99");

        let draft = tenant.post::<order::CreateOrder>((), &order_body(&shop, vec![input])).await;
        let confirmed = tenant.act::<order::ConfirmOrder>(draft.id).await;
        let less = AmendOrder { reason: "a favour".to_owned(), discount_percent: Some(of("40")), ..AmendOrder::default() };
        let amended = tenant.post::<amendment::AmendOrder>(confirmed.id, &less).await;
        assert_eq!((amended.untaxed_amount.0.as_str(), amended.lines.len()), ("5.99", 2));
        let rest = tenant.raw.post("/v1/deliveries", &json!({ "order_id": amended.id })).await.success();
        tenant.raw.post(&format!("/v1/deliveries/{}/ship", rest["id"].as_str().unwrap()), &json!({})).await.success();
        let draft = deal::invoice_order(&tenant, amended.id).await;
        assert_eq!(deal::post_invoice(&tenant, draft.id, None).await.untaxed_amount.0, "5.99");
    }
    verified(&tenant).await;
}

/// A bundle costs what its components cost, for rules that add to a cost; a component that is not sold any more is named.
#[tokio::test]
async fn a_bundle_costs_what_its_components_cost_and_names_what_is_gone() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let product = async |code: &str, more: serde_json::Value| {
        let mut body = serde_json::json!({ "code": code, "name": code, "kind": "goods", "unit": "piece", "list_price": "60.00", "currency": "EUR",
            "billing_policy": "on_delivery" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        tenant.raw.post("/v1/products", &body).await.success()["id"].clone()
    };
    let (chair, table) = (product("CHAIR", serde_json::json!({ "cost": "10.00" })).await, product("TABLE", serde_json::json!({ "cost": "5.00" })).await);
    let held = serde_json::json!([{ "product_id": chair, "quantity": "2" }, { "product_id": table, "quantity": "1" }]);
    let set = product("SET", serde_json::json!({ "kind": "bundle", "components": held })).await;
    let list = serde_json::json!({ "code": "PLUS", "name": "Plus", "currency": "EUR", "audience": { "tenant": true }, "rules": [{ "product_id": set, "cost_plus_percent": "50" }] });
    tenant.raw.post("/v1/price-lists", &list).await.success();
    let body = serde_json::json!({ "company_id": shop.company, "party_id": shop.party, "lines": [{ "product_id": set, "quantity": "2" }] });
    assert_eq!(tenant.raw.post("/v1/quotes/price", &body).await.success()["untaxed_amount"], "75.00");
    tenant.raw.patch(&format!("/v1/products/{}", table.as_str().unwrap()), &serde_json::json!({ "active": false })).await.success();
    let problem = tenant.raw.post("/v1/quotes/price", &body).await.problem();
    assert_eq!(problem.errors[0].pointer.as_deref(), Some("/lines/0/product_id"));
    assert!(problem.errors[0].detail.contains("TABLE"), "{problem:?}");
}
