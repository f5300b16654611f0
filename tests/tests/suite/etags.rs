//! The tag of an answer tells all that is shown, the version what may be written (api.md, "Safe retries and concurrency"; RFC 9110 §8.8).

use causeway_tests::api_key;
use causeway_tests::caller::Caller;
use causeway_tests::deal;
use causeway_tests::raw::Seen;
use causeway_tests::shop;
use causeway_tests::world::World;
use serde_json::json;

async fn known(caller: &Caller, path: &str, tag: &str) -> Seen {
    caller.raw.request("GET", path).header("if-none-match", tag).send().await
}

fn tag(seen: &Seen) -> String {
    seen.header("etag").expect("a tag").to_owned()
}

#[tokio::test]
async fn what_changes_with_another_object_is_read_again() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let twin = json!({ "name": "Twin", "kind": "organization", "roles": ["customer"], "country": "DE" });
    let twin = tenant.raw.post("/v1/parties", &twin).await.success()["id"].as_str().expect("an id").to_owned();
    let lines = json!([{ "description": "Advice", "quantity": "1", "unit_price": "1.00", "tax_ids": [] }]);
    let draft = tenant.raw.post("/v1/invoices", &json!({ "company_id": shop.company, "party_id": twin, "lines": lines })).await.success();
    let path = format!("/v1/invoices/{}", draft["id"].as_str().expect("an id"));
    let before = tag(&tenant.raw.get(&path).await);
    for same in [before.clone(), format!("W/{before}"), format!("\"v9\", {before}"), "*".to_owned()] {
        assert_eq!(known(&tenant, &path, &same).await.status, 304, "{same}");
    }
    tenant.raw.post(&format!("/v1/parties/{twin}/merge"), &json!({ "into": shop.party })).await.success();
    let after = known(&tenant, &path, &before).await;
    assert_eq!((after.status, after.json()["party_id"].as_str()), (200, Some(shop.party.to_string().as_str())));
    assert_eq!(after.json()["version"], draft["version"]);
    assert_ne!(tag(&after), before);
    // What is written depends on the version alone.
    let written = tenant.raw.request("PATCH", &path).header("if-match", &before).json(&json!({ "notes": "Thank you" })).send().await;
    assert_eq!((written.status, written.json()["version"].as_i64()), (200, draft["version"].as_i64().map(|version| version + 1)), "{}", written.text());
    assert_eq!(tag(&written), tag(&tenant.raw.get(&path).await), "the answer of a change is the object");
}

#[tokio::test]
async fn an_order_that_goes_on_is_read_again_and_one_that_stands_is_not() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![deal::forty(&shop)]).await;
    let path = format!("/v1/orders/{}", order.id);
    let before = tag(&tenant.raw.get(&path).await);
    assert_eq!(known(&tenant, &path, &before).await.status, 304);
    deal::ship(&tenant, &order, "4").await;
    let after = known(&tenant, &path, &before).await;
    assert_eq!((after.status, after.json()["lines"][0]["delivered_quantity"].as_str()), (200, Some("4")));
    // Who sees less has another answer.
    let reader = api_key::limited(&tenant, &["orders:read"]).await;
    assert_eq!(known(&reader, &path, &tag(&after)).await.status, 200);
}
