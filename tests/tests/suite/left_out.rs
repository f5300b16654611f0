//! A list that means all when it is left out is never empty: an empty one is more often a slip of a program than meant (CRN-07).

use causeway_contract::ListQuery;
use causeway_openapi::delivery::op as delivery;
use causeway_openapi::invoice::op as invoice;
use causeway_tests::deal::{self, forty};
use causeway_tests::shop;
use causeway_tests::verified;
use causeway_tests::world::World;
use serde_json::{Value, json};

#[tokio::test]
async fn an_empty_list_is_not_all() {
    let world = World::start().await;
    let tenant = world.sandbox().await;
    let shop = shop::open(&tenant, "").await;
    let order = deal::confirmed(&tenant, &shop, vec![forty(&shop)]).await;
    deal::ship(&tenant, &order, "10").await;
    let refused = async |path: String, body: Value, pointers: &[&str]| {
        let answer = tenant.raw.post(&path, &body).await;
        assert_eq!(answer.status, 422, "{path} {body}: {}", answer.text());
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let told: Vec<&str> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(told, pointers, "{path} {body}");
        assert!(errors.iter().all(|error| error["detail"].as_str().unwrap().contains("leave it out")), "{errors:?}");
    };
    refused("/v1/deliveries".to_owned(), json!({ "order_id": order.id, "lines": [] }), &["/lines"]).await;
    assert_eq!(tenant.all::<delivery::ListDeliveries, _>(&ListQuery::by("status", "ready")).await.len(), 1, "the backorder");
    let of_party = json!({ "company_id": shop.company, "party_id": shop.party, "lines": [], "billable_ids": [] });
    refused("/v1/invoices".to_owned(), of_party, &["/billable_ids", "/lines"]).await;
    refused("/v1/invoices".to_owned(), json!({ "order_id": order.id, "billable_ids": [] }), &["/billable_ids"]).await;
    let draft = deal::invoice_order(&tenant, order.id).await;
    let posted = deal::post_invoice(&tenant, draft.id, None).await;
    refused(format!("/v1/invoices/{}/credit", posted.id), json!({ "lines": [] }), &["/lines"]).await;
    refused(format!("/v1/invoices/{}/credit", posted.id), json!({ "lines": [], "amount": "1.00" }), &["/lines"]).await;
    assert!(tenant.all::<invoice::ListInvoices, _>(&ListQuery::by("kind", "credit_note")).await.is_empty());
    verified(&tenant).await;
}
